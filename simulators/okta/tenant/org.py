"""OktaOrg: one customer's org, put together from collaborators that share its state, clock and settings."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.okta.domain.groups import Group
from simulators.okta.domain.log import SYSTEM, Cause
from simulators.okta.domain.settings import Delay, OktaSettings
from simulators.okta.tenant.access import Access
from simulators.okta.tenant.access_rules import AccessRules
from simulators.okta.tenant.app_credentials import AppCredentials
from simulators.okta.tenant.app_keys import AppKeys
from simulators.okta.tenant.app_policies import AppPolicies
from simulators.okta.tenant.apps import Apps
from simulators.okta.tenant.assignments import Assignments
from simulators.okta.tenant.auth_servers import AuthServers
from simulators.okta.tenant.authenticators import Authenticators
from simulators.okta.tenant.challenges import Challenges
from simulators.okta.tenant.directory import Directory
from simulators.okta.tenant.documents import Documents
from simulators.okta.tenant.factors import Factors
from simulators.okta.tenant.grants import Grants
from simulators.okta.tenant.groups import Groups
from simulators.okta.tenant.hooks import Hooks
from simulators.okta.tenant.iam import Iam
from simulators.okta.tenant.idps import IdentityProviders
from simulators.okta.tenant.journal import Journal
from simulators.okta.tenant.lifecycle import Lifecycle
from simulators.okta.tenant.limits import Limits
from simulators.okta.tenant.linked_objects import LinkedObjects
from simulators.okta.tenant.mappings import ProfileMappings
from simulators.okta.tenant.oauth import AuthorizationServer
from simulators.okta.tenant.passwords import Passwords
from simulators.okta.tenant.policies import Policies
from simulators.okta.tenant.policy_rules import PolicyRules
from simulators.okta.tenant.profile import OrgProfile
from simulators.okta.tenant.provisioning import Provisioner
from simulators.okta.tenant.pushes import GroupPush
from simulators.okta.tenant.recovery import Recovery
from simulators.okta.tenant.risks import Risks
from simulators.okta.tenant.roles import RoleAssignments
from simulators.okta.tenant.rules import Rules
from simulators.okta.tenant.schemas import Schemas
from simulators.okta.tenant.security_events import SecurityEvents
from simulators.okta.tenant.sessions import Sessions
from simulators.okta.tenant.signals import Signals
from simulators.okta.tenant.signin import SignIns
from simulators.okta.tenant.signin_factors import SignInFactors
from simulators.okta.tenant.state import OktaState
from simulators.okta.tenant.tokens import Tokens
from simulators.okta.tenant.universal_logout import UniversalLogout
from simulators.okta.tenant.users import Users
from simulators.okta.tenant.zones import Zones

if TYPE_CHECKING:
    import httpx

_CELL = "5d7"


class OktaOrg:
    """An org. `http` reaches the applications it provisions; `base_url` is the address it is served under."""

    def __init__(self, clock: VirtualClock, ids: Ids, settings: OktaSettings) -> None:
        self.clock = clock
        self.settings = settings
        self.state = OktaState(ids)
        self.http: httpx.AsyncClient | None = None
        self.base_url = "http://127.0.0.1:8600"
        self.log = Journal(self)
        self.limits = Limits(self)
        self.access = Access(self)
        self.schemas = Schemas(self)
        self.users = Users(self)
        self.directory = Directory(self)
        self.linked_objects = LinkedObjects(self)
        self.risks = Risks(self)
        self.lifecycle = Lifecycle(self)
        self.groups = Groups(self)
        self.rules = Rules(self)
        self.documents = Documents(self)
        self.idps = IdentityProviders(self)
        self.zones = Zones(self)
        self.hooks = Hooks(self)
        self.iam = Iam(self)
        self.roles = RoleAssignments(self)
        self.profile = OrgProfile(self)
        self.apps = Apps(self)
        self.app_policies = AppPolicies(self)
        self.app_keys = AppKeys(self)
        self.app_credentials = AppCredentials(self)
        self.profile_mappings = ProfileMappings(self)
        self.assignments = Assignments(self)
        self.provisioner = Provisioner(self)
        self.pushes = GroupPush(self)
        self.policies = Policies(self)
        self.policy_rules = PolicyRules(self)
        self.passwords = Passwords(self)
        self.authenticators = Authenticators(self)
        self.challenges = Challenges(self)
        self.factors = Factors(self)
        self.sign_ins = SignIns(self)
        self.sign_in_factors = SignInFactors(self)
        self.recovery = Recovery(self)
        self.sessions = Sessions(self)
        self.tokens = Tokens(self)
        self.grants = Grants(self)
        self.auth_servers = AuthServers(self)
        self.access_rules = AccessRules(self)
        self.oauth = AuthorizationServer(self)
        self.signals = Signals(self)
        self.security_events = SecurityEvents(self)
        self.universal_logout = UniversalLogout(self)
        self._found()

    def now(self) -> datetime:
        """The org's instant."""
        return self.clock.now()

    def whole_second(self) -> datetime:
        """The org's instant as management objects carry it."""
        return self.clock.now().replace(microsecond=0)

    def new_id(self, prefix: str) -> str:
        """An identifier of 20 characters; all of an org end with its cell."""
        return prefix + base64.b64encode(self.state.ids.draw(prefix, 12), b"xY")[: 17 - len(_CELL)].decode() + _CELL

    def system(self, transaction: str | None = None) -> Cause:
        """The org acting by itself, in background work that belongs to `transaction`."""
        return Cause(SYSTEM, transaction or self.state.ids.base62("transaction", 27), "JOB")

    def jitter(self, stream: str, delay: Delay) -> timedelta:
        """A seeded delay."""
        return self.state.ids.jitter(stream, *delay)

    def _found(self) -> None:
        state, at = self.state, self.whole_second()
        state.org_id = self.new_id("00o")
        state.user_type = self.new_id("oty")
        self.schemas.found()
        state.identity_provider = self.new_id("00o")
        state.everyone = self.new_id("00g")
        text = "All users in your organization"
        state.groups.put(Group(state.everyone, "BUILT_IN", "Everyone", text, at, at, at))
        self.authenticators.found()
        self.policies.found()
        self.app_keys.found()
        self.app_policies.found()
        self.documents.found()
        self.profile.found()
        self.auth_servers.found()
