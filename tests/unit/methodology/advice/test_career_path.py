"""The shortest way to an occupation, against every way on the map."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.profiles import profiles
from services.methodology.v1.advice.qualification import NEARLY
from services.methodology.v1.advice.standing import standing
from tests.unit.methodology.advice.people import Document, people

VERSION = load("1")
targets = st.sampled_from(sorted(profiles().by_code))


def relaxed_sums(answers: Document) -> dict[str, int]:
    """The smallest sums by repeated relaxation of every move (Bellman and Ford), without a queue."""
    here, known = standing(VERSION.score(answers).parts), profiles().by_code
    own = {one["code"] for one in answers["occupations"]}
    related = {other for code in own if code in known for other, _ in known[code].moves}
    sums = {
        code: here.distance(profile)
        for code, profile in known.items()
        if code not in own
        and profile.measured
        and (not here.zone or profile.zone <= here.zone + 1)
        and (here.distance(profile) <= NEARLY or code in related)
    }
    changed = True
    while changed:
        changed = False
        for code in [*sums]:
            for other, distance in known[code].moves:
                climbs = known[code].zone and known[other].zone > known[code].zone + 1
                possible = known[other].measured and other not in own and not climbs
                if possible and sums[code] + distance < sums.get(other, 10**9):
                    sums[other] = sums[code] + distance
                    changed = True
    return sums


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_no_way_on_the_map_is_shorter(seed: str) -> None:
    # Given the smallest sums found by trying every move again and again
    answers = specimen(seed)
    sums = relaxed_sums(answers)
    # When the ways are asked for, then they have these sums
    for target in sorted(profiles().by_code)[::60]:
        told = VERSION.career_path(answers, target)
        assert told["found"] == (target in sums)
        if told["found"]:
            assert told["distance"] == sums[target] == sum(move["distance"] for move in told["moves"])


@settings(max_examples=40)
@given(people, targets)
def test_a_way_ends_at_its_target_and_never_climbs_two_zones_at_once(answers: Document, target: str) -> None:
    told = VERSION.career_path(answers, target)
    if not told["found"]:
        return
    assert told["moves"][-1]["code"] == target
    zones = [move["zone"] for move in told["moves"]]
    assert all(after <= before + 1 or not before for before, after in pairwise(zones))


@settings(max_examples=40)
@given(people, targets)
def test_no_way_leads_over_or_to_what_is_too_little_measured(answers: Document, target: str) -> None:
    told, known = VERSION.career_path(answers, target), profiles().by_code
    assert told["measured"] == known[target].measured
    assert told["measured"] or not told["found"]
    assert all(known[move["code"]].measured for move in told.get("moves", []))


@settings(max_examples=40)
@given(people, targets)
def test_a_later_move_asks_only_for_what_the_earlier_ones_did_not_bring(answers: Document, target: str) -> None:
    told = VERSION.career_path(answers, target)
    for move in told.get("moves", [])[1:]:
        assert sum(gap["distance"] for gap in move["gaps"]) <= move["distance"]


def test_an_occupation_without_a_profile_is_named() -> None:
    with pytest.raises(LookupError, match="no profile of 99-9999"):
        VERSION.career_path(specimen("any"), "99-9999.00")


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=2)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    for target in sorted(profiles().by_code)[::200]:
        told = [json.dumps(VERSION.career_path(one, target)) for one in (answers, turned)]
        assert told[0] == told[1]
