"""The org as a transmitter of security events: streams, and pushing signed tokens to them.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SSFTransmitter/
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from simulators.okta.domain.errors import NotFound
from simulators.okta.domain.log import Cause, Event, Party
from simulators.okta.domain.protocol_errors import StreamExists
from simulators.okta.domain.signals import VERIFICATION, SignalStream, told
from simulators.okta.jose import sign, signing_key

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_STREAMS = 10


class Signals:
    """Streams of clients. Each gets its events as they happen, one token a request."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.ssf.push", self._push)

    def create(self, stream: SignalStream, cause: Cause) -> SignalStream:
        """A client's stream. Raises StreamExists for its second one and the org's eleventh."""
        state = self.org.state
        if state.signal_streams.first("client", stream.client_id) or len(state.signal_streams) >= MOST_STREAMS:
            raise StreamExists("stream", "A stream has already been created for the client.")
        return self._kept(stream, "create", cause)

    def replace(self, stream: SignalStream, cause: Cause, **changes: Any) -> SignalStream:
        """A stream with other settings."""
        return self._kept(replace(stream, **changes), "update", cause)

    def delete(self, stream: SignalStream, cause: Cause) -> None:
        """Tell the client nothing more."""
        self.org.state.signal_streams.remove(stream.id)
        self._report(stream, "delete", cause)

    def of_client(self, client_id: str, id: str | None) -> SignalStream:
        """A client's stream, which also has the id if one is named. Raises NotFound."""
        stream = self.org.state.signal_streams.first("client", client_id)
        if stream is None or id not in (None, stream.id):
            raise NotFound(id or client_id, "Stream")
        return stream

    def notice(self, event: Event) -> None:
        """A log event happened: tell the streams that asked for what it means."""
        found = told(event, self.org.base_url)
        if found is None:
            return
        uri, body = found
        for stream in self.org.state.signal_streams.rows():
            if stream.status == "enabled" and uri in stream.delivered:
                self._send(stream, {uri: body})

    def verify(self, stream: SignalStream, state: str | None) -> None:
        """Send a verification event, which echoes the receiver's `state`."""
        body = {} if state is None else {"state": state}
        self._send(stream, {VERIFICATION: body}, {"sub_id": {"format": "opaque", "id": stream.id}})

    def _send(self, stream: SignalStream, events: dict[str, Any], more: dict[str, Any] | None = None) -> None:
        org = self.org
        claims = {
            "iss": org.base_url,
            "jti": org.state.ids.hex32("security event"),
            "iat": int(org.now().timestamp()),
            "aud": stream.endpoint,
            **(more or {}),
            "events": events,
        }
        org.clock.call_later(timedelta(0), "okta.ssf.push", stream.id, claims)

    async def _push(self, stream_id: str, claims: dict[str, Any]) -> None:
        org = self.org
        stream = org.state.signal_streams.get(stream_id)
        if stream is None or org.http is None:
            return
        server = org.auth_servers.own
        key = signing_key(org.state.ids.random_seed, server.ordinal, server.key_at(org.now()))
        headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
        if stream.authorization:
            headers["Authorization"] = stream.authorization
        try:
            await org.http.post(stream.endpoint, content=sign(claims, key, "secevent+jwt"), headers=headers, timeout=10)
        except (httpx.HTTPError, httpx.InvalidURL):
            return  # a receiver that cannot be reached misses the event: nothing promises another try

    def _kept(self, stream: SignalStream, verb: str, cause: Cause) -> SignalStream:
        self._report(stream, verb, cause)
        return self.org.state.signal_streams.put(stream)

    def _report(self, stream: SignalStream, verb: str, cause: Cause) -> None:
        party = Party(stream.id, "SecurityEventsTransmitterStream", stream.endpoint, stream.endpoint)
        self.org.log.emit(cause, f"security.events.transmitter.{verb}", party)
