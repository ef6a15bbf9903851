"""The real parts that tests share, and the rule for what is missing.

A test marked `kafka`, `postgres`, `go`, `pkcs11` or `browser` is skipped, by name and reason, where that is missing.
What the environment's REQUIRE (a comma list) names must be there: then its absence is a failure.
"""

import asyncio
import os
import random
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import hypothesis
import pytest
import pytest_asyncio

from infra.local.broker import Choice, Wanted, choose, start_broker
from infra.local.jars import JarsError, fetch_jars, jar_directory
from infra.local.java import JavaError, find_java
from infra.local.postgres import Postgres, PostgresError, server_programs, throwaway_postgres
from infra.local.supervisor import Supervisor
from infra.local.topics import TopicSpec

if TYPE_CHECKING:
    from tests.running import Running
    from tests.scene.stage import Stage

DATA = Path(__file__).parent.parent / ".careerpulse"
"""The default data directory; of it the tests use only the cache of Kafka's jars."""

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")  # how long an example takes says how busy the machine is

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Looked for on the PATH, after the variable CHROMIUM."""
_FIXTURE_NEEDS = {"kafka": "kafka", "postgres_cluster": "postgres", "token": "pkcs11"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow-sample", type=int, metavar="N", help="run only N of the selected tests")
    parser.addoption("--slow-seed", type=int, default=0, metavar="S", help="the seed that draws these N")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw the sample, after the marker expression has selected; it runs in the order of the files."""
    size = config.getoption("--slow-sample")
    if size is None or size >= len(items):
        return
    drawn = sorted(random.Random(config.getoption("--slow-seed")).sample(range(len(items)), size))
    config.hook.pytest_deselected(items=[item for place, item in enumerate(items) if place not in drawn])
    items[:] = [items[place] for place in drawn]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Who asks for a fixture of a real part needs that part."""
    for fixture in set(getattr(item, "fixturenames", ())) & _FIXTURE_NEEDS.keys():
        item.add_marker(_FIXTURE_NEEDS[fixture])
    item.add_marker(pytest.mark.xdist_group(_together(item)))


def _together(item: pytest.Item) -> str:
    """What one worker runs: the tests over one shared stack, because a stack is dear; else those of one file."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return f"stack-{parameters['cluster']}" if "cluster" in parameters else item.nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, missing in _MISSING.items():
        if item.get_closest_marker(need) and (reason := missing()):
            _unavailable(need, reason)


def _unavailable(need: str, reason: str) -> None:
    required = {name.strip() for name in os.environ.get("REQUIRE", "").split(",")}
    if need in required:
        pytest.fail(f"REQUIRE names {need}, but {reason}", pytrace=False)
    pytest.skip(f"{need}: {reason}")


@cache
def _missing_kafka() -> str:
    async def fetch() -> None:
        await find_java()
        await fetch_jars(jar_directory(DATA))

    try:
        _run_alone(fetch())
    except (JavaError, JarsError) as error:
        return str(error)
    return ""


@cache
def _missing_postgres() -> str:
    try:
        server_programs()
    except PostgresError as error:
        return str(error)
    return ""


def _missing_pkcs11() -> str:
    if find_spec("pkcs11") is None:
        return "the extra pkcs11 is not installed"
    return "" if shutil.which("softhsm2-util") else "SoftHSM (softhsm2-util) is not on the PATH"


def _missing_go() -> str:
    return "" if shutil.which("go") else "the Go toolchain (go) is not on the PATH"


def chromium() -> str | None:
    """The program of a Chromium, if there is one."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else _BROWSERS)), None)


def _missing_browser() -> str:
    if named := os.environ.get("CHROMIUM"):
        return "" if chromium() else f"CHROMIUM names {named}, and there is no such program"
    return "" if chromium() else f"none of {', '.join(_BROWSERS)} is on the PATH, and CHROMIUM names none"


_MISSING = {
    "kafka": _missing_kafka,
    "postgres": _missing_postgres,
    "go": _missing_go,
    "pkcs11": _missing_pkcs11,
    "browser": _missing_browser,
}


def _run_alone(work):
    """Run a coroutine on a loop of its own, which is never the current one of this thread."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)


@pytest.fixture(scope="session")
def session_loop() -> Iterator[asyncio.Runner]:
    """The loop that starts and stops what lives as long as the session; it does not run between."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner


def _broker(runner: asyncio.Runner, wanted: Wanted, data: Path, topics: Sequence[TopicSpec] = ()) -> Iterator[str]:
    async def start(stack: AsyncExitStack) -> str:
        supervisor = await stack.enter_async_context(Supervisor(data / "logs"))
        choice: Choice = await choose(wanted, DATA)
        return await start_broker(choice, supervisor, data, topics)

    stack = AsyncExitStack()
    try:
        yield runner.run(start(stack))
    finally:
        runner.run(stack.aclose())


@pytest.fixture(scope="session")
def kafka(session_loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real Apache Kafka, one for the session. Name your topics for your test."""
    yield from _broker(session_loop, "apache", tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def embedded_broker(request: pytest.FixtureRequest, session_loop: asyncio.Runner, tmp_path: Path) -> Iterator[str]:
    """The bootstrap address of an embedded broker, one for each test.

    It cannot be asked for topics later: name them by `@pytest.mark.parametrize("embedded_broker",
    [(Topic(…), …)], indirect=True)`; without, a topic appears, with one partition, when it is first used.
    """
    yield from _broker(session_loop, "embedded", tmp_path / "broker", getattr(request, "param", ()))


@pytest.fixture(scope="session")
def postgres_cluster(session_loop: asyncio.Runner) -> Iterator[Postgres]:
    """A real PostgreSQL, one for the whole session."""
    stack = AsyncExitStack()
    try:
        yield session_loop.run(stack.enter_async_context(throwaway_postgres()))
    finally:
        session_loop.run(stack.aclose())


@pytest.fixture
def postgres_url(postgres_cluster: Postgres, session_loop: asyncio.Runner) -> str:
    """An empty database of PostgreSQL, one for each test."""
    return session_loop.run(postgres_cluster.create_database(f"test_{uuid.uuid4().hex}"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of SQLite and once of PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def cluster(request: pytest.FixtureRequest) -> Postgres | None:
    """The PostgreSQL under the stack; None where each service has an SQLite file."""
    return request.getfixturevalue("postgres_cluster") if request.param == "postgres" else None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(cluster: Postgres | None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Running"]:
    """A stack that tests share."""
    from tests.running import started  # the services are imported only where they are run

    database = cluster.url() if cluster else None
    async with started(tmp_path_factory.mktemp("stack"), cluster, database) as one:
        yield one


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(running: "Running") -> AsyncIterator["Stage"]:
    """Somebody for every page of the product; it takes ten seconds."""
    from tests.scene.cast import set_stage

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield await set_stage(running, http)
