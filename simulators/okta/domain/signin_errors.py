"""Refusals of sign-in, factors and recovery. What each looks like on the wire stands in `wire/errors.py`."""

from __future__ import annotations

from simulators.okta.domain.errors import Refusal


class AuthenticationFailed(Refusal):
    """Wrong name, wrong password, spent session token."""


class InvalidPasscode(Refusal):
    """The one-time code is wrong."""


class PasscodeUsed(Refusal):
    """The one-time code has been used already."""


class NotInThisState(Refusal):
    """The sign-in transaction is in another step."""


class PasswordTooWeak(Refusal):
    """The new password of a sign-in transaction breaks the policy."""


class AuthenticatorInUse(Refusal):
    """Policies enrol people in the authenticator; `subject` says what to do, the cause names the policies."""


class NoTelephony(Refusal):
    """No provider carries text messages and calls."""


class UserLocked(Refusal):
    """The user is locked out."""


class TextedTooRecently(Refusal):
    """A text message was sent a moment ago."""


class CalledTooRecently(Refusal):
    """A phone call was made a moment ago."""


class MailedTooRecently(Refusal):
    """A mail was sent a moment ago."""


class RecoveryNotAllowed(Refusal):
    """Nobody of that name may recover by that way."""


class PasswordExpired(Refusal):
    """The password has expired and the caller cannot change it."""


class RecoveryAnswerWrong(Refusal):
    """The answer to the recovery question does not match."""
