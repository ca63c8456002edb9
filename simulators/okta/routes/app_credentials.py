"""/api/v1/apps/{app}/credentials/secrets, /jwks and /federated-claims: OAuth clients' secrets, keys and claims."""

from __future__ import annotations

from simulators.okta.domain.app_keys import FederatedClaim
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotWellFormed, PathUnknown
from simulators.okta.domain.tokens import ClientKey, ClientSecret
from simulators.okta.routes.apps import MANAGE, READ, app_of
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.app_clients import check_secret, claim_body, key_body, read_key, secret_body
from simulators.okta.wire.bodies import Json

app_credentials = Endpoints("/api/v1/apps/{app}")
_STATES = {"activate": True, "deactivate": False}


def _secret(call: Call, app: App, row: ClientSecret) -> Json:
    return secret_body(app, row, call.org.base_url)


def _key(call: Call, app: App, row: ClientKey) -> Json:
    return key_body(app, row, call.org.base_url)


def _wanted_state(call: Call) -> bool:
    operation = call.parts["operation"]
    if operation not in _STATES:
        raise PathUnknown()
    return _STATES[operation]


def _status(body: Json) -> str:
    status = body.get("status", "ACTIVE")
    if status not in ("ACTIVE", "INACTIVE"):
        raise NotWellFormed()
    return str(status)


@app_credentials.on("GET", "/credentials/secrets", READ, "apps.write")
async def list_secrets(call: Call) -> Answer:
    """The secrets of a client, two at most."""
    app = app_of(call)
    return Answer(200, [_secret(call, app, row) for row in call.org.app_credentials.client(app).secrets])


@app_credentials.on("POST", "/credentials/secrets", MANAGE, "apps.write")
async def add_secret(call: Call) -> Answer:
    """A further secret, made up unless given; 201."""
    app, body = app_of(call), call.optional_json()
    value = body.get("client_secret") or ""
    if not isinstance(value, str):
        raise NotWellFormed()
    if value:
        check_secret(value)
    row = call.org.app_credentials.add_secret(app, value, _status(body), call.cause)
    return Answer(201, _secret(call, app, row))


@app_credentials.on("GET", "/credentials/secrets/{secret}", READ, "apps.write")
async def read_secret(call: Call) -> Answer:
    """One secret."""
    app = app_of(call)
    return Answer(200, _secret(call, app, call.org.app_credentials.secret(app, call.parts["secret"])))


@app_credentials.on("DELETE", "/credentials/secrets/{secret}", MANAGE, "apps.write")
async def delete_secret(call: Call) -> Answer:
    """Take an inactive secret away."""
    call.org.app_credentials.delete_secret(app_of(call), call.parts["secret"], call.cause)
    return NO_CONTENT


@app_credentials.on("POST", "/credentials/secrets/{secret}/lifecycle/{operation}", MANAGE, "apps.write")
async def turn_secret(call: Call) -> Answer:
    """`activate` or `deactivate`; one secret stays active."""
    app, active = app_of(call), _wanted_state(call)
    row = call.org.app_credentials.turn_secret(app, call.parts["secret"], active, call.cause)
    return Answer(200, _secret(call, app, row))


@app_credentials.on("GET", "/credentials/jwks", READ, "apps.read")
async def list_keys(call: Call) -> Answer:
    """The public keys of a client."""
    app = app_of(call)
    return Answer(200, [_key(call, app, row) for row in call.org.app_credentials.client(app).key_rows])


@app_credentials.on("POST", "/credentials/jwks", MANAGE, "apps.write")
async def add_key(call: Call) -> Answer:
    """A further public key, for signing or encryption; 201."""
    app, body = app_of(call), call.json()
    row = call.org.app_credentials.add_key(app, read_key(body), _status(body), call.cause)
    return Answer(201, _key(call, app, row))


@app_credentials.on("GET", "/credentials/jwks/{key}", READ, "apps.read")
async def read_one_key(call: Call) -> Answer:
    """One public key."""
    app = app_of(call)
    return Answer(200, _key(call, app, call.org.app_credentials.key(app, call.parts["key"])))


@app_credentials.on("DELETE", "/credentials/jwks/{key}", MANAGE, "apps.write")
async def delete_key(call: Call) -> Answer:
    """Take an inactive key away."""
    call.org.app_credentials.delete_key(app_of(call), call.parts["key"], call.cause)
    return NO_CONTENT


@app_credentials.on("POST", "/credentials/jwks/{key}/lifecycle/{operation}", MANAGE, "apps.write")
async def turn_key(call: Call) -> Answer:
    """`activate` or `deactivate`; what signs a client's assertions stays active."""
    app, active = app_of(call), _wanted_state(call)
    row = call.org.app_credentials.turn_key(app, call.parts["key"], active, call.cause)
    return Answer(200, _key(call, app, row))


def _read_claim(call: Call) -> tuple[str, str]:
    body = call.json()
    name, expression = call.need(body, "name"), call.need(body, "expression")
    if len(name) > 255 or len(expression) > 1024:
        raise Invalid("name", "name: The field is too long")
    return name, expression


def _claims(call: Call) -> list[FederatedClaim]:
    return list(call.org.state.federated_claims.find("app", app_of(call).id))


@app_credentials.on("GET", "/federated-claims", READ, "apps.read")
async def list_claims(call: Call) -> Answer:
    """The claims that an application's tokens carry."""
    return Answer(200, [claim_body(claim) for claim in _claims(call)])


@app_credentials.on("POST", "/federated-claims", MANAGE, "apps.write")
async def add_claim(call: Call) -> Answer:
    """A new claim; 201."""
    app = app_of(call)
    return Answer(201, claim_body(call.org.app_keys.claim(app, *_read_claim(call))))


@app_credentials.on("GET", "/federated-claims/{claim}", READ, "apps.read")
async def read_claim(call: Call) -> Answer:
    """One claim."""
    return Answer(200, claim_body(call.org.app_keys.find_claim(app_of(call), call.parts["claim"])))


@app_credentials.on("PUT", "/federated-claims/{claim}", MANAGE, "apps.write")
async def replace_claim(call: Call) -> Answer:
    """Another name and expression."""
    claim = call.org.app_keys.find_claim(app_of(call), call.parts["claim"])
    return Answer(200, claim_body(call.org.app_keys.change_claim(claim, *_read_claim(call))))


@app_credentials.on("DELETE", "/federated-claims/{claim}", MANAGE, "apps.write")
async def delete_claim(call: Call) -> Answer:
    """Take a claim away."""
    claim = call.org.app_keys.find_claim(app_of(call), call.parts["claim"])
    call.org.state.federated_claims.remove(claim.id)
    return NO_CONTENT
