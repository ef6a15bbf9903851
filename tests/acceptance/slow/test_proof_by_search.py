"""A hundred of a thousand people are erased; with everything stopped, no byte on disk is left of them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.crypto.root_key import unwrap
from infra.crypto.root_keys.file import FileRootKey
from infra.crypto.subkeys import DOMAINS, derive
from infra.local.postgres import Postgres
from tests.acceptance.conftest import Running, started
from tests.acceptance.slow.people import (
    ask_for_erasure,
    assert_gone,
    assert_readable,
    hand_in,
    has_draft,
    receipt_of,
    save_draft,
)
from tests.acceptance.test_nothing_in_the_clear import content_of, files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE, ERASED = 1_000, 100
_AT_ONCE = 10
"""Fewer than the attempts that one address may have under way."""
Asked = TypeVar("Asked")
Given = TypeVar("Given")


async def each(of: Sequence[Asked], work: Callable[[Asked], Awaitable[Given]]) -> list[Given]:
    """The work for each, a few at once."""
    done: list[Given] = []
    for start in range(0, len(of), _AT_ONCE):
        done += await asyncio.gather(*(work(one) for one in of[start : start + _AT_ONCE]))
    return done


async def keys_of(running: Running) -> dict[str, tuple[bytes, bytes]]:
    """The data key and the wrapped key of every living person, by alias."""
    root = FileRootKey(running.stack.place.secrets)
    engine = create_async_engine(running.stack.place.databases["consent"])
    async with engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT alias, tenant, epoch, wrapped_key FROM persons WHERE state = 'active'")
        )
        found = {
            row.alias: (unwrap(root.tenant_key(row.epoch, row.tenant), bytes(row.wrapped_key), row.alias), row)
            for row in rows
        }
    await engine.dispose()
    return {alias: (key, bytes(row.wrapped_key)) for alias, (key, row) in found.items()}


def found_in(directories: Iterable[Path], needles: Iterable[bytes]) -> list[str]:
    """The files that hold one of the needles."""
    wanted = list(needles)
    return [
        str(file)
        for directory in directories
        for file in files(directory)
        if any(needle in content for content in [content_of(file)] for needle in wanted)
    ]


async def test_of_a_hundred_erased_among_a_thousand_no_byte_is_left(cluster: Postgres | None, tmp_path: Path) -> None:
    data, mark = tmp_path / "stack", f"canary-{uuid.uuid4().hex}"
    database = await cluster.create_database(f"search_{uuid.uuid4().hex[:8]}") if cluster else None
    # Given a thousand people, of whom two hundred also keep a draft, and a hundred of these are erased
    async with started(data, cluster, database) as running:
        people = await each([f"{mark}-{place}" for place in range(PEOPLE)], lambda one: hand_in(running, one))
        await each(people[: 2 * ERASED], lambda one: save_draft(running, one))
        before = await keys_of(running)
        erased, living = people[:ERASED], people[ERASED:]
        requests = await each(erased, lambda one: ask_for_erasure(running, one))
        receipts = await each(requests, lambda one: receipt_of(running, one))
        assert {one["receipt"]["stage"] for one in receipts} == {"complete"}
        after = await keys_of(running)
        assert len(before) - len(after) == ERASED

    # When everything is stopped and every byte on disk is searched
    gone = [keys for alias, keys in before.items() if alias not in after]
    needles = [mark.encode(), *(one.claim_code.encode() for one in people)]
    for data_key, wrapped in gone:
        needles += [data_key, *(derive(data_key, domain).key for domain in DOMAINS)]
        # PostgreSQL's own log keeps a wrapped key until its epoch is destroyed.
        needles += [wrapped] if cluster is None else []
    directories = [data, *([cluster.home] if cluster else [])]
    # Then the search finds the wrapped keys of the living, and nothing that anybody wrote, nor a key of the erased
    assert await asyncio.to_thread(found_in, directories, [wrapped for _, wrapped in list(after.values())[:1]])
    assert await asyncio.to_thread(found_in, directories, needles) == []

    # And the other nine hundred read their results, while the hundred are gone
    async with started(data, cluster, database) as running:
        await each(living, lambda one: assert_readable(running, one))
        await each(erased, lambda one: assert_gone(running, one))
        assert await has_draft(running, living[0])
