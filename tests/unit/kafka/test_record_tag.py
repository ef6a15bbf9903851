"""Only what a service of ours has written is genuine, in its topic, under its key, as it was."""

import stat
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from infra.crypto.root_key import RootKeyError
from infra.kafka.record_tag import RecordTags, record_tags
from infra.local.tokens import create_tokens

TAGS = RecordTags([b"k" * 64])


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    partition: int = 0
    offset: int = 7


def written(topic: str, key: bytes, value: bytes | None, tags: RecordTags = TAGS) -> Record:
    return Record(topic, key, value, (("ce_id", b"1"), tags.header(topic, key, value)))


TEXTS = st.binary(max_size=40)


@given(TEXTS, st.none() | TEXTS)
def test_what_we_have_written_is_genuine(key: bytes, value: bytes | None) -> None:
    assert TAGS.genuine(written("keys.revoked", key, value))


@given(st.sampled_from(["keys.revoked", "keys.revokedk"]), TEXTS, st.none() | TEXTS, TEXTS, st.none() | TEXTS)
def test_a_tag_serves_no_other_record(topic, key, value, other_key, other_value) -> None:
    moved = replace(written("keys.revoked", key, value), topic=topic, key=other_key, value=other_value)
    assert TAGS.genuine(moved) == ((topic, other_key, other_value) == ("keys.revoked", key, value))


def test_a_boundary_is_not_moved_and_an_empty_value_is_not_none() -> None:
    places = ("t", b"ab", b"c"), ("t", b"a", b"bc"), ("ta", b"", b"bc"), ("t", b"a", None), ("t", b"a", b"")
    for one, (topic, key, value) in permutations(places, 2):
        assert not TAGS.genuine(replace(written(*one), topic=topic, key=key, value=value))


@pytest.mark.parametrize("headers", [(), (("ce_tag", None),), (("ce_tag", b""),), (("ce_tag", b"0" * 64),)])
def test_one_without_a_tag_or_with_any_other_is_counted(headers) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("careerpulse_forged_records_total", {"topic": "privacy.requests"}) or 0.0

    before = counted()
    assert not TAGS.genuine(Record("privacy.requests", b"a", b"b", headers))
    assert counted() == before + 1


def test_a_key_is_changed_with_an_overlap() -> None:
    old, new = RecordTags([b"o" * 64]), RecordTags([b"n" * 64, b"o" * 64])
    assert new.genuine(written("t", b"a", b"b", old))
    assert new.genuine(written("t", b"a", b"b", new))
    assert not old.genuine(written("t", b"a", b"b", new))


def test_the_key_is_made_with_the_tokens_once_and_refused_when_others_read_it(tmp_path: Path) -> None:
    create_tokens(tmp_path)
    path = tmp_path / "records.key"
    made = path.read_bytes()
    create_tokens(tmp_path)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), len(made)) == (made, 0o600, 64)
    assert record_tags(tmp_path).genuine(written("t", b"a", b"b", RecordTags([made])))
    path.chmod(0o644)
    with pytest.raises(RootKeyError, match="open to others"):
        record_tags(tmp_path)


@pytest.mark.parametrize("content", ["", "short", "k" * 64 + "\nshort"])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "records.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ValueError, match="32 characters"):
        record_tags(tmp_path)
