"""The tenant as a transmitter of shared signals: streams, conditions, and events pushed until they are taken.

https://documentation.sailpoint.com/saas/help/shared_signals/managing_transmitters.html (SSF, RFC 8935)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from simulators.sailpoint.domain.errors import BadContent, Refusal
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.signals import (
    MOST_STREAMS,
    SESSION_REVOKED,
    SUPPORTED,
    TRIES,
    VERIFICATION,
    Signal,
    audience,
    pause_after,
)
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.jose import public_keys, signed

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

STREAM, CONDITION = "ssf-stream", "ssf-condition"
TIMEOUT_S = 10


class Signals:
    """Streams of receivers, and what is sent to them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.signal", self._send)

    @property
    def issuer(self) -> str:
        """Who signs."""
        return self._tenant.base_url.rstrip("/")

    def keys(self) -> list[dict[str, Any]]:
        """The public half of the signing key."""
        return public_keys(self._tenant.ids.random_seed, self._kid)

    @property
    def _kid(self) -> str:
        return f"mrk-{self._tenant.state.tenant_id.replace('-', '')}"

    def streams(self, client_id: str) -> Iterator[Document]:
        """The streams of a client: one, or none."""
        return self._tenant.configuration.all(STREAM, client_id)

    def stream(self, id: str, client_id: str) -> Document:
        """One stream of a client. Raises NotFound for those of others too."""
        return self._tenant.configuration.get(STREAM, id, client_id)

    def add(self, client_id: str, body: Mapping[str, Any]) -> Document:
        """Make a client's stream; it is enabled. Raises BadContent beyond one a client and ten an org."""
        configuration = self._tenant.configuration
        if next(self.streams(client_id), None) is not None:
            raise BadContent("A stream already exists for this client.")
        if self._tenant.state.documents.count("kind", STREAM) >= MOST_STREAMS:
            raise BadContent(f"An organization can have {MOST_STREAMS} streams at most.")
        return configuration.add(STREAM, {**body, "status": "enabled", "reason": ""}, client_id)

    def update(self, stream: Document, body: Mapping[str, Any]) -> Document:
        """Store another version of a stream."""
        return self._tenant.configuration.update(stream, body)

    def remove(self, stream: Document) -> None:
        """Forget a stream; what it still had to send goes with it."""
        self._tenant.configuration.remove(stream)

    def verify(self, stream: Document, state: str) -> None:
        """Send a verification event to a stream that is not switched off. Raises BadContent."""
        if stream.body["status"] == "disabled":
            raise BadContent("The stream is disabled.")
        self._queue(stream, VERIFICATION, state=state)

    def conditions(self) -> list[dict[str, Any]]:
        """Which lifecycle states of which identity profiles revoke sessions, by name."""
        configuration = self._tenant.configuration
        found = []
        for document in configuration.all(CONDITION):
            profile = configuration.find("identity-profile", document.parent)
            if profile is not None:
                found.append({"profile": profile.name, "states": list(document.body["states"])})
        return found

    def set_conditions(self, wanted: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Replace the conditions: pairs of an identity profile's name and technical names of its lifecycle states.

        The vendor's pages set them; it publishes no API for that. Raises ValueError for a name nobody carries.
        """
        configuration, found = self._tenant.configuration, []
        for name, states in wanted:
            profile = configuration.named("identity-profile", name)
            if profile is None:
                raise ValueError(f"there is no identity profile {name!r}")
            states = list(dict.fromkeys(states))
            for state in states:
                if configuration.lifecycle_state(profile.id, state) is None:
                    raise ValueError(f"the identity profile {name!r} has no lifecycle state {state!r}")
            found.append((profile.id, states))
        for old in list(configuration.all(CONDITION)):
            configuration.remove(old)
        for profile_id, states in found:
            configuration.add(CONDITION, {"event": SESSION_REVOKED, "states": states}, profile_id)

    def entered(self, identity: Identity) -> None:
        """An identity has entered its lifecycle state: where a condition says so, its sessions are revoked."""
        configuration = self._tenant.configuration
        if not any(identity.state in one.body["states"] for one in configuration.all(CONDITION, identity.profile_id)):
            return
        email = str(identity.attributes.get("email") or "")
        for stream in configuration.all(STREAM):
            if email and stream.body["status"] == "enabled" and SESSION_REVOKED in delivered(stream):
                self._queue(stream, SESSION_REVOKED, subject=email, reason=f"Lifecycle state {identity.state}")

    def _queue(self, stream: Document, event: str, *, subject: str = "", reason: str = "", state: str = "") -> None:
        tenant = self._tenant
        signal = Signal(tenant.ids.hex32("signal"), stream.id, event, tenant.now(), subject, reason, state)
        tenant.state.signals.put(signal)
        tenant.later("state_to_signal", "sailpoint.signal", signal.id)

    async def _send(self, signal_id: str) -> None:
        """Push one event. The receiver's refusal is final; a receiver that is away is tried again."""
        tenant = self._tenant
        signal = tenant.state.signals.get(signal_id)
        if signal is None:
            return
        stream = tenant.configuration.find(STREAM, signal.stream_id)
        halted = stream is None or stream.body["status"] == "disabled"
        if stream is None or halted or (signal.event != VERIFICATION and stream.body["status"] != "enabled"):
            tenant.state.signals.remove(signal_id)
            return
        attempts = signal.attempts + 1
        if await self._taken(signal, stream) or attempts >= TRIES:
            tenant.state.signals.remove(signal_id)
        elif signal_id in tenant.state.signals:
            tenant.state.signals.put(replace(signal, attempts=attempts))
            tenant.clock.call_later(pause_after(attempts), "sailpoint.signal", signal_id)

    async def _taken(self, signal: Signal, stream: Document) -> bool:
        delivery = stream.body["delivery"]
        headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
        if delivery.get("authorization_header"):
            headers["Authorization"] = str(delivery["authorization_header"])
        token = signed(self._claims(signal, stream), self._tenant.ids.random_seed, self._kid)
        try:
            answer = await self._tenant.client().post(
                str(delivery["endpoint_url"]), content=token, headers=headers, timeout=TIMEOUT_S
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, Refusal):
            return False
        return answer.status_code < 500 and answer.status_code != 429

    def _claims(self, signal: Signal, stream: Document) -> dict[str, Any]:
        """A token's claims. How a person is named is ours: the vendor publishes no example."""
        claims = {
            "iss": self.issuer,
            "aud": audience(str(stream.body["delivery"]["endpoint_url"])),
            "iat": int(self._tenant.now().timestamp()),
            "jti": signal.id,
        }
        if signal.event == VERIFICATION:
            state = {"state": signal.state} if signal.state else {}
            return {**claims, "sub_id": {"format": "opaque", "id": stream.id}, "events": {VERIFICATION: state}}
        event = {
            "subject": {"user": {"format": "email", "email": signal.subject}},
            "event_timestamp": int(signal.created.timestamp()),
            "initiating_entity": "policy",
            "reason_admin": {"en": signal.reason},
        }
        return {**claims, "events": {signal.event: event}}


def delivered(stream: Document) -> list[str]:
    """The events that a stream asks for and the tenant sends."""
    return [event for event in SUPPORTED if event in stream.body["events_requested"]]
