"""The clock of an incident stands in the metrics until it has been reported."""

from datetime import datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.audit.acts import By
from services.audit.incidents import Incidents
from services.audit.operations.incident_watch import IncidentWatch
from services.audit.tlog.logs import Logs
from tests.integration.audit.office import Office

FIRST, SECOND = "2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"
OVERSEER = By("officer", "overseer")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The metric is made of the log's acts; the database is a part of no rule here."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


def due(kind: str) -> float | None:
    name = "careerpulse_audit_incident_report_by_timestamp_seconds"
    return REGISTRY.get_sample_value(name, {"kind": kind})


async def test_the_nearest_report_of_each_kind_is_due_until_it_has_been_made(office: Office) -> None:
    # Given a death and two breaches that somebody came to know of
    _, death = await office.incident(kind="death", aware_at=FIRST)
    _, first = await office.incident(kind="breach", aware_at=FIRST)
    _, second = await office.incident(kind="breach", aware_at=SECOND)
    # When the service looks, as after a restart
    incidents = Incidents(Logs([office.appender]), office.acts)
    watch = IncidentWatch(incidents)
    await watch.look()
    # Then each kind tells its nearest end
    ends = [datetime.fromisoformat(one["report_by"]).timestamp() for one in (death, first, second)]
    assert (due("death"), due("breach"), due("serious")) == (ends[0], ends[1], None)
    # And what was reported is due no more
    await incidents.report(first["entry"], "the authority", OVERSEER)
    await incidents.report(death["entry"], "the authority", OVERSEER)
    await watch.look()
    assert (due("death"), due("breach")) == (None, ends[2])
