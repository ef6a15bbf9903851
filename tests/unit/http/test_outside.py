"""Whom a webhook may not reach, by whatever name or notation."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from infra.http.outside import Connected, Forbidden, NotAnAddress, Outside, is_public

SECONDS = 60.0
PUBLIC, INSIDE = "93.184.215.14", "127.0.0.1"
PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.9.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fec0::1", "feff::1", "192.88.99.1", "::ffff:192.88.99.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_none_of_the_publics(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["http://hr.example/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:a00:1]:8443/", "ftp://hr.example/",
     "https:///hooks", "https://me:secret@hr.example/", "https://hr.example/#here", "https://hr.example:99999/", "x",
     "https://a..b.example/x", f"https://{'a' * 64}.example/", "https://./", "https://.example/", "https://xn--/",
     "https://xn--a/", "https://hr.example:0/"],
)  # fmt: skip
def test_an_address_that_shows_what_it_is_is_refused_at_once(url: str) -> None:
    with pytest.raises(NotAnAddress, match=r"Must"):
        Outside().checked(url)


def test_the_operators_own_networks_may_be_named() -> None:
    inside = Outside([ip_network("10.8.0.0/16")])
    assert inside.checked("http://10.8.0.9/hooks") == "http://10.8.0.9/hooks"
    with pytest.raises(NotAnAddress, match="public"):
        inside.checked("http://10.9.0.9/hooks")


def test_a_name_in_letters_of_any_language_may_be_called() -> None:
    for url in ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/", "https://hr.example./"):
        assert Outside().checked(url) == url


@dataclass
class Rebinding:
    """A name server of an attacker, and a network in which nobody answers: what was asked, and what was called."""

    answers: list[list[str]]
    asked: int = 0
    called: list[str] = field(default_factory=list)

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        assert host == "rebinding.example"
        self.asked += 1
        found = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (one, port)) for one in found]

    async def connect(self, _: socket.socket, place: tuple[str, int]) -> None:
        self.called.append(place[0])
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
async def rebinding(monkeypatch: pytest.MonkeyPatch) -> Rebinding:
    one = Rebinding([])
    monkeypatch.setattr(socket, "getaddrinfo", one.look_up)
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", one.connect)
    return one


async def tried(outside: Outside) -> bool:
    """Call the name once; says whether the address was refused."""
    with pytest.raises(aiohttp.ClientConnectorError) as raised:
        await outside.send("POST", "https://rebinding.example/hooks", b"{}", {})
    return isinstance(raised.value.os_error, Forbidden)


async def test_a_name_that_changes_its_address_between_two_calls_is_checked_at_each(rebinding: Rebinding) -> None:
    # Given a name that leads to a public address at first, and inside from then on (DNS rebinding)
    rebinding.answers = [[PUBLIC], [INSIDE], [INSIDE]]
    async with Outside() as outside:
        assert [await tried(outside) for _ in range(3)] == [False, True, True]
    # Then only the public address was called
    assert rebinding.called == [PUBLIC]


async def test_what_is_called_is_what_was_checked_with_no_look_up_between(rebinding: Rebinding) -> None:
    # Given a name whose next answer would lead inside
    rebinding.answers = [[PUBLIC], [INSIDE]]
    async with Outside() as outside:
        assert not await tried(outside)
    assert (rebinding.asked, rebinding.called) == (1, [PUBLIC])


@dataclass
class Time:
    """The loop's time, which goes on by itself and by what is added."""

    real: Callable[[], float]
    added: float = 0.0

    def __call__(self) -> float:
        return self.real() + self.added

    async def pass_by(self) -> None:
        """Longer than anybody is waited for, and whatever is due then has its turn."""
        self.added += 2 * SECONDS
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", one := Time(loop.time))
    return one


async def told(receive: Callable[[web.Request], Awaitable[web.Response]], connected: Connected) -> int:
    """What a receiver on this machine answers."""
    app = web.Application()
    app.router.add_post("/hooks", receive)
    async with TestServer(app) as server, Outside([ip_network("127.0.0.0/8")], SECONDS) as outside:
        url = str(server.make_url("/hooks"))
        return (await outside.send("POST", url, b"{}", {}, connected)).status


async def test_what_is_done_before_anything_goes_out_is_no_time_of_the_receivers(time: Time) -> None:
    async def receive(request: web.Request) -> web.Response:
        return web.Response(status=202 if await request.read() == b"{}" else 400)

    # Given that recording what is told takes longer than a receiver is waited for, then it is told all the same
    assert await told(receive, time.pass_by) == 202


async def test_a_receiver_that_does_not_answer_after_that_is_given_up(time: Time) -> None:
    async def receive(_: web.Request) -> web.Response:
        await time.pass_by()
        return web.Response()

    with pytest.raises(TimeoutError):
        await told(receive, time.pass_by)


async def test_receivers_that_hang_leave_every_other_its_whole_time() -> None:
    asked, over = asyncio.Semaphore(0), asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        asked.release()
        await over.wait()
        return web.Response()

    async def receive(_: web.Request) -> web.Response:
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/hang", hang)
    app.router.add_post("/hooks", receive)
    async with TestServer(app) as server, Outside([ip_network("127.0.0.0/8")], seconds=10) as outside:
        # Given as many requests that hang as the subscriptions of two organisations may have under way
        url = str(server.make_url("/hang"))
        hanging = [asyncio.create_task(outside.send("POST", url, b"", {})) for _ in range(160)]
        for _ in hanging:
            await asked.acquire()
        # Then a receiver that answers is reached
        assert (await outside.send("POST", str(server.make_url("/hooks")), b"", {})).status == 202
        over.set()
        await asyncio.gather(*hanging)


async def test_of_a_name_with_several_addresses_none_inside_is_called(rebinding: Rebinding) -> None:
    # Given a name that has a public address, where nobody answers, and one inside as the next to try
    rebinding.answers = [[PUBLIC, INSIDE, "169.254.169.254"]]
    async with Outside() as outside:
        await tried(outside)
    assert rebinding.called == [PUBLIC]
