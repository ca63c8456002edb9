"""/api/v1/apps/{app}/credentials/keys and /csrs, /sso/saml/metadata, /logo: what a SAML application signs with."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.app_keys import SigningKey
from simulators.okta.domain.errors import Invalid, NotAcceptable, NotFound
from simulators.okta.routes.apps import MANAGE, READ, app_of
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.apps import logo_url
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.certificates import (
    certificate_of,
    read_certificate,
    read_request,
    request_body,
    request_text,
    saml_metadata,
    signing_key_body,
)

app_keys = Endpoints("/api/v1/apps/{app}")
_PICTURES = (b"\x89PNG\r\n", b"GIF8", b"\xff\xd8\xff", b"<svg")
_LOGO_MOST = 1_000_000


def _shown(call: Call, key: SigningKey) -> Json:
    return signing_key_body(key, call.org.state.ids.random_seed, call.org.settings.name)


@app_keys.on("GET", "/credentials/keys", READ, "apps.read")
async def list_signing_keys(call: Call) -> Answer:
    """The keys in an application's store, with certificates."""
    return Answer(200, [_shown(call, key) for key in call.org.app_keys.of(app_of(call))])


@app_keys.on("POST", "/credentials/keys/generate", MANAGE, "apps.write")
async def generate_key(call: Call) -> Answer:
    """A new key valid for 2 to 10 years (`validityYears`); 201."""
    app, text = app_of(call), call.query.get("validityYears", "2")
    years = int(text) if text.isdecimal() else 0
    key = call.org.app_keys.generate(app, years, call.cause)
    where = f"{call.org.base_url}/api/v1/apps/{app.id}/credentials/keys/{key.kid}"
    return Answer(201, _shown(call, key), [("Location", where)])


@app_keys.on("GET", "/credentials/keys/{key}", READ, "apps.read")
async def read_signing_key(call: Call) -> Answer:
    """One key."""
    return Answer(200, _shown(call, call.org.app_keys.find(app_of(call), call.parts["key"])))


@app_keys.on("POST", "/credentials/keys/{key}/clone", MANAGE, "apps.write")
async def clone_key(call: Call) -> Answer:
    """The same key for another application (`targetAid`); 201."""
    app, target = app_of(call), call.query.get("targetAid")
    if not target:
        raise Invalid("targetAid", "targetAid: The field cannot be left blank")
    key = call.org.app_keys.clone(app, call.parts["key"], call.org.apps.find(target), call.cause)
    return Answer(201, _shown(call, key))


def _wants_pkcs10(call: Call) -> bool:
    return "application/pkcs10" in call.headers.get("accept", "")


@app_keys.on("GET", "/credentials/csrs", READ, "apps.read")
async def list_requests(call: Call) -> Answer:
    """The requests for certificates that wait."""
    org, app = call.org, app_of(call)
    rows = org.state.signing_requests.find("app", app.id)
    return Answer(200, [request_body(row, org.state.ids.random_seed, org.base_url) for row in rows])


@app_keys.on("POST", "/credentials/csrs", MANAGE, "apps.write")
async def make_request(call: Call) -> Answer:
    """A new key pair and its request, as JSON or PKCS#10; 201."""
    org, app = call.org, app_of(call)
    row = org.app_keys.request(app, *read_request(call.json()))
    if _wants_pkcs10(call):
        text = request_text(row, org.state.ids.random_seed)
        where = f"{org.base_url}/api/v1/apps/{app.id}/credentials/csrs/{row.id}"
        return Answer(201, text.encode(), [("Location", where)], "application/pkcs10")
    return Answer(201, request_body(row, org.state.ids.random_seed, org.base_url))


@app_keys.on("GET", "/credentials/csrs/{request}", READ, "apps.read")
async def read_one_request(call: Call) -> Answer:
    """One request."""
    org = call.org
    row = org.app_keys.find_request(app_of(call), call.parts["request"])
    if _wants_pkcs10(call):
        return Answer(200, request_text(row, org.state.ids.random_seed).encode(), media_type="application/pkcs10")
    return Answer(200, request_body(row, org.state.ids.random_seed, org.base_url))


@app_keys.on("DELETE", "/credentials/csrs/{request}", MANAGE, "apps.write")
async def revoke_request(call: Call) -> Answer:
    """Give a request and its key pair up."""
    row = call.org.app_keys.find_request(app_of(call), call.parts["request"])
    call.org.state.signing_requests.remove(row.id)
    return NO_CONTENT


@app_keys.on("POST", "/credentials/csrs/{request}/lifecycle/publish", MANAGE, "apps.write")
async def publish_request(call: Call) -> Answer:
    """The certificate that was issued, in PEM, DER or base64: the pair becomes a key of the application; 201."""
    org, app = call.org, app_of(call)
    row = org.app_keys.find_request(app, call.parts["request"])
    if call.headers.get("content-type", "").startswith("application/json"):
        raise NotAcceptable()
    certificate, ends = read_certificate(call.raw, row, org.state.ids.random_seed)
    return Answer(201, _shown(call, org.app_keys.publish(app, row, certificate, ends, call.cause)))


@app_keys.on("GET", "/sso/saml/metadata", READ, "apps.read")
async def read_metadata(call: Call) -> Answer:
    """What a SAML application needs to know of the org, as XML; `kid` chooses another key of its store."""
    org, app = call.org, app_of(call)
    accept = call.headers.get("accept", "*/*")
    if "xml" not in accept and "*/*" not in accept:
        raise NotAcceptable()
    if not app.sign_on_mode.startswith("SAML"):
        raise NotFound(app.id, "AppInstance")
    key = org.app_keys.find(app, call.query.get("kid") or app.signing_kid)
    certificate = certificate_of(key, org.state.ids.random_seed, org.settings.name)
    return Answer(200, saml_metadata(app, certificate, org.base_url), media_type="application/xml")


@app_keys.on("POST", "/logo", MANAGE, "apps.write")
async def upload_logo(call: Call) -> Answer:
    """A picture (PNG, JPG, GIF or SVG, 1 MB at most) as multipart file; 201. Only its address is kept."""
    app = app_of(call)
    if not call.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotAcceptable()
    if len(call.raw) > _LOGO_MOST or not any(mark in call.raw for mark in _PICTURES):
        raise Invalid("file", "file: The file must be a PNG, JPG, GIF or SVG image of at most 1 MB")
    after = call.org.state.apps.put(replace(app, logo=call.org.new_id("gfs")))
    return Answer(201, None, [("Location", logo_url(after, call.org.base_url))])
