"""Which sign-on policy each application is under, and the applications an org comes with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.app_kinds import AUTHENTICATOR_APP, SYSTEM_APPS
from simulators.okta.domain.apps import App, Provisioning
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.log import Cause
from simulators.okta.domain.policies import KINDS, PolicyUse, missing

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TYPE, CONSOLE = "ACCESS_POLICY", "Okta Admin Console"


class AppPolicies:
    """Sign-on (authentication) policies of applications; without another one an application is under the default."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def found(self) -> None:
        """The applications of a new org, under the policies it comes with."""
        org, state = self.org, self.org.state
        named = {policy.name: policy for policy in org.policies.listing(_TYPE)}
        for name, label, link in SYSTEM_APPS:
            policy = named[CONSOLE if name == "saasure" else "Okta Dashboard"]
            app = state.apps.put(self._system_app(name, label, link))
            state.policy_uses.put(PolicyUse(app.id, _TYPE, policy.id))
        made = self._system_app(*AUTHENTICATOR_APP, "")
        state.apps.put(replace(made, listed=False))
        org.profile_mappings.begin(made)

    def ids_of(self, app: App) -> tuple[str, str]:
        """The ids of the policies an application is under: sign-on and profile enrolment."""
        policies = self.org.policies
        return policies.of_app(app.id, _TYPE).id, policies.of_app(app.id, "PROFILE_ENROLLMENT").id

    def assign(self, app: App, policy_id: str, cause: Cause) -> None:
        """Put an application under a policy of a kind that has applications under it.

        Raises NotFound, for another kind too, or Invalid for the administrators' own.
        """
        policy = self.org.policies.find(policy_id)
        if not KINDS[policy.type].mapped:
            raise NotFound(policy_id, missing(policy_id))
        if policy.type == _TYPE and policy.name == CONSOLE:
            text = f'This policy belongs to "{CONSOLE}", and re-assignment of this policy is not allowed'
            raise Invalid("Policy", text)
        self.org.state.apps.put(replace(app, last_updated=self.org.whole_second()))
        self.org.policies.assign(app.id, policy, cause)

    def _system_app(self, name: str, label: str, link: str) -> App:
        org, at = self.org, self.org.whole_second()
        body: dict[str, Any] = {
            "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
            "visibility": {
                "autoSubmitToolbar": False,
                "hide": {"iOS": False, "web": False},
                "appLinks": {link: True} if link else {},
            },
            "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}},
            "settings": {
                "app": {},
                "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
                "manualProvisioning": False,
                "implicitAssignment": False,
            },
        }
        return App(
            org.new_id("0oa"),
            name,
            label,
            "ACTIVE",
            "OPENID_CONNECT",
            at,
            at,
            body,
            provisioning=Provisioning(supported=False),
            signing_kid=org.state.assertion_kid,
        )
