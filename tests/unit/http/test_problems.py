"""Every error is answered as problem details (RFC 9457), and none of them repeats what was written."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.problems import CONTENT_TYPE, Problem, invalid, not_found, problem_details, unavailable
from schemas.faults import Fault

CANARY = "CANARY-7f3a91"
Client = TestClient[web.Request, web.Application]


async def broken(request: web.Request) -> web.Response:
    raise KeyError(await request.text())


async def database_away(request: web.Request) -> web.Response:
    raise ConnectionRefusedError(await request.text())


async def too_slow(_: web.Request) -> web.Response:
    raise TimeoutError(CANARY)


async def small(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def faulty(_: web.Request) -> web.Response:
    raise invalid([Fault("/a/0", "Must be there.")])


HANDLERS: list[Callable[[web.Request], Awaitable[web.Response]]] = [broken, database_away, too_slow, small, faulty]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details], client_max_size=100)
    app.add_routes([web.post(f"/{handler.__name__}", handler) for handler in HANDLERS])
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def answered(client: Client, path: str, method: str = "POST", **given: object) -> tuple[int, dict[str, object]]:
    async with client.request(method, path, **given) as response:
        assert response.content_type == CONTENT_TYPE
        document = await response.json(content_type=None)
        assert document["status"] == response.status
        assert CANARY not in str(document)
        return response.status, document


async def test_a_fault_is_named_by_its_pointer(client: Client) -> None:
    status, document = await answered(client, "/faulty")
    assert (status, document["errors"]) == (422, [{"pointer": "/a/0", "detail": "Must be there."}])


@pytest.mark.parametrize("path", ["/broken", "/database_away", "/too_slow"])
async def test_a_defect_of_ours_tells_its_kind_and_place_to_the_log_alone(client: Client, path: str) -> None:
    with structlog.testing.capture_logs() as logs:
        status, document = await answered(client, path, data=CANARY)
    assert (status, document["type"]) == (500, "urn:careerpulse:problem:defect")
    (entry,) = logs
    assert entry["place"].rpartition(":")[0].endswith("test_problems.py")
    assert CANARY not in str(entry)


async def test_what_the_server_refuses_by_itself_is_a_problem_too(client: Client) -> None:
    assert (await answered(client, f"/{CANARY}"))[0] == 404
    assert (await answered(client, "/small", "DELETE"))[0] == 405
    assert (await answered(client, "/small", data=b"x" * 101))[0] == 413


async def test_a_body_that_does_not_decode_as_its_coding_says_is_the_senders_fault(client: Client) -> None:
    coded = {"Content-Encoding": "gzip"}
    assert (await answered(client, "/small", data=CANARY.encode(), headers=coded))[0] == 400


async def test_a_small_body_that_unpacks_to_a_large_one_is_too_large(client: Client) -> None:
    bomb = gzip.compress(b"x" * 1_000_000)
    assert (await answered(client, "/small", data=bomb, headers={"Content-Encoding": "gzip"}))[0] == 413


def test_a_part_that_is_away_says_when_to_come_again() -> None:
    assert unavailable("The broker", 5).headers == {"Retry-After": "5"}
    assert unavailable("The broker").status == 503


def test_what_is_not_there_and_what_belongs_to_another_are_told_alike() -> None:
    assert not_found("assessment") == not_found("assessment")


def test_a_problem_is_an_error_with_a_document() -> None:
    with pytest.raises(Problem) as raised:
        raise Problem(418, "teapot", "A teapot")
    assert raised.value.document() == {"type": "urn:careerpulse:problem:teapot", "title": "A teapot", "status": 418}


def test_a_type_of_problem_may_add_members_of_its_own() -> None:
    assert Problem(418, "teapot", "A teapot", members={"brews": ["tea"]}).document()["brews"] == ["tea"]
