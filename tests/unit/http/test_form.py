"""A form is read part by part, and what is none is answered as such, whatever was sent."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.form import FORM, Form
from infra.http.problems import problem_details

MOST = 1_000
HEAD = b'--x\r\nContent-Disposition: form-data; name="one"\r\n'
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A service that answers with the two parts that it takes."""

    async def take(request: web.Request) -> web.Response:
        form = Form(request)
        first = await (await form.part("one")).whole(MOST)
        return web.Response(body=first + b"|" + await (await form.part("two")).whole(MOST))

    app = web.Application(middlewares=[problem_details])
    app.router.add_post("/", take)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def answered(client: Client, body: bytes, content_type: str = f"{FORM}; boundary=x") -> tuple[int, bytes]:
    async with client.post("/", data=body, headers={"Content-Type": content_type}) as response:
        return response.status, await response.read()


async def test_parts_are_read_in_their_order_whatever_stands_in_them(client: Client) -> None:
    body = HEAD + b'\r\n\r\n-x--x\r\n--x\r\nContent-Disposition: form-data; name="two"\r\n\r\n2\r\n--x--\r\n'
    assert await answered(client, body) == (200, b"\r\n-x--x|2")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no boundary at all", 400),
        (b"x" * 1_000_000, 400),
        (b"--x\r\n" + b"y" * 1_000_000, 400),
        (b"--x\r\n" + b"A: 1\r\n" * 1_000 + b"\r\n", 400),
        (b"--x\r\n\xff\xfe: \x00\r\n\r\n", 400),
        (HEAD + b"\r\n1", 400),
        (HEAD + b"\r\n" + b"1" * (MOST + 1) + b"\r\n--x--\r\n", 413),
        (HEAD + b"\r\n1\r\n--x--\r\n", 422),
        (HEAD.replace(b"one", b"two") + b"\r\n1\r\n--x--\r\n", 422),
        (b"--x\r\nContent-Disposition: ;;;=\r\n\r\n1\r\n--x--\r\n", 400),
        (b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n1\r\n--y--\r\n--x--\r\n", 422),
        (b"--x--\r\n", 422),
    ],
)
async def test_what_is_no_such_form_is_the_senders_fault(client: Client, body: bytes, status: int) -> None:
    assert (await answered(client, body))[0] == status


@pytest.mark.parametrize("parameters", ["", "; boundary=", f"; boundary={'x' * 71}"])
async def test_without_a_boundary_nothing_is_read(client: Client, parameters: str) -> None:
    assert (await answered(client, HEAD + b"\r\n1", FORM + parameters))[0] == 400
