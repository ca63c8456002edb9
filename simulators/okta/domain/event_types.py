"""Event types of the System Log by family: display message and legacy type, and how severe an outcome is.

https://developer.okta.com/docs/reference/api/event-types/ ; the legacy names are those of the former Events API.
"""

from __future__ import annotations

# what `domain/log.py` adds to with the types that the lifecycle of people, groups and applications needs most
PUBLISHED: dict[str, tuple[str, str | None]] = {
    "user.account.update_user_type": ("Change user type", None),
    "user.account.update_primary_email": ("Update primary email", None),
    "user.account.update_secondary_email": ("Update secondary email", None),
    "user.account.unlock": ("User account unlock", "core.user_auth.account_auto_unlocked"),
    "user.mfa.factor.suspend": ("Suspend factor for user", None),
    "user.mfa.factor.unsuspend": ("Unsuspend factor for user", None),
    "user.mfa.factor.update": ("Update factor for user", "core.user.factor.update"),
    "user.session.access_admin_app": ("User accessing Okta admin app", "app.admin.sso.login.success"),
    "user.session.expire": ("Expire user session", "core.user_auth.session_expired"),
    "user.session.context.change": ("User session context changed", None),
    "user.risk.change": ("User risk level changed", None),
    "user.risk.detect": ("User risk detected", None),
    "user.authentication.universal_logout": ("Universal logout of user from apps", None),
    "user.authentication.universal_logout.scheduled": ("Universal logout of user from apps is scheduled", None),
    "group.user_membership.rule.error": ("Group membership rule failed", None),
    "group.user_membership.rule.evaluation": ("Group membership rule evaluated", None),
    "application.user_membership.approve": ("Approve user application membership", None),
    "application.user_membership.provision": ("Provision user to application", None),
    "application.user_membership.revoke": ("Revoke user's application membership", None),
    "application.user_membership.deprovision": ("Deprovision user from application", None),
    "application.user_membership.restore": ("Restore user's application membership", None),
    "application.user_membership.change_username": ("Change user's application username", None),
    "application.provision.user.deprovision": ("Deprovision user in external application", None),
    "application.provision.user.delete": ("Delete user in external application", None),
    "application.provision.user.delete.schedule": ("Schedule deletion of user in external application", None),
    "application.provision.user.remove_entitlements": ("Remove user's entitlements in external application", None),
    "application.provision.user.remove_entitlements.schedule": (
        "Schedule removal of user's entitlements in external application",
        None,
    ),
    "application.provision.group_push.push_memberships": ("Push memberships of group to app", None),
    "application.provision.group_push.removed": ("Remove pushed group from app", None),
    "application.provision.group_membership.add": ("Add member to group in external application", None),
    "application.provision.group_membership.remove": ("Remove member from group in external application", None),
    "app.oauth2.as.token.grant": ("OAuth2 token request", "app.oauth2.as.token.grant"),
    "app.oauth2.as.token.grant.access_token": (
        "OAuth2 access token is granted",
        "app.oauth2.as.token.grant.access_token_success",
    ),
    "app.oauth2.as.token.grant.id_token": (
        "OAuth2 id token is granted",
        "app.oauth2.as.token.grant.id_token_success",
    ),
    "app.oauth2.as.token.grant.refresh_token": (
        "OAuth2 refresh token is granted",
        "app.oauth2.as.token.grant.refresh_token_success",
    ),
    "app.oauth2.as.token.revoke": ("OAuth2 token revocation request", "app.oauth2.as.token.revoke_success"),
    "app.oauth2.as.token.detect_reuse": ("One-time refresh token reused", "app.oauth2.as.token.detect_reuse"),
    "app.oauth2.token.revoke.implicit.as": ("Revoke all OAuth2 tokens of authorization server", None),
    "app.oauth2.admin.consent.grant": ("Grant OAuth2 scope consent to client", None),
    "app.oauth2.admin.consent.revoke": ("Revoke OAuth2 scope consent of client", None),
    "app.oauth2.client_id_rate_limit_warning": ("Client ID nears the rate limit", None),
    "app.oauth2.client.lifecycle.create": ("Create OAuth2 client", None),
    "app.oauth2.client.lifecycle.update": ("Update OAuth2 client", None),
    "app.oauth2.client.lifecycle.activate": ("Activate OAuth2 client", None),
    "app.oauth2.client.lifecycle.deactivate": ("Deactivate OAuth2 client", None),
    "app.oauth2.client.lifecycle.delete": ("Delete OAuth2 client", None),
    "app.oauth2.credentials.lifecycle.create": ("Create OAuth2 client credential", None),
    "app.oauth2.credentials.lifecycle.activate": ("Activate OAuth2 client credential", None),
    "app.oauth2.credentials.lifecycle.deactivate": ("Deactivate OAuth2 client credential", None),
    "app.oauth2.credentials.lifecycle.delete": ("Delete OAuth2 client credential", None),
    "app.oauth2.client.privilege.grant": ("Grant privilege to OAuth2 client", None),
    "app.oauth2.client.privilege.revoke": ("Revoke privilege of OAuth2 client", None),
    "system.api_token.update": ("Update API token", None),
    "system.api_token.enable": ("Enable API token", None),
    "system.api_token.request_outside_allowed_range": ("API token used outside its allowed network", None),
    "iam.role.create": ("Create custom role", None),
    "iam.role.update": ("Update custom role", None),
    "iam.role.delete": ("Delete custom role", None),
    "iam.role.permission.add": ("Add permission to custom role", None),
    "iam.role.permission.delete": ("Delete permission of custom role", None),
    "iam.resourceset.create": ("Create resource set", None),
    "iam.resourceset.update": ("Update resource set", None),
    "iam.resourceset.delete": ("Delete resource set", None),
    "iam.resourceset.resource.add": ("Add resource to resource set", None),
    "iam.resourceset.resource.delete": ("Delete resource of resource set", None),
    "iam.resourceset.bindings.add": ("Create role and resource set binding", None),
    "iam.resourceset.bindings.delete": ("Delete role and resource set binding", None),
    "policy.lifecycle.create": ("Create policy", None),
    "policy.lifecycle.update": ("Update policy", None),
    "policy.lifecycle.activate": ("Activate policy", None),
    "policy.lifecycle.deactivate": ("Deactivate policy", None),
    "policy.lifecycle.delete": ("Delete policy", None),
    "policy.rule.add": ("Add policy rule", None),
    "policy.rule.update": ("Update policy rule", None),
    "policy.rule.activate": ("Activate policy rule", None),
    "policy.rule.deactivate": ("Deactivate policy rule", None),
    "policy.rule.delete": ("Delete policy rule", None),
    "event_hook.created": ("Event hook created", None),
    "event_hook.activated": ("Event hook activated", None),
    "event_hook.deactivated": ("Event hook deactivated", None),
    "event_hook.updated": ("Event hook updated", None),
    "event_hook.deleted": ("Event hook deleted", None),
    "event_hook.verified": ("Event hook verified", None),
    "event_hook.delivery": ("Event hook delivery", None),
    "zone.create": ("Create network zone", None),
    "zone.update": ("Update network zone", None),
    "zone.activate": ("Activate network zone", None),
    "zone.deactivate": ("Deactivate network zone", None),
    "zone.delete": ("Delete network zone", None),
    "security.events.provider.create": ("Create security events provider", None),
    "security.events.provider.update": ("Update security events provider", None),
    "security.events.provider.activate": ("Activate security events provider", None),
    "security.events.provider.deactivate": ("Deactivate security events provider", None),
    "security.events.provider.delete": ("Delete security events provider", None),
    "security.events.provider.receive_event": ("Security event received", None),
    "security.events.transmitter.create": ("Create security events transmitter", None),
    "security.events.transmitter.update": ("Update security events transmitter", None),
    "security.events.transmitter.delete": ("Delete security events transmitter", None),
    "security.request.blocked": ("Request blocked", "security.request.blocked"),
    "system.org.rate_limit.burst": ("Rate limit burst", None),
    "system.client.rate_limit.violation": ("Client rate limit violation", None),
    "system.client.rate_limit.notification": ("Client rate limit notification", None),
    "system.client.concurrency_rate_limit.violation": ("Client concurrency rate limit violation", None),
    "system.client.concurrency_rate_limit.notification": ("Client concurrency rate limit notification", None),
    "system.operation.rate_limit.violation": ("Operation rate limit violation", None),
    "system.operation.rate_limit.warning": ("Operation rate limit warning", None),
    "core.concurrency.org.limit.violation": ("Concurrency limit violation", None),
}

# legacy type of a failure, where it is another than that of the success
FAILED: dict[str, str] = {
    "user.lifecycle.create": "core.user.config.user_creation.failure",
    "user.session.start": "core.user_auth.login_failed",
    "user.authentication.auth_via_mfa": "core.user.factor.attempt_fail",
    "app.oauth2.token.grant": "app.oauth2.token.grant.failure",
    "app.oauth2.token.revoke": "app.oauth2.token.revoke_failure",
}

_BY_TYPE = {"user.account.lock": "DEBUG", "user.session.start": "INFO", "core.concurrency.org.limit.violation": "WARN"}
_BY_TYPE |= dict.fromkeys(("system.org.rate_limit.violation", "system.org.rate_limit.burst"), "WARN")
_BY_RESULT = dict.fromkeys(("FAILURE", "DENY", "RATE_LIMIT"), "WARN")


def severity_of(type: str, result: str) -> str:
    """DEBUG, INFO or WARN: a type's own severity, else what its outcome suggests.

    >>> severity_of("user.account.lock", "FAILURE"), severity_of("policy.evaluate_sign_on", "DENY")
    ('DEBUG', 'WARN')
    """
    return _BY_TYPE.get(type) or _BY_RESULT.get(result, "INFO")
