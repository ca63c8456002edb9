"""Refusals: the org declining a command. What each looks like on the wire stands in `wire/errors.py`."""

from __future__ import annotations


class Refusal(Exception):
    """A command declined. `subject` fills the summary of the wire's text, `causes` are its single reasons."""

    def __init__(self, subject: str = "", *causes: str) -> None:
        super().__init__(subject, *causes)
        self.subject = subject
        self.causes = causes


class Invalid(Refusal):
    """Validation failed; `subject` is the field or object."""


class NotFound(Refusal):
    """No object of that kind under that id."""

    def __init__(self, id: str, kind: str) -> None:
        super().__init__(f"Resource not found: {id} ({kind})")


class NotWellFormed(Refusal):
    """The body is not what the call reads."""


class AuthenticationFailed(Refusal):
    """Wrong name, wrong password, spent session token."""


class InvalidSession(Refusal):
    """No credential at all."""


class Forbidden(Refusal):
    """The caller lacks the right."""


class MissingScope(Refusal):
    """The access token lacks the scope; `subject` names it, `resource` the path."""

    def __init__(self, scope: str, resource: str) -> None:
        super().__init__(scope)
        self.resource = resource


class PathUnknown(Refusal):
    """Nothing is served under the path."""


class MethodNotAllowed(Refusal):
    """The path is served, by other methods."""


class InternalError(Refusal):
    """A defect of the simulator itself."""


class ReadOnlyMode(Refusal):
    """The service does not take writes at present."""


class InvalidToken(Refusal):
    """A bad, revoked or expired API, access or recovery token."""


class CredentialsUpdateFailed(Refusal):
    """The old password is wrong or the new one breaks the policy."""


class FeatureOff(Refusal):
    """The org lacks the feature."""


class AlreadyActive(Refusal):
    """Activation of somebody who is past it."""


class PasswordResetFailed(Refusal):
    """The status allows no password reset."""


class InvalidPaging(Refusal):
    """The cursor is unknown."""


class InvalidSearch(Refusal):
    """A query that cannot be parsed or names unknown attributes."""


class UnsupportedOperator(Refusal):
    """The log does not support the operator on that field."""


class SearchAndFilter(Refusal):
    """Two query languages in one request."""


class NotLocked(Refusal):
    """Unlock of somebody who is not locked out."""


class ForgotPasswordNotAllowed(Refusal):
    """The status allows no self-service recovery."""


class ChangePasswordNotAllowed(Refusal):
    """The status allows no password change."""


class ChangeQuestionNotAllowed(Refusal):
    """The status allows no change of the recovery question."""


class WrongStatus(Refusal):
    """The operation does not exist in the user's status."""


class StillActivating(Refusal):
    """The user's activation has not finished."""


class DeleteAppForbidden(Refusal):
    """An active application cannot be deleted."""


class AppMetadataFixed(Refusal):
    """That part of an application cannot be changed."""


class TooManyRequests(Refusal):
    """A rate limit is used up."""


class InvalidLogFilter(Refusal):
    """A log query that cannot be parsed."""


class InvalidPasscode(Refusal):
    """The one-time code is wrong."""


class PasscodeUsed(Refusal):
    """The one-time code has been used already."""


class NotInThisState(Refusal):
    """The sign-in transaction is in another step."""


class PasswordTooWeak(Refusal):
    """The new password of a sign-in transaction breaks the policy."""


class RecoveryAnswerWrong(Refusal):
    """The answer to the recovery question does not match."""


class RoleAlreadyAssigned(Refusal):
    """The administrator role is held already."""


class TooManyGroups(Refusal):
    """More than 20 groups at creation."""


class InactiveAppUser(Refusal):
    """Applications cannot be assigned to this user's status."""


class NeedsPassword(Refusal):
    """An expired first password needs a password."""


class NeedsActivate(Refusal):
    """An expired first password needs an activation."""


class EtagMismatch(Refusal):
    """The user has changed since the caller read it."""


class EtagMalformed(Refusal):
    """The condition is not an entity tag."""


class GroupHasRules(Refusal):
    """Roles cannot go to groups with rules."""


class BuiltInGroup(Refusal):
    """Roles cannot go to built-in groups."""


class OAuthRefusal(Refusal):
    """An error of the authorization server, in OAuth's own shape."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error, description)
        self.status, self.error, self.description = status, error, description
