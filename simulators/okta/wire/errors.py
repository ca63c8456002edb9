"""How each refusal looks: one row a refusal.

https://developer.okta.com/docs/reference/error-codes/
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urlsplit
from uuid import UUID

from simulators.okta.domain import errors as e
from simulators.okta.domain import protocol_errors as protocol
from simulators.okta.domain import signin_errors as signin
from simulators.okta.wire.bodies import Json


@dataclass(frozen=True)
class OktaError:
    """Status, code and text; `{}` in the text stands for the refusal's subject."""

    status: int
    code: str
    summary: str


_COULD_NOT = "Could not create user. To create a user and expire their password immediately, "
ERRORS: dict[type[e.Refusal], OktaError] = {
    e.Invalid: OktaError(400, "E0000001", "Api validation failed: {}"),
    e.NotWellFormed: OktaError(400, "E0000003", "The request body was not well-formed."),
    e.UrlTooLong: OktaError(414, "E0000001", "Api validation failed: {}"),
    e.LengthRequired: OktaError(411, "E0000003", "The request body was not well-formed."),
    e.BodyTooLarge: OktaError(413, "E0000003", "The request body was not well-formed."),
    signin.AuthenticationFailed: OktaError(401, "E0000004", "Authentication failed"),
    e.InvalidSession: OktaError(403, "E0000005", "Invalid session"),
    e.Forbidden: OktaError(403, "E0000006", "You do not have permission to perform the requested action"),
    e.MissingScope: OktaError(403, "E0000006", "You do not have permission to perform the requested action"),
    e.NotFound: OktaError(404, "E0000007", "Not found: {}"),
    e.PathUnknown: OktaError(404, "E0000008", "The requested path was not found"),
    e.InternalError: OktaError(500, "E0000009", "Internal Server Error"),
    e.ReadOnlyMode: OktaError(503, "E0000010", "Service is in read only mode"),
    e.InvalidToken: OktaError(401, "E0000011", "Invalid token provided"),
    e.AccessTokenRefused: OktaError(401, "E0000011", "Invalid token provided"),
    e.CredentialsUpdateFailed: OktaError(403, "E0000014", "Update of credentials failed"),
    e.FeatureOff: OktaError(
        401, "E0000015", "You do not have permission to access the feature you are requesting"
    ),
    e.AlreadyActive: OktaError(403, "E0000016", "Activation failed because the user is already active"),
    e.PasswordResetFailed: OktaError(403, "E0000017", "Password reset failed"),
    e.MediaTypeUnsupported: OktaError(
        400, "E0000021", "Bad request.  Accept and/or Content-Type headers likely do not match supported values."
    ),
    e.MethodNotAllowed: OktaError(405, "E0000022", "The endpoint does not support the provided HTTP method"),
    e.AppMetadataFixed: OktaError(400, "E0000024", "Bad request. This operation on app metadata is not yet supported."),
    e.MissingParameter: OktaError(400, "E0000028", "The request is missing a required parameter."),
    e.NotAcceptable: OktaError(
        400, "E0000019", "Bad request. Accept and/or Content-Type headers likely do not match supported values."
    ),
    e.InvalidPaging: OktaError(400, "E0000029", "Invalid paging request."),
    e.InvalidSearch: OktaError(400, "E0000031", "Invalid search criteria."),
    e.UnsupportedOperator: OktaError(
        400, "E0000031", "The supplied combination of operator and field is not currently supported. {}"
    ),
    e.NotLocked: OktaError(403, "E0000032", "Unlock is not allowed for this user."),
    e.SearchAndFilter: OktaError(
        400, "E0000033", "Bad request. Can't specify a search query and filter in the same request."
    ),
    e.ForgotPasswordNotAllowed: OktaError(403, "E0000034", "Forgot password not allowed on specified user."),
    e.ChangePasswordNotAllowed: OktaError(403, "E0000035", "Change password not allowed on specified user."),
    e.ChangeQuestionNotAllowed: OktaError(403, "E0000036", "Change recovery question not allowed on specified user."),
    e.WrongStatus: OktaError(403, "E0000038", "This operation is not allowed in the user's current status."),
    e.LabelTaken: OktaError(
        400, "E0000040", "Application label must not be the same as an existing application label."
    ),
    e.CredentialsNotAllowed: OktaError(
        400, "E0000041", "Credentials should not be set on this resource based on the scheme."
    ),
    e.SelfServiceOff: OktaError(403, "E0000043", "Self service application assignment is not enabled."),
    e.AttributeMapped: OktaError(
        403, "E0000075", "Cannot modify the {} attribute because it has a field mapping and profile push is enabled."
    ),
    e.TooManyRequests: OktaError(429, "E0000047", "API call exceeded rate limit due to too many requests."),
    e.InvalidLogFilter: OktaError(400, "E0000053", "{}"),
    e.InvalidLogQuery: OktaError(400, "E0000001", "Api validation failed: {}"),
    e.DeleteAppForbidden: OktaError(403, "E0000056", "Delete application forbidden."),
    signin.InvalidPasscode: OktaError(403, "E0000068", "Invalid Passcode/Answer"),
    e.CannotModifyReadOnly: OktaError(403, "E0000077", "Cannot modify the {} attribute because it is read-only."),
    e.CannotModifyImmutable: OktaError(403, "E0000078", "Cannot modify the {} attribute because it is immutable."),
    signin.UserLocked: OktaError(403, "E0000069", "User Locked"),
    signin.TextedTooRecently: OktaError(
        429, "E0000109", "An SMS message was recently sent. Please wait 30 seconds before trying again."
    ),
    signin.MailedTooRecently: OktaError(
        429, "E0000118", "An email was recently sent. Please wait 5 seconds before trying again."
    ),
    signin.CalledTooRecently: OktaError(
        429, "E0000133", "A phone call was recently made. Please wait 30 seconds before trying again."
    ),
    signin.PasswordExpired: OktaError(401, "E0000064", "Password is expired and must be changed."),
    signin.NotInThisState: OktaError(
        403, "E0000079", "This operation is not allowed in the current authentication state."
    ),
    signin.PasswordTooWeak: OktaError(
        403, "E0000080", "The password does not meet the complexity requirements of the current password policy."
    ),
    signin.PasscodeUsed: OktaError(
        403, "E0000082", "Each code can only be used once. Please wait for a new code and try again."
    ),
    signin.RecoveryAnswerWrong: OktaError(403, "E0000087", "The recovery question answer did not match our records."),
    signin.RecoveryNotAllowed: OktaError(403, "E0000095", "Recovery not allowed for unknown user."),
    signin.AuthenticatorInUse: OktaError(
        403, "E0000148", "Cannot modify/disable this authenticator because it is enabled in one or more policies. {}"
    ),
    signin.NoTelephony: OktaError(
        400, "E0000226", "You must have an active telephony inline hook to activate and use the Phone authenticator."
    ),
    e.RoleAlreadyAssigned: OktaError(409, "E0000090", "The role specified is already assigned to the user."),
    e.RoleTypeMismatch: OktaError(
        400, "E0000091", "The provided role type was not the same as required role type."
    ),
    e.TooManyGroups: OktaError(400, "E0000093", "Target count limit exceeded"),
    e.StillActivating: OktaError(
        409, "E0000112", "Cannot update this user because they are still being activated. "
        "Please try again in a few minutes."
    ),
    e.InactiveAppUser: OktaError(403, "E0000117", "Cannot assign apps or update app profiles for an inactive user."),
    e.LinkedNameTaken: OktaError(409, "E0000127", "Invalid linked objection definition. {}"),
    e.NeedsPassword: OktaError(
        400, "E0000124", _COULD_NOT + "a password must be specified"
    ),
    e.NeedsActivate: OktaError(
        400, "E0000125", _COULD_NOT + '"activate" must be true'
    ),
    e.GroupHasRules: OktaError(400, "E0000192", "Roles cannot be granted to groups with group membership rules."),
    e.GroupTooLarge: OktaError(
        400, "E0000193", "Roles can only be granted to groups with 5000 or less users."
    ),
    e.GroupNotOurs: OktaError(400, "E0000194", "Roles can only be granted to Okta groups, AD groups and LDAP groups."),
    protocol.StreamExists: OktaError(409, "E0000195", "Api validation failed due to conflict: {}"),
    e.BuiltInGroup: OktaError(400, "E0000211", "Roles cannot be granted to built-in groups."),
    e.EtagMismatch: OktaError(412, "E0000231", "ETag value doesn't match."),
    e.Reconciling: OktaError(423, "E0000239", "Policy priorities are being reconciled. Please try again later."),
    e.EtagMalformed: OktaError(400, "E0000242", "ETag syntax is invalid."),
}  # fmt: skip

# the log has error bodies of its own: no link, a UUID, causes only where there are some
# https://developer.okta.com/docs/reference/system-log-query/#errors
_OF_THE_LOG = (e.InvalidLogFilter, e.InvalidLogQuery, e.UnsupportedOperator)

_BY_STATUS: dict[int, type[e.Refusal]] = {
    400: e.NotWellFormed,
    401: e.InvalidToken,
    403: e.Forbidden,
    404: e.PathUnknown,
    405: e.MethodNotAllowed,
    429: e.TooManyRequests,
    503: e.ReadOnlyMode,
}


def error_answer(refusal: e.Refusal, request_id: str, base_url: str) -> tuple[int, Json, list[tuple[str, str]]]:
    """Status, body and further headers of a refusal."""
    if isinstance(refusal, protocol.OAuthRefusal):
        body: Json = {"error": refusal.error, "error_description": refusal.description}
        return refusal.status, body, list(refusal.headers.items())
    if isinstance(refusal, protocol.SecurityEventRefused):
        return 400, {"err": refusal.subject, "description": refusal.causes[0]}, []
    if isinstance(refusal, protocol.AuthorizePageError):
        return 400, _plain(refusal.subject, refusal.causes[0], request_id), []
    row = ERRORS[type(refusal)]
    summary = row.summary.format(refusal.subject) if "{}" in row.summary else row.summary
    body = {"errorCode": row.code, "errorSummary": summary}
    if isinstance(refusal, _OF_THE_LOG):
        body["errorId"] = _error_uuid(request_id)
        if refusal.causes:
            body["errorCauses"] = [{"errorSummary": cause} for cause in refusal.causes]
        return row.status, body, []
    body["errorLink"] = row.code
    body["errorId"] = error_id(request_id)
    body["errorCauses"] = [{"errorSummary": cause} for cause in refusal.causes]
    headers: list[tuple[str, str]] = []
    if isinstance(refusal, e.MissingScope):
        text = "The access token provided does not contain the required scopes."
        told = _challenge("Bearer", refusal.subject, "insufficient_scope", text, refusal.resource, base_url)
        headers.append(("WWW-Authenticate", told))
    elif isinstance(refusal, e.AccessTokenRefused):
        text = "The access token is invalid."
        told = _challenge(refusal.scheme, refusal.scope, "invalid_token", text, refusal.resource, base_url)
        headers.append(("WWW-Authenticate", told))
    return row.status, body, headers


def _plain(code: str, summary: str, request_id: str) -> Json:
    return {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": error_id(request_id),
        "errorCauses": [],
    }


def by_status(status: int) -> e.Refusal:
    """The refusal that stands for a bare HTTP status."""
    return _BY_STATUS.get(status, e.InternalError)()


def error_id(request_id: str) -> str:
    """An error's id, which follows from its request."""
    return "oae" + base64.urlsafe_b64encode(blake2b(request_id.encode(), digest_size=16).digest()).decode().rstrip("=")


def _error_uuid(request_id: str) -> str:
    return str(UUID(bytes=blake2b(request_id.encode(), digest_size=16).digest(), version=4))


def _challenge(scheme: str, scope: str, error: str, text: str, resource: str, base_url: str) -> str:
    """What an access token has to bring, in the vendor's order; the scheme of the addresses is http, as published."""
    host = urlsplit(base_url).netloc
    return (
        f'{scheme} authorization_uri="http://{host}/oauth2/v1/authorize", realm="http://{host}", scope="{scope}", '
        f'error="{error}", error_description="{text}", resource="{resource}"'
    )
