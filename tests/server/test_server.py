"""Sockets, threads, following clocks, seeds from files."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.estate_seed import load_seed
from simulators.server import CannotServe, Server


def _without_ports(ready: dict[str, Any]) -> str:
    text = str(ready)
    for name, url in ready["urls"].items():
        text = text.replace(url, name)
    return text


def test_two_servers_of_one_seed_are_the_same_estate() -> None:
    """Every id and secret; they share nothing."""
    one, two = Server("acme", port=0), Server("acme", port=0)
    try:
        first, second = one.start(), two.start()
        assert _without_ports(first) == _without_ports(second)
        httpx.delete(f"{first['urls']['hr']}/workers/E1001", trust_env=False)
        assert httpx.get(f"{second['urls']['hr']}/workers/E1001", trust_env=False).status_code == 200
    finally:
        one.stop()
        two.stop()


def test_stopping_ends_the_thread_and_frees_the_ports() -> None:
    """The same ports can be used again at once, even with a client still connected."""
    before = threading.active_count()
    server = Server("empty", port=0)
    ready = server.start()
    client = httpx.Client(trust_env=False)
    client.get(f"{ready['urls']['control']}/control/clock")
    server.stop()
    client.close()
    assert threading.active_count() == before
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", int(ready["urls"]["okta"].rpartition(":")[2])))


def test_a_taken_port_is_refused_with_one_sentence() -> None:
    """No socket is left open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*; choose another with --port"):
            Server("empty", port=port - 1 if port > 60000 else port)


def test_a_following_clock_moves_with_its_wall() -> None:
    """Day zero is the wall's day; jobs that fall due run by themselves; advancing works too."""
    moment = [datetime(2027, 5, 3, 15, tzinfo=UTC)]
    server = Server("acme", port=0, opens=lambda: moment[0], follows=lambda: moment[0], speed=60)
    try:
        ready = server.start()
        with httpx.Client(trust_env=False) as client:
            control, hr = ready["urls"]["control"], ready["urls"]["hr"]
            assert ready["now"] == "2027-05-03T15:00:00.000Z"
            assert client.get(f"{hr}/workers/E1024").json()["hire_date"] == "2027-05-02"
            moment[0] += timedelta(seconds=60)
            clock = client.get(f"{control}/control/clock").json()
            assert (clock["now"], clock["mode"], clock["speed"]) == ("2027-05-03T16:00:00.000Z", "following", 60)
            client.post(f"{control}/control/clock/advance", json={"by": "PT1H"})
            moment[0] += timedelta(seconds=1)
            assert client.get(f"{control}/control/clock").json()["now"] == "2027-05-03T17:01:00.000Z"
            reset = client.post(f"{control}/control/reset", json={"seed": "acme"}).json()
            assert reset["now"] == "2027-05-03T15:01:01.000Z"
    finally:
        server.stop()


def test_a_file_extends_a_seed(tmp_path: Path) -> None:
    """Rows are changed or added by their key, everything else stays; its name is the file's."""
    path = tmp_path / "mine.toml"
    path.write_text(
        """
extends = "acme"
[estate]
scale = 40
[estate.cast]
owner = "E1007"
[[estate.people]]
worker_id = "E1015"
department = "Support"
[[estate.people]]
worker_id = "E7001"
first_name = "Ada"
last_name = "Byron"
department = "Sales"
location = "BER"
worker_type = "employee"
hired = -5
""",
        encoding="utf-8",
    )
    seed, acme = load_seed(str(path)), load_seed("acme")
    people = {person["worker_id"]: person for person in seed.people}
    assert (seed.name, seed.scale, seed.cast["owner"], seed.cast["sponsor"]) == ("mine", 40, "E1007", "E1019")
    assert (people["E1015"]["department"], people["E1015"]["last_name"]) == ("Support", "Carter")
    assert len(seed.people) == len(acme.people) + 1
    assert seed.grants == acme.grants
    server = Server(str(path), port=0)
    try:
        ready = server.start()
        assert len(server.estate.hr.state.workers) == len(acme.people) + 41
        assert len(ready["people"]) == len(acme.people) + 1
        server.call(server.world.reset("mine", 1))
        assert server.estate_json() == ready
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("extends = 'nowhere'", "unknown seed 'nowhere'"),
        ("[ldap]", "unknown table 'ldap'"),
        ("[estate]\ncolour = 'red'", "unknown key 'colour'"),
        ("[estate]\nscale = -1", "scale must be"),
        ("[estate]\nscale = 5", "extend acme"),
        ("[estate]\nrequest_cost_ms = [5]", "two whole numbers"),
        ("[estate]\nstarts = '2026-03-02'", "no time zone"),
        ("[estate]\ntime_zone = 'Mars/Base'", "IANA"),
        ("[[estate.people]]\nworker_id = 'E1'", "people E1: department is missing"),
        ("extends = 'acme'\n[estate.cast]\nowner = 'E9'", "there is no worker 'E9'"),
        ("extends = 'acme'\n[[estate.people]]\nworker_id = 'E1015'\nlocation = 'MOON'", "there is no site 'MOON'"),
        ("not toml", "is not TOML"),
    ],
)
def test_a_bad_seed_is_refused_with_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    """Unknown keys and references are errors, never ignored."""
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        load_seed(str(path))
