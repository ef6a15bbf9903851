"""The keys that an issuer outside publishes are kept, asked for again when they are needed, and not too often."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import ECKey, OctKey

from infra.http.outside import NotAnAddress, Outside
from infra.http.problems import Problem
from services.intake.organisations import issuer_keys
from services.intake.organisations.issuer_keys import COOL_DOWN, FRESH, LONGEST, KeysPublished, key_set


@dataclass
class Issuer:
    """The issuer's end: the names of its keys, how often they were asked for, and what is answered instead."""

    url: str = ""
    keys: list[str] = field(default_factory=lambda: ["first"])
    asked: int = 0
    instead: web.Response | None = None
    at: float = 0.0

    async def publish(self, _: web.Request) -> web.Response:
        self.asked += 1
        return self.instead or web.json_response(jwks(*self.keys))

    def clock(self) -> float:
        return self.at


def jwks(*names: str) -> dict[str, object]:
    return {"keys": [ECKey.generate_key("P-256", {"kid": name}).as_dict(private=False) for name in names]}


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    one, app = Issuer(), web.Application()
    app.router.add_get("/jwks", one.publish)
    async with TestServer(app) as server:
        one.url = str(server.make_url("/jwks"))
        yield one


@pytest.fixture
async def published(issuer: Issuer) -> AsyncIterator[KeysPublished]:
    async with Outside([ip_network("127.0.0.0/8")]) as outside:
        yield KeysPublished(issuer.url, outside, issuer.clock)


def names(published: KeysPublished) -> list[str | None]:
    return [key.kid for key in published.held().keys]


async def test_they_are_fetched_once_as_long_as_they_are_fresh(issuer: Issuer, published: KeysPublished) -> None:
    for issuer.at in (0, COOL_DOWN, FRESH - 1):
        await published.look("first")
    assert (names(published), issuer.asked) == (["first"], 1)
    issuer.at = FRESH
    await published.look("first")
    assert issuer.asked == 2


async def test_an_unknown_key_is_asked_for_but_not_more_often_than_the_cool_down(
    issuer: Issuer, published: KeysPublished
) -> None:
    await published.look("first")
    # Given an issuer that has rotated
    issuer.keys = ["second", "first"]
    # When tokens name keys that there are none of, within the cool-down and after it
    await published.look("second")
    assert (names(published), issuer.asked) == (["first"], 1)
    issuer.at = COOL_DOWN
    for unknown in ("second", "made-up-1", "made-up-2", None):
        await published.look(unknown)
    # Then it was asked once
    assert (names(published), issuer.asked) == (["second", "first"], 2)


@pytest.mark.parametrize(
    "instead",
    [
        web.Response(status=500),
        web.Response(status=302, headers={"Location": "/elsewhere"}),
        web.Response(text="no JSON"),
        web.json_response({"keys": []}),
        web.json_response([]),
        web.Response(body=b" " * 300_000),
    ],
    ids=["error", "redirect", "no JSON", "no keys", "no set", "too much"],
)
async def test_an_issuer_that_gives_no_keys_ends_no_token_whose_key_is_known_until_a_day_has_passed(
    issuer: Issuer, published: KeysPublished, instead: web.Response
) -> None:
    await published.look("first")
    issuer.instead, issuer.at = instead, FRESH
    await published.look("first")
    assert (names(published), issuer.asked) == (["first"], 2)
    issuer.at = LONGEST + 1
    with pytest.raises(Problem) as unknown:
        published.held()
    assert (unknown.value.status, unknown.value.headers["Retry-After"]) == (503, "30")


async def test_before_any_key_was_fetched_a_token_is_neither_believed_nor_refused(
    issuer: Issuer, published: KeysPublished
) -> None:
    issuer.instead = web.Response(status=503)
    await published.look("first")
    with pytest.raises(Problem) as unknown:
        published.held()
    assert unknown.value.status == 503


@pytest.mark.parametrize("url", ["http://login.acme.example/jwks", "https://10.0.0.1/jwks", "https://[::1]/jwks"])
async def test_only_public_addresses_over_tls_are_asked(url: str) -> None:
    async with Outside() as outside:
        with pytest.raises(NotAnAddress):
            KeysPublished(url, outside)


async def test_a_name_that_leads_inside_is_not_asked(issuer: Issuer) -> None:
    async with Outside() as outside:
        inside = KeysPublished(issuer.url.replace("http://127.0.0.1", "https://localhost"), outside, issuer.clock)
        await inside.look("first")
    assert issuer.asked == 0


def test_keys_that_do_not_verify_signatures_are_passed_over() -> None:
    shared = OctKey.generate_key(256).as_dict(private=True)
    encrypting = ECKey.generate_key("P-256", {"use": "enc"}).as_dict(private=False)
    document = {"keys": [shared, encrypting, {"kty": "EC"}, {"kty": "new"}, *jwks("good")["keys"]]}
    assert [key.kid for key in key_set(json.dumps(document).encode()).keys] == ["good"]
    with pytest.raises(ValueError, match="no public key"):
        issuer_keys.key_set(json.dumps({"keys": [shared]}).encode())
