"""System Log events: who did what to whom, and in which request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.okta.domain.event_types import PUBLISHED


@dataclass(frozen=True, slots=True)
class Party:
    """An actor or a target."""

    id: str
    type: str
    alternate_id: str | None
    name: str | None
    detail: tuple[tuple[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class RequestMark:
    """What the log keeps of a request: `ip` is the client's; `proxies` are the addresses it came through after that.

    `zone` is the network zone that holds the client's address, if any does.
    """

    id: str
    path: str
    query: str
    ip: str
    user_agent: str
    proxies: tuple[str, ...] = ()
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """On whose behalf something happens, and in which transaction (WEB for a request, JOB for background work)."""

    actor: Party
    transaction: str
    kind: str
    request: RequestMark | None = None
    session_id: str | None = None
    api_token_id: str | None = None

    @property
    def ip(self) -> str:
        """The client's address; empty for background work."""
        return self.request.ip if self.request is not None else ""


@dataclass(frozen=True, slots=True)
class Event:
    """One record. `number` is its place in the order of persistence."""

    number: int
    uuid: str
    published: datetime
    type: str
    cause: Cause
    targets: tuple[Party, ...]
    result: str
    reason: str | None
    debug: tuple[tuple[str, Any], ...]


SYSTEM = Party("sprSystemPrincipal00", "SystemPrincipal", "system@okta.com", "Okta System")

# event type: display message, legacy type
EVENT_TYPES: dict[str, tuple[str, str | None]] = {
    **PUBLISHED,
    "user.lifecycle.create": ("Create okta user", "core.user.config.user_creation.success"),
    "user.lifecycle.activate": ("Activate Okta user", "core.user.config.user_activated"),
    "user.lifecycle.reactivate": ("Reactivate Okta user", "core.user.config.user_reactivation.success"),
    "user.lifecycle.suspend": ("Suspend Okta user", "core.user.config.user_status.suspended"),
    "user.lifecycle.unsuspend": ("Unsuspend Okta user", "core.user.config.user_status.unsuspended"),
    "user.lifecycle.deactivate": ("Deactivate Okta User", "core.user.config.user_deactivated"),
    "user.lifecycle.delete.initiated": ("Delete Okta user", "core.user.config.user_status.delete.initiated"),
    "user.lifecycle.delete.completed": ("Delete Okta user completed", "core.user.config.user_status.delete.completed"),
    "user.account.update_profile": ("Update user profile for Okta", "core.user.config.profile_update.success"),
    "user.account.update_password": ("User update password for Okta", "core.user.config.password_update.success"),
    "user.account.reset_password": (
        "Fired when the user's Okta password is reset",
        "core.user.config.user_status.password_reset",
    ),
    "user.account.expire_password": ("Expire user password", None),
    "user.account.lock": ("Max sign in attempts exceeded", "core.user_auth.account_locked"),
    "user.account.unlock_by_admin": ("Unlock user account by admin", "core.user_auth.account_unlocked_by_admin"),
    "user.account.privilege.grant": ("Grant user privilege", "core.user.admin_privilege.granted"),
    "user.account.privilege.revoke": ("Revoke user privilege", "core.user.admin_privilege.revoked"),
    "user.mfa.factor.activate": ("Activate factor for user", "core.user.factor.activate"),
    "user.mfa.factor.deactivate": ("Reset factor for user", "core.user.factor.deactivate"),
    "user.mfa.factor.reset_all": ("Reset all factors for user", "core.user.factor.reset_all"),
    "user.session.start": ("User login to Okta", "core.user_auth.login_success"),
    "user.session.end": ("User logout from Okta", "core.user_auth.logout_success"),
    "user.session.clear": ("Clear user session", "core.user_auth.session_clear"),
    "user.authentication.auth_via_mfa": ("Authentication of user via MFA", "core.user.factor.attempt_success"),
    "user.authentication.sso": ("User single sign on to app", "app.auth.sso"),
    "policy.evaluate_sign_on": ("Evaluation of sign-on policy", None),
    "security.authenticator.lifecycle.create": ("Create an authenticator", None),
    "security.authenticator.lifecycle.update": ("Update an authenticator", None),
    "security.authenticator.lifecycle.activate": ("Activate an authenticator", None),
    "security.authenticator.lifecycle.deactivate": ("Deactivate an authenticator", None),
    "system.sms.send_factor_verify_message": ("Send factor verification SMS message", None),
    "system.voice.send_mfa_challenge_call": ("Send MFA challenge call", None),
    "system.email.send_factor_verify_message": ("Send factor verification email", None),
    "system.push.send_factor_verify_push": ("Send factor verification push", None),
    "group.lifecycle.create": ("Create Okta group", "group.lifecycle.create"),
    "group.lifecycle.delete": ("Delete Okta group", "group.lifecycle.delete"),
    "group.profile.update": ("Update Okta group", None),
    "group.user_membership.add": ("Add user to group membership", "core.user_group_member.user_add"),
    "group.user_membership.remove": ("Remove user from group membership", "core.user_group_member.user_remove"),
    "group.user_membership.rule.trigger": ("Group membership rule triggered", "cvd.group_rule_triggered"),
    "group.user_membership.rule.deactivated": ("Group membership rule deactivated", "cvd.group_rule_deactivated"),
    "group.user_membership.rule.invalidate": ("Group membership rule invalidated", "cvd.group_rule_invalidated"),
    "group.user_membership.rule.add_exclusion": ("Add exclusion to group membership rule", None),
    "group.application_assignment.add": ("Add assigned application to group", "group.application_assignment.add"),
    "group.application_assignment.remove": (
        "Remove assigned application from group",
        "group.application_assignment.remove",
    ),
    "group.application_assignment.update": (
        "Update assigned application of group",
        "group.application_assignment.update",
    ),
    "group.privilege.grant": ("Grant group privilege", "core.group.admin_privilege.granted"),
    "group.privilege.revoke": ("Revoke group privilege", "core.group.admin_privilege.revoked"),
    "iam.role.permissions.add": ("Add permission to custom admin role", None),
    "iam.role.permissions.delete": ("Delete permission from custom admin role", None),
    "iam.resourceset.resources.add": ("Add resources to resource set", None),
    "iam.resourceset.resources.delete": ("Delete resources from resource set", None),
    "system.log_stream.lifecycle.create": ("Create log stream", None),
    "system.log_stream.lifecycle.update": ("Update log stream", None),
    "system.log_stream.lifecycle.activate": ("Activate log stream", None),
    "system.log_stream.lifecycle.deactivate": ("Deactivate log stream", None),
    "system.log_stream.lifecycle.delete": ("Delete log stream", None),
    "system.idp.lifecycle.create": ("Create IDP", None),
    "system.idp.lifecycle.update": ("Update IDP", None),
    "system.idp.lifecycle.activate": ("Activate IDP", None),
    "system.idp.lifecycle.deactivate": ("Deactivate IDP", None),
    "system.idp.lifecycle.delete": ("Delete IDP", None),
    "inline_hook.created": ("Inline hook created", None),
    "inline_hook.updated": ("Inline hook updated", None),
    "inline_hook.activated": ("Inline hook activated", None),
    "inline_hook.deactivated": ("Inline hook deactivated", None),
    "inline_hook.deleted": ("Inline hook deleted", None),
    "system.feature.enable": ("Enable feature", None),
    "system.feature.disable": ("Disable feature", None),
    "application.lifecycle.create": ("Create application", "app.app_editor.app.create"),
    "application.lifecycle.update": ("Update application", "app.generic.config.app_updated"),
    "application.lifecycle.activate": ("Activate application", "app.generic.config.app_activated"),
    "application.lifecycle.deactivate": ("Deactivate application", "app.generic.config.app_deactivated"),
    "application.lifecycle.delete": ("Delete application", "app.generic.config.app_deleted"),
    "application.policy.sign_on.update": ("Update sign-on policy of application", None),
    "app.keys.generate_legacy": ("Generate key for application", None),
    "app.keys.clone_legacy": ("Clone key of application", None),
    "application.user_membership.add": (
        "Add user to application membership",
        "app.generic.provision.assign_user_to_app",
    ),
    "application.user_membership.update": (
        "Updated user application property",
        "app.generic.config.app_user_property_update",
    ),
    "application.user_membership.remove": (
        "Remove user's application membership",
        "app.generic.provision.deactivate_user_from_app",
    ),
    "application.provision.user.push": (
        "Push new user to external application",
        "app.user_management.push_new_user",
    ),
    "app.user_management.push_new_user_success": (
        "Successfully pushed new user to external application",
        "app.user_management.push_new_user_success",
    ),
    "application.provision.user.sync": ("Sync user in external application", "app.user_management.provision_user"),
    "application.provision.user.push_profile": (
        "Push user's profile to external application",
        "app.user_management.push_profile_success",
    ),
    "application.provision.user.deactivate": (
        "Deactivate user in external application",
        "app.user_management.deactivate_user",
    ),
    "application.provision.user.reactivate": (
        "Reactivate user in external application",
        "app.user_management.reactivate_user",
    ),
    "application.provision.group_push.pushed": ("Push group to app", "app.user_management.grouppush.pushed"),
    "application.provision.group_push.updated": ("Update pushed group of app", None),
    "application.provision.group_push.activate_mapping": ("Activate group push mapping", None),
    "application.provision.group_push.deactivate_mapping": ("Deactivate group push mapping", None),
    "application.provision.group.add": ("Add group to external application", None),
    "app.oauth2.signon": ("User performed OIDC SSO to app", None),
    "app.oauth2.as.authorize.code": ("OIDC authorization code request", None),
    "app.oauth2.as.token.grant.access_token": ("OAuth2 access token is granted", None),
    "app.oauth2.as.token.grant.id_token": ("OAuth2 id token is granted", None),
    "app.oauth2.as.token.grant.refresh_token": ("OAuth2 refresh token is granted", None),
    "app.oauth2.as.key.rollover": ("OAuth2 authorization server key rollover", None),
    "app.oauth2.as.consent.grant": ("User granted consent to app", None),
    "app.oauth2.as.consent.revoke": ("User revoked consent from app", None),
    "app.oauth2.consent.grant": ("User granted consent to app", None),
    "app.oauth2.consent.revoke": ("User revoked consent from app", None),
    "oauth2.as.created": ("OAuth authorization server is created", None),
    "oauth2.as.updated": ("OAuth authorization server is updated", None),
    "oauth2.as.deleted": ("OAuth authorization server is deleted", None),
    "oauth2.as.activated": ("OAuth authorization server is activated", None),
    "oauth2.as.deactivated": ("OAuth authorization server is deactivated", None),
    "oauth2.scope.created": ("OAuth scope is created", None),
    "oauth2.scope.updated": ("OAuth scope is updated", None),
    "oauth2.scope.deleted": ("OAuth scope is deleted", None),
    "oauth2.claim.created": ("OAuth claim is created", None),
    "oauth2.claim.updated": ("OAuth claim is updated", None),
    "oauth2.claim.deleted": ("OAuth claim is deleted", None),
    "app.oauth2.token.grant": ("OAuth2 token request", "app.oauth2.token.grant"),
    "app.oauth2.token.grant.access_token": (
        "OIDC access token is granted",
        "app.oauth2.token.grant.access_token_success",
    ),
    "app.oauth2.token.grant.id_token": ("OIDC id token is granted", "app.oauth2.token.grant.id_token_success"),
    "app.oauth2.token.grant.refresh_token": (
        "OIDC refresh token is granted",
        "app.oauth2.token.grant.refresh_token_success",
    ),
    "app.oauth2.token.revoke": ("OAuth2 token revocation request", "app.oauth2.token.revoke_success"),
    "app.oauth2.token.revoke.implicit.user": ("Revoke all OAuth2 tokens of user", None),
    "app.oauth2.token.revoke.implicit.client": ("Revoke all OAuth2 tokens of client", None),
    "app.oauth2.token.detect_reuse": ("One-time refresh token reused", "app.oauth2.token.detect_reuse"),
    "app.generic.unauth_app_access_attempt": (
        "User attempted unauthorized access to app",
        "app.generic.unauth_app_access_attempt",
    ),
    "system.api_token.create": ("Create API token", "api.token.create"),
    "system.api_token.revoke": ("Revoke API token", "api.token.revoke"),
    "system.org.rate_limit.warning": ("Rate limit warning", "core.framework.ratelimit.warning"),
    "system.org.rate_limit.violation": ("Rate limit violation", "core.framework.ratelimit.exceeded"),
}  # fmt: skip
