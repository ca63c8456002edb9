"""The org: state, clock and log. Every command passes through here."""

from simulators.okta.domain.settings import Delays, OktaSettings
from simulators.okta.tenant.org import OktaOrg

__all__ = ["Delays", "OktaOrg", "OktaSettings"]
