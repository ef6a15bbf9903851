"""Tests over the running services, once on SQLite files and once on PostgreSQL (`tests/conftest.py`)."""

from pathlib import Path

import pytest

from tests.running import TENANT, Running, started

__all__ = ["TENANT", "Running", "started"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all: the supervisor must go on working between the tests.

    Tests that kill a service come last on each stack: an erasure waits until the killed one's cache is outlived.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker("kafka")
    items.sort(key=lambda item: item.path == here / "test_faults.py")
