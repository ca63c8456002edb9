"""/oauth2/v1/clients: dynamic client registration. Each client is an application of /api/v1/apps.

https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/Client/
"""

from __future__ import annotations

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import NotFound
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.app_reading import read_app
from simulators.okta.wire.client_registration import as_app, client_body, metadata_fault

client_registration = Endpoints("/oauth2/v1/clients")
_READ, _MANAGE, _REGISTER = "okta.clients.read", "okta.clients.manage", "okta.clients.register"


def _client(call: Call) -> App:
    app = call.org.apps.client(call.parts["client"])
    if app is None:
        raise NotFound(call.parts["client"], "PublicClientApp")
    return app


def _shown(call: Call, app: App, secret: bool = False) -> Answer:
    return Answer(201 if call.method == "POST" and call.path.endswith("/clients") else 200, client_body(app, secret))


@client_registration.on("GET", "", _READ, "clients.read")
async def list_clients(call: Call) -> Answer:
    """All clients, `q` by name."""
    text = call.query.get("q", "").lower()
    rows = (
        app
        for app in call.org.apps.listing(call.query.get("after"))
        if app.client is not None and app.label.lower().startswith(text)
    )
    return call.paged(rows, 50, 200, client_body, lambda app: app.id)


@client_registration.on("POST", "", _REGISTER, "clients.write")
async def register_client(call: Call) -> Answer:
    """A new client, active at once: 201."""
    org, body = call.org, call.json()
    metadata_fault(body)
    app = org.apps.create(read_app(as_app(body), org.settings.name, None), True, call.cause)
    return _shown(call, app, secret=True)


@client_registration.on("GET", "/{client}", _READ, "clients.read")
async def read_client(call: Call) -> Answer:
    """One client, without its secret."""
    return _shown(call, _client(call))


@client_registration.on("PUT", "/{client}", _MANAGE, "clients.write")
async def replace_client(call: Call) -> Answer:
    """Every setting of a client; the secret stays."""
    app, body = _client(call), call.json()
    metadata_fault(body, app)
    draft = read_app(as_app(body), call.org.settings.name, app, app.name)
    after = call.org.apps.replace(app, draft, call.cause)
    return _shown(call, after, secret=True)


@client_registration.on("DELETE", "/{client}", _MANAGE, "clients.write")
async def delete_client(call: Call) -> Answer:
    """Take a client away with its tokens."""
    app = _client(call)
    if app.active:
        call.org.apps.deactivate(app, call.cause)
    call.org.apps.delete(_client(call), call.cause)
    return NO_CONTENT


@client_registration.on("POST", "/{client}/lifecycle/newSecret", _MANAGE, "clients.write")
async def new_secret(call: Call) -> Answer:
    """Another secret; the old one is void."""
    app = _client(call)
    if app.client is None or not app.client.auth_method.startswith("client_secret"):
        raise NotFound(app.id, "PublicClientApp")
    return _shown(call, call.org.app_credentials.renew_secret(app, call.cause), secret=True)
