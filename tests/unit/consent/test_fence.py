"""What the restore fence reads out of the two topics."""

import msgspec
import pytest
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned
from infra.kafka.record_tag import RecordTags
from schemas.events import Revoked
from services.consent.erasure.fence import last_word
from services.consent.erasure.reapplication import LastWord

ALIAS = b"ab" * 16
TAGS, FOREIGN = RecordTags([b"k" * 64]), RecordTags([b"f" * 64])
ERASED = msgspec.msgpack.encode(Revoked(5, "erased"))


def record(value: bytes | None, tags: RecordTags | None = TAGS, key: bytes = ALIAS) -> ConsumerRecord:
    headers = () if tags is None else (tags.header("keys.revoked", key, value),)
    return ConsumerRecord("keys.revoked", 0, 7, 1_763_920_800_000, 1, key, value, None, 0, 0, headers)


def test_a_word_says_when_the_broker_took_it() -> None:
    value = msgspec.msgpack.encode(Revoked(5, "withdrawn", ("scoring",)))
    expected = LastWord("ab" * 16, Revoked(5, "withdrawn", ("scoring",)), 7, "2025-11-23T18:00:00Z")
    assert last_word(record(value), TAGS) == expected


def test_a_tombstone_says_nothing() -> None:
    assert last_word(record(None), TAGS) is None


@pytest.mark.parametrize(
    "one",
    [
        record(b""),
        record(b"none"),
        record(msgspec.msgpack.encode({"sequence": 5})),
        record(ERASED, key=b"nobody"),
        record(ERASED, None),
        record(ERASED, FOREIGN),
    ],
    ids=["empty", "no MessagePack", "half a revocation", "of nobody", "without a tag", "with a foreign tag"],
)
def test_what_is_unreadable_or_forged_says_nothing_that_is_carried_out(one: ConsumerRecord) -> None:
    with pytest.raises(Poisoned):
        last_word(one, TAGS)
