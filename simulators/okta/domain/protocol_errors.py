"""Refusals in the shapes of other protocols: OAuth, the authorize page, security events."""

from __future__ import annotations

from simulators.okta.domain.errors import Refusal


class OAuthRefusal(Refusal):
    """An error of the authorization server, in OAuth's own shape. `headers` are sent along."""

    def __init__(self, status: int, error: str, description: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error, description)
        self.status, self.error, self.description = status, error, description
        self.headers = headers or {}


class AuthorizePageError(Refusal):
    """A request to authorize whose client or address cannot be trusted: told on a page, not by a redirect.

    `subject` is the error's code, the only cause its sentence.
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code, description)


class SecurityEventRefused(Refusal):
    """A security event token not taken: `subject` is the code, the only cause its sentence (RFC 8935)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code, description)


class StreamExists(Refusal):
    """A client has a stream of security events already."""
