"""An entry says what happened and where it came from, and nothing that it must not say."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import entry as schema
from schemas.events import Cause
from services.audit.tlog import canonical
from services.audit.tlog.entry import EntryError, check_entry, check_leaf, complete, read_leaf
from tests.unit.audit.examples import leaf

DIGEST = "0123456789abcdef" * 4
CAUSE = {"topic": "assessments.submitted", "partition": 3, "offset": 41}


def test_the_place_is_added_and_everything_else_kept():
    entry = complete(leaf(1, cause=CAUSE, commitment=DIGEST), "outbox/consent", 7, 5)
    fields = orjson.loads(entry)
    assert (fields["source"], fields["place"], fields["before"]) == ("outbox/consent", 7, 5)
    assert fields["cause"] == CAUSE
    placed = check_entry(entry)
    assert (placed.source, placed.place, placed.before) == ("outbox/consent", 7, 5)
    assert placed.id == fields["id"]


def test_the_leaf_that_producers_write_is_taken():
    written = schema.leaf(
        "scored",
        "0" * 32,
        "2026-11-23T18:00:00Z",
        "service:scoring",
        "0.1.0",
        methodology=f"sha256:{DIGEST}",
        cause=Cause("assessments.submitted", 0, 0),
        commitment=DIGEST,
        payload=f"sha256:{DIGEST}",
    )
    assert check_entry(complete(written, "assessments.scored/0", 0, None)).place == 0


def test_the_first_of_a_source_has_none_before_it():
    assert check_entry(complete(leaf(1), "outbox/consent", 0, None)).before is None


@pytest.mark.parametrize(("place", "before"), [(5, 5), (4, 5)])
def test_a_place_that_does_not_rise_is_refused(place, before):
    with pytest.raises(EntryError, match="does not lie after"):
        complete(leaf(1), "outbox/consent", place, before)


@pytest.mark.parametrize("field", ["source", "place", "before"])
def test_a_producer_cannot_bring_its_own_place(field):
    with pytest.raises(EntryError, match=f"not allowed here: {field}"):
        complete(leaf(1, **{field: 1}), "outbox/consent", 1, None)


@pytest.mark.parametrize("field", ["v", "id", "type", "time", "actor", "software"])
def test_a_missing_field_is_named(field):
    fields = orjson.loads(leaf(1))
    del fields[field]
    with pytest.raises(EntryError, match=f"missing: {field}"):
        check_leaf(canonical.encode(fields))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("id", "0" * 31),
        ("id", "A" * 32),
        ("type", "Scored"),
        ("type", ""),
        ("time", "2026-02-30T08:15:00Z"),
        ("time", "2026-01-31T08:15:00+00:00"),
        ("time", "2026-01-31T08:15:00Z\n"),
        ("actor", "Jane Doe"),
        ("actor", None),
        ("software", "1 2"),
        ("methodology", DIGEST),
        ("payload", 1),
        ("commitment", f"sha256:{DIGEST}"),
        ("cause", {"topic": "assessments.submitted", "partition": 3}),
        ("cause", {**CAUSE, "offset": -1}),
        ("cause", [1]),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(field, value):
    with pytest.raises(EntryError, match=f"^{field}: must be "):
        check_leaf(leaf(1, **{field: value}))


def test_an_unknown_field_is_refused():
    with pytest.raises(EntryError, match="not allowed here: alias"):
        check_leaf(leaf(1, alias="a"))


@pytest.mark.parametrize(("source", "place"), [("Jane", 1), ("outbox/consent", -1), ("outbox/consent", True)])
def test_a_malformed_place_is_refused(source, place):
    with pytest.raises(EntryError):
        complete(leaf(1), source, place, None)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", leaf(1) + b" ", b'{"v":1.0}'])
def test_what_is_not_a_canonical_object_is_refused(data):
    with pytest.raises(EntryError):
        check_leaf(data)


LEAVES = st.fixed_dictionaries(
    {
        "v": st.just(1),
        "id": st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
        "type": st.from_regex(r"[a-z][a-z0-9.-]{0,63}", fullmatch=True),
        "time": st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
        "actor": st.from_regex(r"[a-z][a-z0-9.:-]{0,63}", fullmatch=True),
        "software": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}", fullmatch=True),
    },
    optional={
        "methodology": st.just(f"sha256:{DIGEST}"),
        "payload": st.just(f"sha256:{DIGEST}"),
        "commitment": st.just(DIGEST),
        "reason": st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True),
        "cause": st.fixed_dictionaries(
            {
                "topic": st.just("assessments.submitted"),
                "partition": st.integers(0, 2**53 - 1),
                "offset": st.integers(0, 2**53 - 1),
            }
        ),
    },
).map(canonical.encode)


@given(LEAVES, st.integers(1, 2**53 - 1))
def test_a_leaf_that_the_pattern_takes_is_completed_as_field_by_field(leaf_, place):
    fields = check_leaf(leaf_)
    expected = canonical.encode({**fields, "source": "outbox/consent", "place": place, "before": place - 1})
    assert complete(leaf_, "outbox/consent", place, place - 1) == expected


@given(LEAVES, st.data())
def test_whatever_is_changed_in_a_leaf_the_pattern_takes_nothing_that_is_refused_field_by_field(leaf_, data):
    at = data.draw(st.integers(0, len(leaf_) - 1))
    changed = leaf_[:at] + data.draw(st.binary(max_size=3)) + leaf_[at + data.draw(st.integers(0, 3)) :]
    try:
        expected = check_leaf(changed)
    except EntryError:
        with pytest.raises(EntryError):
            read_leaf(changed)
    else:
        assert read_leaf(changed).id == expected["id"]
