"""Factors and what comes of verifying them, as JSON."""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.factors import (
    ANSWER,
    CODE,
    KEY,
    KINDS,
    PUSH,
    QUESTIONS,
    RETIRED_QUESTIONS,
    SENT,
    TOTP,
    Challenge,
    Factor,
    FactorKind,
)
from simulators.okta.wire.bodies import Json


def factor_body(factor: Factor, base_url: str, challenge: Challenge | None = None, reveal: bool = False) -> Json:
    """A factor; a shared secret shows only in the answer to its enrolment (`reveal`)."""
    own = where(factor, base_url)
    body: Json = {
        "id": factor.id,
        "factorType": factor.type,
        "provider": factor.provider,
        "vendorName": factor.vendor,
        "status": factor.status,
        "created": iso(factor.created),
        "lastUpdated": iso(factor.last_updated),
        "profile": profile_of(factor),
    }
    links: Json = {"user": link(f"{base_url}/api/v1/users/{factor.user_id}", "GET")}
    if factor.status == "ACTIVE":
        links["self"] = link(own, "GET", "DELETE")
        links["verify"] = link(f"{own}/verify", "POST")
        if factor.kind.proof == ANSWER:
            questions = f"{base_url}/api/v1/users/{factor.user_id}/factors/questions"
            links["questions"] = {"name": "question", **link(questions, "GET")}
        return {**body, "_links": links}
    links["self"] = link(own, "GET")
    links["activate"] = link(f"{own}/lifecycle/activate", "POST")
    if factor.kind.proof == SENT:
        links["resend"] = [{"name": factor.type, **link(f"{own}/resend", "POST")}]
    elif factor.kind.proof == PUSH:
        links["poll"] = link(f"{own}/lifecycle/activate/poll", "POST")
    if (embedded := activation(factor, base_url, challenge, reveal)) is not None:
        body["_embedded"] = {"activation": embedded}
    return {**body, "_links": links}


def activation(factor: Factor, base_url: str, challenge: Challenge | None, reveal: bool) -> Json | None:
    """What a device needs to be enrolled; None where nothing."""
    own, proof = where(factor, base_url), factor.kind.proof
    if proof == CODE and reveal:
        qrcode = {"href": f"{own}/qr/{factor.id}", "type": "image/png"}
        shown: Json = {"timeStep": 30, "sharedSecret": factor.secret, "encoding": "base32", "keyLength": 6}
        return {**shown, "_links": {"qrcode": qrcode}} if factor.type == TOTP else shown
    if challenge is None:
        return None
    if proof == PUSH:
        send = [{"name": way, **link(f"{own}/lifecycle/activate/{way}", "POST")} for way in ("email", "sms")]
        links = {"send": send, "qrcode": {"href": f"{own}/qr/{challenge.transaction}", "type": "image/png"}}
        return {"expiresAt": iso(challenge.expires), "factorResult": challenge.result, "_links": links}
    if proof == KEY:
        user = {"id": factor.user_id, "displayName": "", "name": ""}
        return {
            "attestation": "direct",
            "authenticatorSelection": {"userVerification": "optional", "requireResidentKey": False},
            "challenge": challenge.code,
            "excludeCredentials": [],
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "rp": {"name": "Okta"},
            "u2fParams": {"appid": base_url},
            "user": user,
        }
    return None


def profile_of(factor: Factor) -> Json:
    """What of a factor is told; a time-based code belongs to the person's name."""
    if factor.type == TOTP and not factor.profile:
        return {"credentialId": factor.user_id}
    return dict(factor.profile)


def verified_body(factor: Factor, result: str, challenge: Challenge | None, base_url: str) -> Json:
    """How a verification stands."""
    own = where(factor, base_url)
    body: Json = {"factorResult": result}
    if result == "SUCCESS" or challenge is None:
        return body
    if factor.kind.proof == PUSH:
        poll = f"{own}/transactions/{challenge.transaction}"
        if result == "WAITING":
            body["expiresAt"] = iso(challenge.expires)
            return {**body, "_links": {"poll": link(poll, "GET"), "cancel": link(poll, "DELETE")}}
    elif factor.kind.proof == KEY:
        nonce = {"challenge": challenge.code, "extensions": {}, "userVerification": "preferred"}
        body["_embedded"] = {"challenge": nonce}
    else:
        body["expiresAt"] = iso(challenge.expires)
    body["profile"] = profile_of(factor)
    links = {"verify": link(f"{own}/verify", "POST"), "factor": link(own, "GET", "DELETE")}
    return {**body, "_links": links}


def catalog_body(user_id: str, held: dict[tuple[str, str], str], usable: Any, base_url: str) -> list[Json]:
    """The kinds a person may enrol. `held` tells the status of those that are, `usable` which the org offers."""
    href = f"{base_url}/api/v1/users/{user_id}/factors"
    return [
        {
            "factorType": kind.type,
            "provider": kind.provider,
            "vendorName": kind.provider,
            "enrollment": "OPTIONAL",
            "status": held.get(key, "NOT_SETUP"),
            "_links": {"enroll": link(href, "POST")},
        }
        for key, kind in KINDS.items()
        if usable(*kind.authenticator)
    ]


def questions_body() -> list[Json]:
    """The questions a person may choose from."""
    offered = {key: text for key, text in QUESTIONS.items() if key not in RETIRED_QUESTIONS}
    return [{"question": key, "questionText": text} for key, text in offered.items()]


def org_factor_body(name: str, kind: FactorKind, active: bool, base_url: str) -> Json:
    """A kind of factor, and whether the org offers it."""
    own, turn = f"{base_url}/api/v1/org/factors/{name}", "deactivate" if active else "activate"
    return {
        "id": name,
        "provider": kind.provider,
        "factorType": kind.type,
        "status": "ACTIVE" if active else "INACTIVE",
        "_links": {turn: link(f"{own}/lifecycle/{turn}", "POST"), "self": link(own, "GET")},
    }


def where(factor: Factor, base_url: str) -> str:
    """The address of a factor."""
    return f"{base_url}/api/v1/users/{factor.user_id}/factors/{factor.id}"


def link(href: str, *allow: str) -> Json:
    """A link and the methods it takes."""
    return {"href": href, "hints": {"allow": list(allow)}}
