"""/api/v1/authorizationServers: custom authorization servers with their keys, scopes and claims."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.auth_servers import AuthServer, Claim, Scope
from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.jose import key_id, public_jwk, signing_key
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.auth_servers import (
    claim_body,
    key_body,
    read_claim,
    read_scope,
    read_server,
    scope_body,
    server_body,
)
from simulators.okta.wire.bodies import Json

auth_servers = Endpoints("/api/v1/authorizationServers")
READ, MANAGE = "okta.authorizationServers.read", "okta.authorizationServers.manage"
MAY_READ, MAY_MANAGE = "servers.read", "servers.write"


def named_server(call: Call) -> AuthServer:
    """The server that the path names."""
    return call.org.auth_servers.find(call.parts["server"])


def address_of(call: Call, server: AuthServer) -> str:
    """Under which a server is managed."""
    return f"{call.org.base_url}/api/v1/authorizationServers/{server.slug}"


def _shown(call: Call, server: AuthServer) -> Json:
    org, now = call.org, call.org.now()
    kid = key_id(org.state.ids.random_seed, server.ordinal, server.key_at(now))
    return server_body(server, kid, now, org.base_url)


@auth_servers.on("GET", "", READ, MAY_READ)
async def list_servers(call: Call) -> Answer:
    """Custom servers, `q` by name or audience."""
    rows = call.org.auth_servers.listing(call.query.get("q", ""), call.query.get("after"))
    return call.paged(rows, 200, 200, lambda server: _shown(call, server), lambda server: server.id)


@auth_servers.on("POST", "", MANAGE, MAY_MANAGE)
async def create_server(call: Call) -> Answer:
    """A new server: 201."""
    server = call.org.auth_servers.create(**read_server(call.json()), cause=call.cause)
    return Answer(201, _shown(call, server))


@auth_servers.on("GET", "/{server}", READ, MAY_READ)
async def read_one_server(call: Call) -> Answer:
    """One server, by id or `default`."""
    return Answer(200, _shown(call, named_server(call)))


@auth_servers.on("PUT", "/{server}", MANAGE, MAY_MANAGE)
async def replace_server(call: Call) -> Answer:
    """Other settings."""
    changes = read_server(call.json())
    return Answer(200, _shown(call, call.org.auth_servers.replace(named_server(call), call.cause, **changes)))


@auth_servers.on("DELETE", "/{server}", MANAGE, MAY_MANAGE)
async def delete_server(call: Call) -> Answer:
    """Take a server away; its tokens are void."""
    call.org.auth_servers.delete(named_server(call), call.cause)
    return NO_CONTENT


@auth_servers.on("POST", "/{server}/lifecycle/activate", MANAGE, MAY_MANAGE)
@auth_servers.on("POST", "/{server}/lifecycle/deactivate", MANAGE, MAY_MANAGE)
async def switch_server(call: Call) -> Answer:
    """Let a server issue tokens, or not."""
    call.org.auth_servers.switch(named_server(call), call.path.endswith("/activate"), call.cause)
    return NO_CONTENT


def _keys(call: Call, server: AuthServer) -> list[Json]:
    seed, rows = call.org.state.ids.random_seed, call.org.auth_servers.keys(server)
    jwks = [(public_jwk(signing_key(seed, server.ordinal, number)), status) for number, status in rows]
    return [key_body(jwk, status, server, call.org.base_url) for jwk, status in jwks]


@auth_servers.on("GET", "/{server}/credentials/keys", READ, MAY_READ)
async def list_keys(call: Call) -> Answer:
    """The signing keys: in use, next, and expired."""
    return Answer(200, _keys(call, named_server(call)))


@auth_servers.on("GET", "/{server}/credentials/keys/{key}", READ, MAY_READ)
async def read_key(call: Call) -> Answer:
    """One signing key."""
    for body in _keys(call, named_server(call)):
        if body["kid"] == call.parts["key"]:
            return Answer(200, body)
    raise NotFound(call.parts["key"], "JsonWebKey")


@auth_servers.on("POST", "/{server}/credentials/lifecycle/keyRotate", MANAGE, MAY_MANAGE)
async def rotate_keys(call: Call) -> Answer:
    """Sign with the next key from now on."""
    server = named_server(call)
    if call.json().get("use") != "sig":
        raise Invalid("use", "use: Invalid key use. The value must be sig.")
    return Answer(200, _keys(call, call.org.auth_servers.rotate(server, call.cause)))


# scopes ---------------------------------------------------------------------------------------------------------------


@auth_servers.on("GET", "/{server}/scopes", READ, MAY_READ)
async def list_scopes(call: Call) -> Answer:
    """The scopes, `q` by name."""
    server, text = named_server(call), call.query.get("q", "").lower()
    rows = (s for s in call.org.auth_servers.scopes(server, call.query.get("after")) if text in s.name.lower())
    where = address_of(call, server)
    return call.paged(rows, 200, 200, lambda scope: scope_body(scope, where), lambda scope: scope.id)


@auth_servers.on("POST", "/{server}/scopes", MANAGE, MAY_MANAGE)
async def create_scope(call: Call) -> Answer:
    """A new scope: 201."""
    server, read = named_server(call), read_scope(call.json())
    scope = Scope(call.org.new_id("scp"), server.id, **read)
    kept = call.org.auth_servers.keep_scope(scope, "oauth2.scope.created", call.cause)
    return Answer(201, scope_body(kept, address_of(call, server)))


@auth_servers.on("GET", "/{server}/scopes/{scope}", READ, MAY_READ)
async def read_one_scope(call: Call) -> Answer:
    """One scope."""
    server = named_server(call)
    return Answer(200, scope_body(call.org.auth_servers.scope(server, call.parts["scope"]), address_of(call, server)))


@auth_servers.on("PUT", "/{server}/scopes/{scope}", MANAGE, MAY_MANAGE)
async def replace_scope(call: Call) -> Answer:
    """Another description, consent or visibility; a system scope keeps its name."""
    server = named_server(call)
    held, changes = call.org.auth_servers.scope(server, call.parts["scope"]), read_scope(call.json())
    if held.system and changes["name"] != held.name:
        raise Forbidden()
    kept = call.org.auth_servers.keep_scope(replace(held, **changes), "oauth2.scope.updated", call.cause)
    return Answer(200, scope_body(kept, address_of(call, server)))


@auth_servers.on("DELETE", "/{server}/scopes/{scope}", MANAGE, MAY_MANAGE)
async def delete_scope(call: Call) -> Answer:
    """Take a scope away."""
    server = named_server(call)
    call.org.auth_servers.remove_scope(call.org.auth_servers.scope(server, call.parts["scope"]), call.cause)
    return NO_CONTENT


# claims ---------------------------------------------------------------------------------------------------------------


@auth_servers.on("GET", "/{server}/claims", READ, MAY_READ)
async def list_claims(call: Call) -> Answer:
    """The claims."""
    server = named_server(call)
    return Answer(200, [claim_body(claim, address_of(call, server)) for claim in call.org.auth_servers.claims(server)])


@auth_servers.on("POST", "/{server}/claims", MANAGE, MAY_MANAGE)
async def create_claim(call: Call) -> Answer:
    """A new claim: 201."""
    server, read = named_server(call), read_claim(call.json())
    _known_scopes(call, server, read["scopes"])
    claim = Claim(call.org.new_id("ocl"), server.id, **read)
    kept = call.org.auth_servers.keep_claim(claim, "oauth2.claim.created", call.cause)
    return Answer(201, claim_body(kept, address_of(call, server)))


@auth_servers.on("GET", "/{server}/claims/{claim}", READ, MAY_READ)
async def read_one_claim(call: Call) -> Answer:
    """One claim."""
    server = named_server(call)
    return Answer(200, claim_body(call.org.auth_servers.claim(server, call.parts["claim"]), address_of(call, server)))


@auth_servers.on("PUT", "/{server}/claims/{claim}", MANAGE, MAY_MANAGE)
async def replace_claim(call: Call) -> Answer:
    """Another value, token or condition."""
    server = named_server(call)
    held = call.org.auth_servers.claim(server, call.parts["claim"])
    if held.system:
        raise Forbidden()
    changes = read_claim(call.json())
    _known_scopes(call, server, changes["scopes"])
    kept = call.org.auth_servers.keep_claim(replace(held, **changes), "oauth2.claim.updated", call.cause)
    return Answer(200, claim_body(kept, address_of(call, server)))


@auth_servers.on("DELETE", "/{server}/claims/{claim}", MANAGE, MAY_MANAGE)
async def delete_claim(call: Call) -> Answer:
    """Take a claim away."""
    server = named_server(call)
    call.org.auth_servers.remove_claim(call.org.auth_servers.claim(server, call.parts["claim"]), call.cause)
    return NO_CONTENT


def _known_scopes(call: Call, server: AuthServer, names: tuple[str, ...]) -> None:
    for name in names:
        if call.org.auth_servers.named_scope(server, name) is None:
            raise Invalid("conditions", f"conditions: Invalid scope {name}.")
