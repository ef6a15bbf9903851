"""What calls for a human: answers of low quality, and a band across a limit. Neither is told in the clear."""

import json
from dataclasses import replace
from typing import Any

import msgspec

from infra.crypto.sealed import Context, open_sealed
from schemas.boundary import OVERSIGHT_SCHEMA, packed, unpacked
from schemas.events import Scored
from schemas.keys import NewReview
from schemas.result import deliverable
from schemas.rights import STATEMENT_SCHEMA
from schemas.topics import PRIVACY_REQUESTS, SCORED
from services.methodology.boundary import UNITS_OF_A_POINT
from services.methodology.version import load
from services.scoring.verdict import scored
from tests.unit.scoring.hand_ins import document
from tests.unit.scoring.test_verdict import EVENT, TIME, Case

BODY = document("oversight")
BAND = load().score(BODY["assessment"]).result()["band"]
WITHIN = (BAND["low"] + BAND["high"]) // 2 // UNITS_OF_A_POINT
ABOVE = BAND["high"] // UNITS_OF_A_POINT + 2


def careless() -> dict[str, Any]:
    """Answers with two signs of not being filled in with care."""
    body = document("careless")
    body["assessment"]["response"] = {"seconds": 1, "instructed": 0}
    assert load().score(body["assessment"]).trail()["quality"]["flagged"]
    return body


def judged(body: dict[str, Any], limits: bytes | None) -> tuple[Case, Scored, NewReview | None]:
    case = Case(body)
    outgoing, review = scored(replace(case.submission, limits=limits), case.key, load(), TIME)
    return case, msgspec.msgpack.decode(outgoing.value, type=Scored), review


def why(case: Case, review: NewReview) -> dict[str, Any]:
    place = Context("acme", case.alias, PRIVACY_REQUESTS.name, STATEMENT_SCHEMA, review.request, case.key.key_id)
    return json.loads(open_sealed(case.key.subkeys["trail"], review.statement, place))["why"]


def crossed(case: Case, value: Scored) -> dict[str, int]:
    assert value.oversight is not None
    place = Context("acme", case.alias, SCORED.name, OVERSIGHT_SCHEMA, EVENT, case.key.key_id)
    return unpacked(open_sealed(case.key.subkeys["result"], value.oversight, place))


def test_a_band_across_a_limit_calls_for_a_human_and_tells_its_deliverer_alone() -> None:
    limits = {"training": WITHIN, "promotion": ABOVE}
    case, value, review = judged(BODY, packed(limits))
    assert review is not None and (review.alias, review.assessment) == (case.alias, EVENT)
    assert why(case, review) == {"boundary": [{"use": "training", "limit": WITHIN}]}
    assert crossed(case, value) == {"training": WITHIN}


def test_a_band_on_one_side_calls_for_nobody_and_looks_alike() -> None:
    one, far, review = judged(BODY, packed({"training": ABOVE}))
    _, near, _ = judged(BODY, packed({"training": WITHIN}))
    assert (review, crossed(one, far)) == (None, {})
    assert len(far.oversight or b"") == len(near.oversight or b"")


def test_answers_of_low_quality_call_for_a_human_whoever_handed_in() -> None:
    case, value, review = judged(careless(), None)
    assert review is not None and value.oversight is None
    assert set(why(case, review)) == {"low-quality"}
    assert set(why(case, review)["low-quality"]) == {"time", "instructed"}


def test_no_byte_of_a_result_depends_on_limits() -> None:
    case, with_limits, _ = judged(BODY, packed({"training": WITHIN}))
    result, detail, trail = load().score(BODY["assessment"]).documents()
    expected = {"result": deliverable(result), "detail": detail, "trail": trail}
    for part, document_of in expected.items():
        assert case.opened(getattr(with_limits, part), part, part) == document_of


def test_a_batch_that_is_repeated_asks_for_the_same_review() -> None:
    case = Case(BODY)
    submission = replace(case.submission, limits=packed({"training": WITHIN}))
    first, again = (scored(submission, case.key, load(), time)[1] for time in (TIME, "2026-11-24T18:00:00Z"))
    assert first is not None and again is not None
    assert first.request == again.request
    assert first.request != EVENT
