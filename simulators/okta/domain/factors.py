"""Kinds of factors: who provides them, which authenticator they belong to, and how each proves itself.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TOTP = "token:software:totp"
ANSWER, SENT, CODE, PUSH, KEY, STICK = "answer", "sent", "code", "push", "key", "stick"
_MODHEX = re.compile("[cbdefghijklnrtuv]{32,48}")
_PHONE = re.compile(r"\+?[0-9]{7,15}")


@dataclass(frozen=True, slots=True)
class FactorKind:
    """One type of one provider.

    `proof` is how it proves itself: an ANSWER, a code that is SENT, a time-based CODE, a PUSH that a device answers, a
    security KEY's assertion, the one-time password of a hardware STICK. `authenticator` is (key, method).
    """

    type: str
    provider: str
    prefix: str
    proof: str
    authenticator: tuple[str, str]
    log_name: str


_ROWS = (
    FactorKind("question", "OKTA", "ufs", ANSWER, ("security_question", "security_question"), "SECURITY_QUESTION"),
    FactorKind("sms", "OKTA", "mbl", SENT, ("phone_number", "sms"), "SMS_FACTOR"),
    FactorKind("call", "OKTA", "clf", SENT, ("phone_number", "voice"), "CALL_FACTOR"),
    FactorKind("email", "OKTA", "emf", SENT, ("okta_email", "email"), "EMAIL_FACTOR"),
    FactorKind("push", "OKTA", "opf", PUSH, ("okta_verify", "push"), "OKTA_VERIFY_PUSH"),
    FactorKind(TOTP, "OKTA", "ost", CODE, ("okta_verify", "totp"), "SOFT_TOKEN"),
    FactorKind(TOTP, "GOOGLE", "uft", CODE, ("google_otp", "otp"), "GOOGLE_AUTH"),
    FactorKind("token:hotp", "CUSTOM", "chf", CODE, ("custom_otp", "otp"), "CUSTOM_OTP"),
    FactorKind("token:hardware", "YUBICO", "ykf", STICK, ("yubikey_token", "otp"), "YUBIKEY_TOKEN"),
    FactorKind("u2f", "FIDO", "fuf", KEY, ("webauthn", "webauthn"), "FIDO_U2F"),
    FactorKind("webauthn", "FIDO", "fwf", KEY, ("webauthn", "webauthn"), "FIDO_WEBAUTHN"),
)
KINDS: dict[tuple[str, str], FactorKind] = {(row.type, row.provider): row for row in _ROWS}
# what "Factors Administration" calls the kinds
OFFERED: dict[str, FactorKind] = {
    name: KINDS[key]
    for name, key in {
        "okta_question": ("question", "OKTA"),
        "okta_sms": ("sms", "OKTA"),
        "okta_call": ("call", "OKTA"),
        "okta_email": ("email", "OKTA"),
        "okta_push": ("push", "OKTA"),
        "okta_otp": (TOTP, "OKTA"),
        "google_otp": (TOTP, "GOOGLE"),
        "hotp": ("token:hotp", "CUSTOM"),
        "yubikey_token": ("token:hardware", "YUBICO"),
        "fido_u2f": ("u2f", "FIDO"),
        "fido_webauthn": ("webauthn", "FIDO"),
    }.items()
}
QUESTIONS = {
    "disliked_food": "What is the food you least liked as a child?",
    "name_of_first_plush_toy": "What is the name of your first stuffed animal?",
    "first_award": "What did you earn your first medal or award for?",
    "favorite_security_question": "What is your favorite security question?",
    "favorite_toy": "What is the toy/stuffed animal you liked the most as a kid?",
    "first_computer_game": "What was the first computer game you played?",
    "favorite_movie_quote": "What is your favorite movie quote?",
    "first_sports_team_mascot": "What was the mascot of the first sports team you played on?",
    "first_music_purchase": "What music album or song did you first purchase?",
    "favorite_art_piece": "What is your favorite piece of art?",
    "grandmother_favorite_desert": "What was your grandmother's favorite dessert?",
    "first_thing_cooked": "What was the first thing you learned to cook?",
    "childhood_dream_job": "What was your dream job as a child?",
    "first_kiss_location": "Where did you have your first kiss?",
    "place_where_significant_other_was_met": "Where did you meet your spouse/significant other?",
    "favorite_vacation_location": "Where did you go for your favorite vacation?",
    "new_years_two_thousand": "Where were you on New Year's Eve in the year 2000?",
    "favorite_speaker_actor": "Who is your favorite speaker/orator?",
    "favorite_book_movie_character": "Who is your favorite book/movie character?",
    "favorite_sports_player": "Who is your favorite sports player?",
}
# still somebody's, but no longer offered
RETIRED_QUESTIONS = frozenset({"first_kiss_location"})
SHORTEST_ANSWER = 4


@dataclass(frozen=True, slots=True)
class Factor:
    """An enrolled factor.

    `secret` is a TOTP's base-32 shared secret or what is kept of an answer; `address` a mail address or a phone
    number; `last_step` the last time step accepted; `last_code` a stick's last one-time password.
    """

    id: str
    user_id: str
    type: str
    provider: str
    vendor: str
    status: str
    created: datetime
    last_updated: datetime
    secret: str = ""
    address: str = ""
    last_step: int = -1
    profile: tuple[tuple[str, Any], ...] = ()
    last_code: str = ""

    @property
    def kind(self) -> FactorKind:
        """What it is one of."""
        return KINDS[self.type, self.provider]


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a factor waits for: the code that was sent, the nonce a key signs, or a device's answer.

    `result` is WAITING until a push is answered (SUCCESS, REJECTED); `transaction` names a push to whoever polls.
    """

    factor_id: str
    user_id: str
    code: str
    sent: datetime
    expires: datetime
    transaction: str = ""
    result: str = "WAITING"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail, text message or call that the org sent to a person, and the code or token in it."""

    id: str
    user_id: str
    channel: str
    address: str
    purpose: str
    code: str
    sent: datetime


def phone(text: str) -> str | None:
    """A phone number without its punctuation; None for anything else.

    >>> phone("+1-555-415-1337"), phone("none")
    ('+15554151337', None)
    """
    bare = re.sub(r"[\s().-]", "", text)
    return bare if _PHONE.fullmatch(bare) else None


def masked_phone(number: str) -> str:
    """A phone number as sign-in shows it.

    >>> masked_phone("+15554151337")
    '+1 XXX-XXX-1337'
    """
    return f"{number[:2]} XXX-XXX-{number[-4:]}"


def masked_mail(address: str) -> str:
    """A mail address as sign-in shows it.

    >>> masked_mail("ann.lee@acme.example")
    'a...e@acme.example'
    """
    name, _, domain = address.partition("@")
    return f"{name[:1]}...{name[-1:]}@{domain}"


def is_stick_code(text: str) -> bool:
    """Whether a text could be a hardware stick's one-time password: an id and 32 letters of its alphabet."""
    return _MODHEX.fullmatch(text) is not None


def is_base32(text: object) -> bool:
    """Whether a text can be a shared secret.

    >>> is_base32("GEZDGNBVGY3TQOJQ"), is_base32("0189"), is_base32(None)
    (True, False, False)
    """
    return isinstance(text, str) and re.fullmatch("[A-Z2-7]{8,}", text) is not None


def signs(client_data: str, nonce: str) -> bool:
    """Whether a key's client data (base64 of JSON) answers a nonce. Its signature is not looked at.

    >>> signs(base64.b64encode(b'{"challenge":"bm9uY2U","type":"webauthn.get"}').decode(), "bm9uY2U")
    True
    """
    try:
        document = json.loads(base64.b64decode(client_data + "=" * (-len(client_data) % 4), altchars=b"-_"))
    except ValueError:
        return False
    given = document.get("challenge") if isinstance(document, Mapping) else None
    return isinstance(given, str) and given.rstrip("=") == nonce.rstrip("=")
