"""A scored record opens part by part, each with its own key, and its log entry tells nothing of the person."""

import json
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from infra.crypto.salted_fields import commit, salted
from infra.crypto.sealed import Context, NotOpened, open_sealed
from schemas.entry import canonical
from schemas.envelope import event_id
from schemas.events import (
    DETAIL_SCHEMA,
    REFUSED_TYPE,
    RESULT_SCHEMA,
    SCORED_TYPE,
    TRAIL_SCHEMA,
    Refused,
    Scored,
)
from schemas.keys import Domain, NewReview, ReleasedKey
from schemas.result import whole
from schemas.topics import SCORED
from services.methodology.version import load
from services.scoring.submission import Submission, read
from services.scoring.verdict import refused, scored
from tests.twins.ledger import Ledger
from tests.unit.scoring.hand_ins import document, record

TIME = "2026-11-23T18:00:00Z"
EVENT = f"{7:032x}"
SCHEMAS: dict[Domain, str] = {"result": RESULT_SCHEMA, "detail": DETAIL_SCHEMA, "trail": TRAIL_SCHEMA}


class Case:
    """One person's hand-in with everything that it takes to score it."""

    def __init__(self, body: dict[str, Any] | None = None) -> None:
        self.ledger = Ledger()
        self.alias = self.ledger.add()
        self.body = body or document()
        self.review: NewReview | None = None
        raw = record(self.ledger, self.alias, 7, json.dumps(self.body).encode())
        self.submission: Submission = read(raw)
        subkeys = {domain: self.ledger.subkey(self.alias, domain) for domain in get_args(Domain)}
        self.key = ReleasedKey(self.alias, "released", self.ledger.key_id(self.alias), 1, subkeys)

    def scored(self, time: str = TIME) -> Scored:
        outgoing, self.review = scored(self.submission, self.key, load(), time)
        assert event_id(outgoing.headers, SCORED_TYPE) == EVENT
        assert (outgoing.topic, outgoing.key) == (SCORED, self.alias)
        return msgspec.msgpack.decode(outgoing.value, type=Scored)

    def opened(self, sealed: bytes, part: Domain, by: Domain) -> dict[str, Any]:
        return json.loads(self.raw(sealed, part, by))

    def raw(self, sealed: bytes, part: Domain, by: Domain | None = None) -> bytes:
        place = Context("acme", self.alias, SCORED.name, SCHEMAS[part], EVENT, self.key.key_id)
        return open_sealed(self.key.subkeys[by or part], sealed, place)


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.mark.parametrize("part", ["result", "detail", "trail"])
def test_each_part_opens_with_its_own_subkey_only(case: Case, part: Domain) -> None:
    sealed = getattr(case.scored(), part)
    assert case.opened(sealed, part, part)
    for other in set(get_args(Domain)) - {part}:
        with pytest.raises(NotOpened):
            case.opened(sealed, part, other)


def test_what_opens_is_what_the_methodology_says(case: Case) -> None:
    value = case.scored()
    expected = load().score(case.body["assessment"])
    told, detail = case.opened(value.result, "result", "result"), case.opened(value.detail, "detail", "detail")
    assert whole(told, detail) == expected.result()
    assert detail == expected.detail()
    assert case.opened(value.trail, "trail", "trail") == expected.trail()


def test_what_a_delivery_opens_holds_score_band_dimensions_and_version_and_tells_of_no_answer() -> None:
    # Given two people who differ in what they say of themselves, and not in their score
    body = document("same")
    aiming = Case({**body, "assessment": {**body["assessment"], "target": True}})
    told = aiming.opened(aiming.scored().result, "result", "result")
    assert set(told) == {"methodology", "score", "band", "points", "dimensions"}
    assert set(told["methodology"]) == {"version", "hash"}
    # Then what an organisation opens is the same bytes
    plain = Case(body)
    assert "target" in load().score(aiming.body["assessment"]).result()["marks"]
    assert plain.raw(plain.scored().result, "result") == aiming.raw(aiming.scored().result, "result")


def test_the_result_and_its_reasons_hold_no_income() -> None:
    case = Case(document("income", profile="core+income"))
    value = case.scored()
    for part in ("result", "detail"):
        assert "income" not in json.dumps(case.opened(getattr(value, part), part, part))
    assert "income" in case.opened(value.trail, "trail", "trail")["answers"]


def test_the_entry_is_canonical_and_holds_no_alias_tenant_or_answer(case: Case) -> None:
    entry = case.scored().leaf
    assert entry == canonical(json.loads(entry))
    found = json.loads(entry)
    assert set(found) == {
        "v", "type", "id", "time", "actor", "software", "methodology", "cause", "commitment", "payload",
    }  # fmt: skip
    codes = [one["code"] for one in case.body["assessment"]["occupations"]]
    for secret in (case.alias, "acme", EVENT, *codes):
        assert secret.encode() not in entry
    assert found["methodology"] == load().hash


def test_the_entry_binds_what_was_sealed(case: Case) -> None:
    value = case.scored()
    opened = {part: case.opened(getattr(value, part), part, part) for part in SCHEMAS}
    opened["result"] = whole(opened["result"], opened["detail"])
    parts = [(part, canonical(document)) for part, document in opened.items()]
    fields = salted(case.key.subkeys["trail"], EVENT, [("tenant", b"acme"), *parts])
    assert json.loads(value.leaf)["commitment"] == commit(fields)


def test_a_retry_gives_the_same_entry_and_commitment(case: Case) -> None:
    first, again = (json.loads(case.scored(time).leaf) for time in (TIME, "2026-11-23T19:00:00Z"))
    assert (first["id"], first["commitment"]) == (again["id"], again["commitment"])


def test_two_people_with_the_same_answers_have_nothing_in_common_in_the_log() -> None:
    one, other = (json.loads(Case().scored().leaf) for _ in range(2))
    assert one["id"] != other["id"]
    assert one["commitment"] != other["commitment"]


def test_a_refusal_says_why_and_its_entry_is_the_same_at_every_retry(case: Case) -> None:
    first, again = (refused(case.submission, "objected", TIME) for _ in range(2))
    assert first == again
    assert event_id(first.headers, REFUSED_TYPE) == EVENT
    value = msgspec.msgpack.decode(first.value, type=Refused)
    assert (value.reason, value.cause) == ("objected", case.submission.cause)
    entry = json.loads(value.leaf)
    assert (entry["type"], entry["reason"]) == ("refused", "objected")
    assert case.alias.encode() not in value.leaf
    assert b"acme" not in value.leaf
    assert EVENT.encode() not in value.leaf


def test_what_is_told_for_statistics_changes_no_byte_of_a_result_and_is_passed_on_unopened(case: Case) -> None:
    # Given the same hand-in without and with something sealed for statistics, which scoring has no key for
    del case.key.subkeys["statistics"]
    without = case.scored()
    case.submission = replace(case.submission, statistics=b"sealed for somebody else")
    # When it is scored
    with_it = case.scored()
    # Then what was made is the same, and what was told went by
    for part in SCHEMAS:
        assert case.raw(getattr(with_it, part), part) == case.raw(getattr(without, part), part)
    assert (without.statistics, with_it.statistics) == (None, b"sealed for somebody else")
