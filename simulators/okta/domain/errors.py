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


class UrlTooLong(Refusal):
    """The address is longer than anything the vendor reads."""


class LengthRequired(Refusal):
    """A POST or PUT that tells neither a length nor that its body comes in pieces."""


class BodyTooLarge(Refusal):
    """The body is larger than anything the vendor reads."""


class MediaTypeUnsupported(Refusal):
    """`Accept` or `Content-Type` names what the call does not speak."""


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


class AccessTokenRefused(InvalidToken):
    """A bad, revoked or expired access token; `scope` is what the call wants, `resource` the path."""

    def __init__(self, scheme: str, scope: str, resource: str) -> None:
        super().__init__()
        self.scheme, self.scope, self.resource = scheme, scope, resource


class CredentialsUpdateFailed(Refusal):
    """The old password is wrong or the new one breaks the policy."""


class FeatureOff(Refusal):
    """The org lacks the feature."""


class AlreadyActive(Refusal):
    """Activation of somebody who is past it."""


class PasswordResetFailed(Refusal):
    """The status allows no password reset."""


class MissingParameter(Refusal):
    """A parameter that the call cannot do without."""


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


class CannotModifyReadOnly(Refusal):
    """The attribute is read-only; `subject` names it."""


class CannotModifyImmutable(Refusal):
    """The attribute, once set, stays; `subject` names it."""


class StillActivating(Refusal):
    """The user's activation has not finished."""


class DeleteAppForbidden(Refusal):
    """An active application cannot be deleted."""


class LabelTaken(Refusal):
    """Another application has the label, in an org whose labels are unique."""


class SelfServiceOff(Refusal):
    """The org does not let people add applications themselves."""


class CredentialsNotAllowed(Refusal):
    """The application's scheme leaves a person no credentials to set."""


class AttributeMapped(Refusal):
    """A mapping owns the attribute of an application's user; `subject` names it."""


class NotAcceptable(Refusal):
    """The answer exists in other media types only."""


class AppMetadataFixed(Refusal):
    """That part of an application cannot be changed."""


class TooManyRequests(Refusal):
    """A rate limit is used up."""


class InvalidLogFilter(Refusal):
    """A filter of the log that cannot be parsed, or a window too far back."""


class InvalidLogQuery(Refusal):
    """Another parameter of a log query that cannot be read."""


class LinkedNameTaken(Refusal):
    """A side of a linked object definition has a name that is in use."""


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


class Reconciling(Refusal):
    """The priorities of group rules are being put in order."""


class RoleTypeMismatch(Refusal):
    """The role cannot be limited to such a target."""


class GroupTooLarge(Refusal):
    """Roles cannot go to groups of more than 5,000 people."""


class GroupNotOurs(Refusal):
    """Roles cannot go to groups of other systems."""


class GroupHasRules(Refusal):
    """Roles cannot go to groups with rules."""


class BuiltInGroup(Refusal):
    """Roles cannot go to built-in groups."""
