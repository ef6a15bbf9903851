"""Pages of the log narrowed by time find what stands there, however late it came."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.clock import written
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.entry import complete
from services.audit.tlog.listing import Query, page_of
from services.audit.tlog.log import Log
from services.audit.tlog.stored import StoredLog
from tests.unit.audit.examples import SIGNER, SOURCE, leaf

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 8
SIZE = 700


def time_of(index: int) -> str:
    """Each entry comes eight hours after the one before; every third states a time of nearly seven days ago."""
    late = timedelta(hours=167) if index % 3 == 0 else timedelta()
    return written(BEGIN + timedelta(hours=HOURS * index) - late)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> StoredLog:
    made = Log(LocalDisk(tmp_path_factory.mktemp("log")), SIGNER)
    entries = [complete(leaf(n, time=time_of(n)), SOURCE, n, n - 1 if n else None) for n in range(SIZE)]
    made.append(entries, {SOURCE: SIZE - 1}, {})
    return made.reader()


@settings(deadline=None, max_examples=25)
@given(st.integers(-50, SIZE + 50), st.integers(0, 200))
def test_by_time_everything_of_that_time_is_found_and_nothing_else(log: StoredLog, start: int, length: int) -> None:
    since, until = (written(BEGIN + timedelta(hours=HOURS * at)) for at in (start, start + length))
    wanted = [index for index in range(SIZE) if since <= time_of(index) < until]

    found, query = [], Query(limit=50, since=since, until=until)
    while True:
        page = page_of(log, query)
        found += [one["index"] for one in page["entries"]]
        if page["next"] is None:
            break
        query = Query(limit=50, since=since, until=until, below=page["next"]["before"])
    assert found == wanted[::-1]
