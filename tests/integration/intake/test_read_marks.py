"""What retention removed before intake had read it is one entry, which names no organisation, and is passed over."""

import json

import pytest

from schemas.entry import canonical, payload_name
from schemas.topics import SCORED
from services.intake.assessments.read_marks import ReadMarks
from tests.integration.intake.door import Intake


@pytest.mark.parametrize(
    ("topic", "named", "actor"),
    [
        ("inbound.acme", "inbound", "service:intake"),
        ("inbound.sandbox-acme", "inbound", "sandbox:service:intake"),
        (SCORED.name, SCORED.name, "service:intake"),
    ],
)
async def test_what_was_removed_unread_is_an_entry_and_reading_goes_on_behind_it(
    intake: Intake, topic: str, named: str, actor: str
) -> None:
    own, place = ReadMarks(intake.database, intake.outbox), f"{topic}/0"
    await own.keep({place: 3})
    # When retention has removed what was not read
    await own.pass_over({place: (3, 10)})
    # Then it goes on behind it, and one entry says where that was, and binds in which topic and how much
    assert (await own.kept())[place] == 10
    (entry,) = await intake.entries()
    assert (entry["type"], entry["actor"]) == ("removed-unread", actor)
    assert entry["cause"] == {"topic": named, "partition": 0, "offset": 3}
    told = {"topic": topic, "partition": 0, "first": 3, "begin": 10}
    assert entry["payload"] == payload_name(canonical(told))
    assert "acme" not in json.dumps(entry)
