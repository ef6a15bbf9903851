"""A hundred of a thousand people are erased; with everything stopped, no byte on disk is left of them.

PostgreSQL's own log may still hold their keys as they were wrapped. There the epoch is destroyed as well, and then
none of them opens.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.crypto.root_keys.file import FileRootKey
from infra.local.postgres import Postgres
from schemas.purposes import INDIVIDUALS
from tests.acceptance.conftest import started
from tests.acceptance.slow.held_keys import HeldKey, destroy_first_epoch, held_keys, opened
from tests.acceptance.slow.people import (
    Someone,
    ask_for_erasure,
    assert_gone,
    assert_readable,
    hand_in,
    has_draft,
    receipt_of,
    save_draft,
)
from tests.acceptance.test_nothing_in_the_clear import found

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PEOPLE, ERASED = 1_000, 100
SOME = 10
"""Of the living, to show that the search finds what is there."""
AT_ONCE = 50
CODES_AT_ONCE = 10
"""Fewer than the wrong codes that one address is forgiven: until it is known to be right, each counts as wrong."""
PATIENCE = 900
"""Seconds for a hundred erasures that were asked for at once, on a machine that does other things as well."""
Asked = TypeVar("Asked")
Given = TypeVar("Given")


async def each(of: Sequence[Asked], work: Callable[[Asked], Awaitable[Given]], at_once: int = AT_ONCE) -> list[Given]:
    """The work for each, so many at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(asked: Asked) -> Given:
        async with gate:
            return await work(asked)

    return await asyncio.gather(*map(one, of))


async def search(directories: Iterable[Path], needles: Mapping[str, bytes]) -> dict[str, list[str]]:
    """In which files each needle stands."""
    everywhere: dict[str, list[str]] = {}
    for directory in directories:
        for name, files in (await asyncio.to_thread(found, directory, dict(needles))).items():
            everywhere.setdefault(name, []).extend(files)
    return everywhere


async def written_to_disk(cluster: Postgres | None) -> None:
    """PostgreSQL goes on running; what it has in memory is in its files after a checkpoint."""
    if cluster is not None:
        engine = create_async_engine(cluster.url())
        async with engine.connect() as connection:
            await connection.execute(text("CHECKPOINT"))
        await engine.dispose()


def clear_traces(mark: str, people: Sequence[Someone], gone: Mapping[str, HeldKey]) -> dict[str, bytes]:
    """What must be in no file: what people wrote, their codes, and every key of the erased in the clear."""
    keys = {f"{alias}: {name}": key for alias, held in gone.items() for name, key in held.in_the_clear().items()}
    codes = {f"{one.canary}: claim code": one.claim_code.encode() for one in people}
    return {"what was written": mark.encode(), **codes, **keys}


def wrapped_keys(held: Mapping[str, HeldKey]) -> dict[str, bytes]:
    return {alias: key.wrapped for alias, key in held.items()}


async def test_of_a_hundred_erased_among_a_thousand_no_byte_is_left(
    cluster: Postgres | None, database: str | None, tmp_path: Path
) -> None:
    data, mark = tmp_path / "stack", f"canary-{uuid.uuid4().hex}"
    directories = [data, *([cluster.home] if cluster else [])]
    # Given a thousand people, of whom two hundred also keep a draft, and a hundred of these are erased
    async with started(data, cluster, database) as running:
        place = running.stack.place
        people = await each([f"{mark}-{number}" for number in range(PEOPLE)], lambda one: hand_in(running, one))
        await each(people[: 2 * ERASED], lambda one: save_draft(running, one), CODES_AT_ONCE)
        before = await held_keys(place)
        erased, living = people[:ERASED], people[ERASED:]
        requests = await each(erased, lambda one: ask_for_erasure(running, one), CODES_AT_ONCE)
        receipts = await each(requests, lambda one: receipt_of(running, one, PATIENCE), CODES_AT_ONCE)
        assert {one["receipt"]["stage"] for one in receipts} == {"complete"}
        after = await held_keys(place)
    gone = {alias: key for alias, key in before.items() if alias not in after}
    assert len(gone) == ERASED

    # When everything is stopped and every byte on disk is searched
    await written_to_disk(cluster)
    # Then keys of the living are found as they are wrapped, but nothing that anybody wrote, nor a key of the erased
    some = {alias: after[alias] for alias in list(after)[:SOME]}
    assert len(await search(directories, wrapped_keys(some))) == SOME
    assert await search(directories, clear_traces(mark, people, gone)) == {}
    # in the clear, nor as it was wrapped, but for those that PostgreSQL keeps
    assert await search([data], wrapped_keys(gone)) == {}
    if cluster is not None:
        assert await search([cluster.home], wrapped_keys(gone)) != {}

    # When the secret that opens those is destroyed
    root = FileRootKey(place.secrets)
    secret = {"secret": (place.secrets / "root-key-1").read_bytes(), "tenant key": root.tenant_key(1, INDIVIDUALS)}
    assert (await search(directories, secret)).keys() == {"secret"}
    assert opened(place, gone) == gone.keys()
    async with started(data, cluster, database) as running:
        await destroy_first_epoch(running.stack.place)
        # Then the other nine hundred read their results, while the hundred are gone
        await each(living, lambda one: assert_readable(running, one))
        await each(erased, lambda one: assert_gone(running, one))
        assert await has_draft(running, living[0])
        assert (await held_keys(running.stack.place)).keys() == after.keys()
    # and nothing opens what was left, and the secret that did is in no file
    await written_to_disk(cluster)
    assert await search(directories, secret) == {}
    assert opened(place, gone) == set()
