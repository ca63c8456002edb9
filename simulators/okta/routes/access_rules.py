"""/api/v1/authorizationServers/{server}/policies and …/clients: who gets tokens, and who holds them."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.auth_servers import AccessPolicy, AccessRule
from simulators.okta.domain.errors import NotFound
from simulators.okta.routes.auth_servers import MANAGE, MAY_MANAGE, MAY_READ, READ, address_of, named_server
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.routes.grants import shown_token, token_page
from simulators.okta.wire.access_rules import policy_body, read_policy, read_rule, rule_body
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.grants import holder_body

access_rules = Endpoints("/api/v1/authorizationServers/{server}")


def _policy(call: Call) -> AccessPolicy:
    return call.org.access_rules.policy(named_server(call), call.parts["policy"])


def _shown(call: Call, policy: AccessPolicy) -> Json:
    return policy_body(policy, address_of(call, named_server(call)))


def _shown_rule(call: Call, rule: AccessRule) -> Json:
    return rule_body(rule, f"{address_of(call, named_server(call))}/policies/{rule.policy}")


@access_rules.on("GET", "/policies", READ, MAY_READ)
async def list_policies(call: Call) -> Answer:
    """The policies in order of evaluation."""
    return Answer(200, [_shown(call, policy) for policy in call.org.access_rules.policies(named_server(call))])


@access_rules.on("POST", "/policies", MANAGE, MAY_MANAGE)
async def create_policy(call: Call) -> Answer:
    """A new policy: 201."""
    at, server = call.org.whole_second(), named_server(call)
    policy = AccessPolicy(call.org.new_id("00p"), server.id, created=at, last_updated=at, **read_policy(call.json()))
    return Answer(201, _shown(call, call.org.access_rules.keep_policy(policy, "policy.lifecycle.create", call.cause)))


@access_rules.on("GET", "/policies/{policy}", READ, MAY_READ)
async def read_one_policy(call: Call) -> Answer:
    """One policy."""
    return Answer(200, _shown(call, _policy(call)))


@access_rules.on("PUT", "/policies/{policy}", MANAGE, MAY_MANAGE)
async def replace_policy(call: Call) -> Answer:
    """Other clients or another place."""
    policy, changes = _policy(call), read_policy(call.json())
    changes["priority"] = changes["priority"] or policy.priority
    after = replace(policy, last_updated=call.org.whole_second(), **changes)
    return Answer(200, _shown(call, call.org.access_rules.keep_policy(after, "policy.lifecycle.update", call.cause)))


@access_rules.on("DELETE", "/policies/{policy}", MANAGE, MAY_MANAGE)
async def delete_policy(call: Call) -> Answer:
    """Take a policy away with its rules."""
    call.org.access_rules.remove_policy(_policy(call), call.cause)
    return NO_CONTENT


@access_rules.on("POST", "/policies/{policy}/lifecycle/activate", MANAGE, MAY_MANAGE)
@access_rules.on("POST", "/policies/{policy}/lifecycle/deactivate", MANAGE, MAY_MANAGE)
async def switch_policy(call: Call) -> Answer:
    """Let a policy count, or not."""
    call.org.access_rules.switch_policy(_policy(call), call.path.endswith("/activate"), call.cause)
    return NO_CONTENT


@access_rules.on("GET", "/policies/{policy}/rules", READ, MAY_READ)
async def list_rules(call: Call) -> Answer:
    """The rules in order of evaluation."""
    return Answer(200, [_shown_rule(call, rule) for rule in call.org.access_rules.rules(_policy(call))])


@access_rules.on("POST", "/policies/{policy}/rules", MANAGE, MAY_MANAGE)
async def create_rule(call: Call) -> Answer:
    """A new rule: 201."""
    at, policy = call.org.whole_second(), _policy(call)
    rule = AccessRule(call.org.new_id("0pr"), policy.id, created=at, last_updated=at, **read_rule(call.json()))
    return Answer(201, _shown_rule(call, call.org.access_rules.keep_rule(policy, rule, "policy.rule.add", call.cause)))


def _rule(call: Call) -> AccessRule:
    return call.org.access_rules.rule(_policy(call), call.parts["rule"])


@access_rules.on("GET", "/policies/{policy}/rules/{rule}", READ, MAY_READ)
async def read_one_rule(call: Call) -> Answer:
    """One rule."""
    return Answer(200, _shown_rule(call, _rule(call)))


@access_rules.on("PUT", "/policies/{policy}/rules/{rule}", MANAGE, MAY_MANAGE)
async def replace_rule(call: Call) -> Answer:
    """Other conditions or lives."""
    rule, changes = _rule(call), read_rule(call.json())
    changes["priority"] = changes["priority"] or rule.priority
    after = replace(rule, last_updated=call.org.whole_second(), **changes)
    kept = call.org.access_rules.keep_rule(_policy(call), after, "policy.rule.update", call.cause)
    return Answer(200, _shown_rule(call, kept))


@access_rules.on("DELETE", "/policies/{policy}/rules/{rule}", MANAGE, MAY_MANAGE)
async def delete_rule(call: Call) -> Answer:
    """Take a rule away."""
    call.org.access_rules.remove_rule(_policy(call), _rule(call), call.cause)
    return NO_CONTENT


@access_rules.on("POST", "/policies/{policy}/rules/{rule}/lifecycle/activate", MANAGE, MAY_MANAGE)
@access_rules.on("POST", "/policies/{policy}/rules/{rule}/lifecycle/deactivate", MANAGE, MAY_MANAGE)
async def switch_rule(call: Call) -> Answer:
    """Let a rule count, or not."""
    call.org.access_rules.switch_rule(_rule(call), call.path.endswith("/activate"), call.cause)
    return NO_CONTENT


# who holds refresh tokens of a server ---------------------------------------------------------------------------------


@access_rules.on("GET", "/clients", READ, MAY_READ)
async def list_holders(call: Call) -> Answer:
    """The clients that hold refresh tokens of the server."""
    server, rows = named_server(call), []
    for id in call.org.tokens.clients_of_server(server.id):
        app = call.org.state.apps[id]
        tokens = f"{address_of(call, server)}/clients/{id}/tokens"
        client = {"href": f"{call.org.base_url}/oauth2/v1/clients/{id}", "title": app.label}
        links = {"client": client, "tokens": {"href": tokens, "hints": {"allow": ["GET", "DELETE"]}}}
        rows.append(holder_body(app, links))
    return Answer(200, rows)


def _client(call: Call) -> str:
    app = call.org.apps.client(call.parts["client"])
    if app is None:
        raise NotFound(call.parts["client"], "PublicClientApp")
    return app.id


@access_rules.on("GET", "/clients/{client}/tokens", READ, MAY_READ)
async def list_tokens(call: Call) -> Answer:
    """The refresh tokens of a client, `expand=scope`."""
    server = named_server(call)
    return token_page(call, call.org.tokens.of_client(_client(call), server.id))


@access_rules.on("DELETE", "/clients/{client}/tokens", MANAGE, MAY_MANAGE)
async def revoke_tokens(call: Call) -> Answer:
    """Revoke every refresh token of a client."""
    server = named_server(call)
    call.org.tokens.revoke_refresh(_client(call), call.cause, server.id)
    return NO_CONTENT


@access_rules.on("GET", "/clients/{client}/tokens/{token}", READ, MAY_READ)
async def read_token(call: Call) -> Answer:
    """One refresh token."""
    server = named_server(call)
    token = call.org.tokens.one(call.parts["token"], _client(call), server_id=server.id)
    return Answer(200, shown_token(call, token, call.path))


@access_rules.on("DELETE", "/clients/{client}/tokens/{token}", MANAGE, MAY_MANAGE)
async def revoke_token(call: Call) -> Answer:
    """Revoke one refresh token."""
    server = named_server(call)
    token = call.org.tokens.one(call.parts["token"], _client(call), server_id=server.id)
    call.org.tokens.revoke_one(token, call.cause)
    return NO_CONTENT
