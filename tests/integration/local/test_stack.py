"""The stack: broker, topics, databases and four services that do nothing."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from infra.local.broker import Wanted
from infra.local.child import ChildError
from infra.local.stack import Stack, StackError
from infra.local.supervisor import Notice, log_notice
from tests.integration.local.records import read, write
from tests.integration.local.spec import Topic

FAKE = (sys.executable, str(Path(__file__).with_name("fake_service.py")), "{service}")
NAMES = {"intake", "consent", "audit", "scoring"}


def stack(
    data: Path,
    broker: Wanted = "embedded",
    *,
    command: tuple[str, ...] = FAKE,
    notice: Notice = log_notice,
    database_url: str | None = None,
    extra: Mapping[str, str] | None = None,
    **environ: str,
) -> Stack:
    return Stack(
        data,
        command,
        [Topic("events")],
        broker=broker,
        ports="free",
        notice=notice,
        database_url=database_url,
        extra=extra,
        environ={**os.environ, **environ},
    )


async def environment_of(running: Stack, service: str) -> Mapping[str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{running.urls[service]}/environment") as answer:
        return await answer.json()


async def test_every_service_is_told_what_it_needs(tmp_path: Path) -> None:
    async with stack(tmp_path, extra={"ERASURE_WINDOW": "0"}) as running:
        told = {name: await environment_of(running, name) for name in NAMES}
        secrets = Path(told["intake"]["SECRETS_DIR"])

        assert {name: told[name]["name"] for name in NAMES} == {name: name for name in NAMES}
        assert {told[name]["KAFKA_BOOTSTRAP_SERVERS"] for name in NAMES} == {running.bootstrap}
        assert {told[name]["ERASURE_WINDOW"] for name in NAMES} == {"0"}
        assert len({told[name]["ADMIN_SOCKET"] for name in NAMES}) == 4
        assert len({told[name]["KEYS_SOCKET"] for name in NAMES}) == 1
        assert told["scoring"]["CONSENT_URL"] == running.urls["consent"]
        assert told["consent"]["DATABASE_URL"] == f"sqlite+aiosqlite:///{running.data / 'consent.db'}"
        assert "DATABASE_URL" not in told["scoring"]
        assert {name for name in NAMES if "AUDIT_LOG_DIR" in told[name]} == {"audit"}
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
        assert len({path.read_text() for path in secrets.glob("*.token")}) == 4


async def test_a_killed_service_is_back_at_its_address(tmp_path: Path) -> None:
    async with stack(tmp_path, notice=lambda line: None) as running:
        first, url = running.pid("scoring"), running.urls["scoring"]

        running.kill("scoring")
        await running.ready("scoring")

        assert running.pid("scoring") != first
        assert running.urls["scoring"] == url
        assert (await environment_of(running, "scoring"))["name"] == "scoring"


async def test_sockets_have_short_paths_however_long_that_of_the_data(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 25)

    async with stack(deep) as running:
        told = await environment_of(running, "consent")
        directory = Path(told["KEYS_SOCKET"]).parent

        assert len(told["ADMIN_SOCKET"]) <= 100
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert (running.data / "run").resolve() == directory

    assert not directory.exists()


async def test_with_an_embedded_broker_no_store_outlives_it(tmp_path: Path) -> None:
    async with stack(tmp_path) as running:
        (running.data / "consent.db").touch()
        assert running.kind == "embedded"
        assert "for trying things out only" in running.reason

    async with stack(tmp_path) as running:
        assert not (running.data / "consent.db").exists()


async def test_with_a_broker_that_keeps_records_the_stores_are_kept_too(tmp_path: Path, kafka: str) -> None:
    async with stack(tmp_path, "auto", KAFKA_BOOTSTRAP_SERVERS=kafka) as running:
        assert (running.kind, running.bootstrap, running.data) == ("given", kafka, tmp_path)
        await write(kafka, "events", [b"kept"])
        (running.data / "consent.db").touch()
        before = [path.read_text() for path in sorted((running.data / "secrets").iterdir())]

    async with stack(tmp_path, "auto", KAFKA_BOOTSTRAP_SERVERS=kafka) as running:
        assert await read(running.bootstrap, "events", 1) == [b"kept"]
        assert (running.data / "consent.db").exists()
        assert before == [path.read_text() for path in sorted((running.data / "secrets").iterdir())]


async def test_each_service_that_stores_has_its_own_database(tmp_path: Path, postgres_url: str) -> None:
    async with stack(tmp_path, database_url=postgres_url) as running:
        urls = {name: (await environment_of(running, name)).get("DATABASE_URL") for name in NAMES}

        assert urls.pop("scoring") is None
        assert len(set(urls.values())) == 3
        for name, url in urls.items():
            assert url and url.startswith("postgresql+asyncpg://") and url.endswith(f"_embedded_{name}")
            connection = await asyncpg.connect(url.replace("+asyncpg", ""))
            await connection.close()


async def test_two_stacks_do_not_share_a_data_directory(tmp_path: Path) -> None:
    async with stack(tmp_path):
        with pytest.raises(StackError, match="another stack runs over"):
            await stack(tmp_path).__aenter__()


async def test_a_service_that_does_not_come_up_ends_the_stack(tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "raise SystemExit('SERVICE_COLOUR is missing')")
    broken = stack(tmp_path, command=failing)

    with pytest.raises(
        ChildError, match=r"(intake|scoring|consent|audit) ended with status 1(.|\n)*SERVICE_COLOUR is missing"
    ):
        await broken.__aenter__()

    assert (broken.logs / "kafka.log").exists()
    with pytest.raises(KeyError):
        broken.pid("kafka")
