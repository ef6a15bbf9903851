"""Where reading goes on, and what the ends of a partition tell of records that are gone."""

from services.audit.reading.positions import Partition, positions

NAME = "assessments.scored/0"


def test_reading_goes_on_where_the_log_stopped():
    found = positions([Partition(NAME, 0, 9)], {NAME: 5})
    assert (found.offsets, found.findings) == ({NAME: 5}, ())


def test_a_partition_that_the_log_does_not_know_is_read_from_its_first_record():
    found = positions([Partition(NAME, 0, 9)], {})
    assert (found.offsets, found.findings) == ({NAME: 0}, ())


def test_records_deleted_before_they_were_read_are_a_finding_and_reading_goes_on_behind_them():
    found = positions([Partition(NAME, 7, 9)], {NAME: 5})
    assert found.offsets == {NAME: 7}
    assert [(one.source, one.blocking) for one in found.findings] == [(NAME, False)]
    assert "from 5 on were deleted" in found.findings[0].message
    assert found.lost == {NAME: (5, 7)}


def test_a_topic_that_ends_before_what_was_read_is_another_topic_and_is_not_read():
    found = positions([Partition(NAME, 0, 3), Partition("audit.entries/0", 0, 1)], {NAME: 5})
    assert found.offsets == {"audit.entries/0": 0}
    assert [(one.source, one.blocking) for one in found.findings] == [(NAME, True)]
