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
from simulators.okta.tenant.apps import Apps
from simulators.okta.tenant.assignments import Assignments
from simulators.okta.tenant.factors import Factors
from simulators.okta.tenant.groups import Groups
from simulators.okta.tenant.journal import Journal
from simulators.okta.tenant.lifecycle import Lifecycle
from simulators.okta.tenant.limits import Limits
from simulators.okta.tenant.oauth import AuthorizationServer
from simulators.okta.tenant.provisioning import Provisioner
from simulators.okta.tenant.pushes import GroupPush
from simulators.okta.tenant.rules import Rules
from simulators.okta.tenant.sessions import Sessions
from simulators.okta.tenant.signin import SignIns
from simulators.okta.tenant.state import OktaState
from simulators.okta.tenant.tokens import Tokens
from simulators.okta.tenant.users import Users

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
        self.users = Users(self)
        self.lifecycle = Lifecycle(self)
        self.groups = Groups(self)
        self.rules = Rules(self)
        self.apps = Apps(self)
        self.assignments = Assignments(self)
        self.provisioner = Provisioner(self)
        self.pushes = GroupPush(self)
        self.factors = Factors(self)
        self.sign_ins = SignIns(self)
        self.sessions = Sessions(self)
        self.tokens = Tokens(self)
        self.oauth = AuthorizationServer(self)
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
        state.identity_provider = self.new_id("00o")
        state.everyone = self.new_id("00g")
        text = "All users in your organization"
        state.groups.put(Group(state.everyone, "BUILT_IN", "Everyone", text, at, at, at))
