"""Dated entries are found too old by a command on a given day, never by the calendar of a test run."""

import json
from datetime import date, timedelta
from pathlib import Path

from services.methodology.release_check import DAYS_ALLOWED, outdated

CHECKED = date(2026, 1, 10)


def test_an_entry_is_named_on_the_first_day_after_those_allowed(tmp_path: Path) -> None:
    # Given one entry that was checked on a day
    (tmp_path / "inner").mkdir()
    table = {"certifications": [{"id": "known", "checked": CHECKED.isoformat()}]}
    (tmp_path / "inner" / "credentials.json").write_text(json.dumps(table), encoding="utf-8")
    last = CHECKED + timedelta(days=DAYS_ALLOWED)
    # When the last day allowed is here, then nothing is named; on the next day it is, with its age
    assert outdated(tmp_path, last) == []
    (found,) = outdated(tmp_path, last + timedelta(days=1))
    assert found.line(last + timedelta(days=1)) == (
        "credentials.json: known was last checked on 2026-01-10, 181 days ago; allowed are 180"
    )


def test_the_published_tables_are_all_found_in_time() -> None:
    # Given a day far ahead, every dated entry of the version is named
    version = Path("services/methodology/v1")
    advice = version / "advice"
    dated = {name: json.loads((advice / f"{name}.json").read_bytes()) for name in ("credentials", "signals")}
    named = {one.id for one in outdated(version, date(2040, 1, 1))}
    parts = dated["credentials"]["certifications"] + dated["signals"]["signals"]
    assert {entry["id"] for entry in parts} <= named
