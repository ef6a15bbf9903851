"""A dead letter keeps a record as it came, and says why; it can always be sent."""

import json
from typing import get_args

import msgspec
import pytest

from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import BATCH_BYTES, LARGEST_RECORD_BYTES
from schemas.entry import Unusable
from schemas.envelope import event_id
from schemas.events import DEAD_LETTERED_TYPE, Cause, DeadLettered
from schemas.topics import DEAD_SCORING, SUBMITTED
from tests.twins.broker import Record

RECORD = Record(SUBMITTED.name, 2, 7, b"\xff key", b"\xc1 value", (("ce_id", b"\xfe"),))


def letter(record: Record = RECORD) -> DeadLettered:
    return msgspec.msgpack.decode(
        dead_letter(DEAD_SCORING, "scoring", record, Poisoned("why")).value, type=DeadLettered
    )


def test_the_record_stands_in_it_as_it_came() -> None:
    found = letter()
    assert (found.key, found.value, found.headers) == (RECORD.key, RECORD.value, RECORD.headers)
    assert (found.consumer, found.cause, found.reason) == ("scoring", Cause(SUBMITTED.name, 2, 7), "why")


def test_its_event_is_a_function_of_the_records_place() -> None:
    def event(offset: int) -> str:
        record = Record(SUBMITTED.name, 2, offset, None, None)
        return event_id(dead_letter(DEAD_SCORING, "scoring", record, Poisoned("why")).headers, DEAD_LETTERED_TYPE)

    assert event(7) == event(7) != event(8)


def test_its_entry_names_the_place_and_the_reason_in_a_word_and_quotes_nothing() -> None:
    entry = json.loads(letter().leaf)
    assert entry["cause"] == {"topic": SUBMITTED.name, "partition": 2, "offset": 7}
    assert entry["reason"] == "malformed"
    assert set(entry) == {"v", "type", "id", "time", "actor", "software", "cause", "reason"}


@pytest.mark.parametrize("word", get_args(Unusable))
def test_each_kind_of_unusable_record_has_its_word_in_the_log(word: Unusable) -> None:
    sent = dead_letter(DEAD_SCORING, "scoring", RECORD, Poisoned("why", word))
    entry = json.loads(msgspec.msgpack.decode(sent.value, type=DeadLettered).leaf)
    assert entry["reason"] == word


def test_a_record_without_key_value_and_headers_has_one_too() -> None:
    assert letter(Record(SUBMITTED.name, 0, 0, None, None)).value is None
    assert letter(Record(SUBMITTED.name, 0, 0, None, None, (("ce_id", None),))).headers == (("ce_id", b""),)


@pytest.mark.parametrize("size", [BATCH_BYTES, LARGEST_RECORD_BYTES - 1_500])
def test_a_large_record_is_kept(size: int) -> None:
    assert len(letter(Record(SUBMITTED.name, 0, 0, b"k", b"x" * size)).value or b"") == size


def test_a_record_too_large_to_be_copied_is_named_by_its_place() -> None:
    huge = Record(SUBMITTED.name, 0, 3, b"k", b"x" * 1_048_000, (("CANARY", b""),))
    outgoing = dead_letter(DEAD_SCORING, "scoring", huge, Poisoned("why"))
    found = letter(huge)
    assert outgoing.size <= LARGEST_RECORD_BYTES
    assert (found.value, found.headers, found.cause.offset) == (None, (), 3)
    assert "bytes are too many" in found.reason
