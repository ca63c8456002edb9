"""What an application knows of its users: the claims of OpenID clients, and what an org added or demands.

Okta API reference, Schemas (app user schema); the claims are those of OpenID Connect Core 1.0, section 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from simulators.okta.domain.apps import App


@dataclass(frozen=True, slots=True)
class Claim:
    """An attribute of an OpenID client's users. `source` is what it is made from, `external` its place in a token."""

    title: str
    description: str
    source: str | None = None
    external: str | None = None


def _address(name: str, title: str, description: str, source: str | None = None) -> tuple[str, Claim]:
    return name, Claim(title, description, source, f"address.{name}")


CLAIMS: dict[str, Claim] = dict(
    (
        ("name", Claim("Name", "End-User's full name in displayable form.")),
        (
            "nickname",
            Claim("Nickname", "Casual name of the End-User (may or may not be the same as the given_name)", "nickName"),
        ),
        ("given_name", Claim("Given Name", "Given name or first name of the End-User.", "firstName")),
        ("middle_name", Claim("Middle Name", "Middle name of the End-User.", "middleName")),
        ("family_name", Claim("Family Name", "Surname or last name of the End-User.", "lastName")),
        ("email", Claim("Email", "End-User's preferred e-mail address.", "email")),
        ("profile", Claim("Profile URL", "URL of the End-User's profile page.", "profileUrl")),
        ("picture", Claim("Picture URL", "URL of the End-User's profile picture.")),
        ("website", Claim("Website", "URL of the End-User's Web page or blog.")),
        ("gender", Claim("Gender", "End-User's gender.")),
        ("birthdate", Claim("Birthdate", "End-User's birthday, represented as an ISO 8601:2004 YYYY-MM-DD format.")),
        ("zoneinfo", Claim("Time Zone", "String representing the End-User's time zone.", "timezone")),
        (
            "locale",
            Claim(
                "Locale Name",
                "ISO3166\u20111 country code in uppercase, separated by a dash (e.g. 'en-US')",
                "locale",
            ),
        ),
        (
            "phone_number",
            Claim("Phone Number", "End-User's preferred telephone number in E.164 format.", "primaryPhone"),
        ),
        _address("street_address", "Street Address", "Full street address component.", "streetAddress"),
        _address("locality", "Locality", "City or locality component.", "city"),
        _address("region", "Region", "State, province, prefecture, or region component.", "state"),
        _address("postal_code", "Postal Code", "Zip code or postal code component.", "zipCode"),
        _address("country", "Country", "Country name component.", "countryCode"),
        _address("formatted", "Formatted", "Full mailing address, formatted for display."),
    )
)


@dataclass(frozen=True, slots=True)
class AppSchema:
    """What an org added to the profile of an application's users, JSON schema by attribute, and which of the
    attributes that come with the application it made `required`."""

    app_id: str
    created: datetime
    last_updated: datetime
    custom: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    required: frozenset[str] = frozenset()


def schema_name(app: App) -> str:
    """What the schema is called: as the application, but every OpenID client has one of its own name."""
    if app.client is None:
        return app.name
    number = int.from_bytes(blake2b(app.id.encode(), digest_size=8).digest())
    return f"{app.name}_{number % 10}{number // 10 % 16**6:06x}"
