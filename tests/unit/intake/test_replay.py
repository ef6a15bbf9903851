"""A past result is what its version gives for its answers, to the byte, or the verdict says that it is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.crypto.salted_fields import commit, salted
from infra.crypto.subkeys import derive
from schemas.entry import SCORED_FIELDS, canonical
from schemas.result import deliverable
from services.intake.advice.replay import NotReplayed, Verdict, replay_record, replay_result
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.twins import second_version

EVENT = "e" * 32


def record(profile: str = "core+income", **changed: Any) -> dict[str, Any]:
    """A record as scoring made it, after a way through JSON that turned the order of its keys."""
    answers = specimen("replay", profile=profile)
    result, detail, trail = load().score(answers).documents()
    values = (b"individuals", *map(canonical, (result, detail, trail)))
    fields = salted(derive(b"k" * 32, "trail"), EVENT, tuple(zip(SCORED_FIELDS, values, strict=True)))
    made = {
        "id": EVENT,
        "tenant": "individuals",
        "answers": answers,
        "result": result,
        "detail": detail,
        "entry": {"type": "scored", "commitment": commit(fields)},
        "salts": {field.name: field.salt.hex() for field in fields},
    }
    turned: dict[str, Any] = json.loads(json.dumps({**made, **changed}, sort_keys=True))
    return turned


def parts(verdict: Verdict) -> dict[str, bool]:
    return {one.part: one.same for one in verdict.parts}


@pytest.mark.parametrize("profile", ["core", "core+income"])
def test_what_its_version_gives_has_the_same_bytes(profile: str) -> None:
    verdict = replay_record(record(profile))
    assert verdict.same
    assert parts(verdict) == {"result": True, "detail": True, "entry of the log": True}
    assert (verdict.version, verdict.hash) == ("1", load().hash)


def test_a_result_that_was_altered_is_told_from_the_reasons_and_the_entry_that_were_not() -> None:
    altered = record()
    altered["result"]["score"]["low"] += 1
    assert parts(replay_record(altered)) == {"result": False, "detail": True, "entry of the log": True}


def test_other_answers_give_other_bytes_in_the_entry_too() -> None:
    altered = record()
    altered["answers"]["income"]["reserve"] += 1
    told = parts(replay_record(altered))
    assert told == {"result": True, "detail": True, "entry of the log": False}, "income stands in the trail alone"


def test_an_entry_of_another_score_does_not_pass() -> None:
    other = record(entry={"type": "scored", "commitment": "0" * 64})
    assert not replay_record(other).same


def test_a_record_from_before_entries_were_kept_is_compared_by_result_and_reasons() -> None:
    old = record()
    del old["entry"], old["salts"]
    assert parts(replay_record(old)) == {"result": True, "detail": True}


def test_an_organisation_replays_the_result_from_the_answers_that_it_handed_in() -> None:
    answers = specimen("employee")
    result = load().score(answers).result()
    told = deliverable(result)
    assert replay_result(told, answers).same
    assert not replay_result({**told, "points": {**told["points"], "high": 100}}, answers).same
    # and one that was delivered before its part of it was sealed apart
    assert replay_result(result, answers).same
    assert not replay_result({**result, "as_of": "2026-10"}, answers).same


def test_with_a_newer_version_out_a_result_is_replayed_by_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = record()
    second_version.published(second_version.written(tmp_path), monkeypatch)
    new = record()
    verdicts = [replay_record(one) for one in (old, new)]
    assert [(one.version, one.same) for one in verdicts] == [("1", True), ("2", True)]
    old["result"]["methodology"] = new["result"]["methodology"]
    assert not replay_record(old).same


@pytest.mark.parametrize(("name", "value"), [("version", "9"), ("hash", "sha256:" + "0" * 64)])
def test_without_the_very_version_there_is_no_verdict(name: str, value: str) -> None:
    other = record()
    other["result"]["methodology"][name] = value
    with pytest.raises(NotReplayed, match="release"):
        replay_record(other)


def test_answers_that_the_version_does_not_take_are_no_verdict() -> None:
    other = record()
    other["answers"]["occupations"][0]["share"] = 900
    with pytest.raises(NotReplayed, match="at occupations"):
        replay_record(other)


@pytest.mark.parametrize("broken", [{}, record(salts={"tenant": "no hex"}), record(result=[])])
def test_what_is_no_record_is_no_verdict(broken: dict[str, Any]) -> None:
    with pytest.raises(NotReplayed, match="form of a record"):
        replay_record(broken)
