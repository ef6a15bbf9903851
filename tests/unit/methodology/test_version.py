"""A version is known by its id, and by a hash over all of its data and code."""

from pathlib import Path

import pytest

from services.methodology import UnknownVersion, load
from services.methodology.specimen import specimen
from services.methodology.version import content_hash
from tests.twins import second_version


def directory(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_the_hash_stands_in_every_document_of_a_score() -> None:
    version = load("1")
    assert version.hash.startswith("sha256:") and len(version.hash) == 71
    answers = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": "15-1252.00", "share": 1000}]}
    for document in version.score(answers).documents():
        assert document["methodology"] == {"version": "1", "hash": version.hash}


@pytest.mark.parametrize("change", ["engine_py", "tables_json", "below__advice_py"])
def test_any_change_of_data_or_code_changes_the_hash(tmp_path: Path, change: str) -> None:
    files = {"engine_py": "a", "tables_json": "{}", "below__advice_py": "b"}
    before = content_hash(directory(tmp_path / "before", **files))
    same = content_hash(directory(tmp_path / "same", **files))
    after = content_hash(directory(tmp_path / "after", **{**files, change: "other"}))
    assert before == same != after


def test_compiled_code_is_no_part_of_the_hash(tmp_path: Path) -> None:
    before = content_hash(directory(tmp_path, engine_py="a"))
    assert content_hash(directory(tmp_path, engine_pyc="x", cache__engine_pyc="y")) == before


def test_what_is_told_about_a_version_is_no_part_of_the_hash(tmp_path: Path) -> None:
    before = content_hash(directory(tmp_path, engine_py="a"))
    assert content_hash(directory(tmp_path, engine_py="a", publication__pages_py="told")) == before


def test_an_unknown_version_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownVersion, match="no methodology 7; published are 1"):
        load("7")


def test_a_second_version_is_a_directory_and_a_line_and_the_first_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given answers that the first version has scored
    answers = specimen("two versions")
    first, before = load(), load().score(answers).documents()
    # When a version with other weights is published
    second_version.published(second_version.written(tmp_path), monkeypatch)
    # Then it is the newest, with another hash and another result
    newest = load()
    after = newest.score(answers).documents()
    assert (newest.id, newest.hash != first.hash) == ("2", True)
    assert after[0]["score"] != before[0]["score"]
    assert {one["methodology"]["version"] for one in after} == {"2"}
    # and all that is told of it is its own
    weights = {one["id"]: one["weights"]["core"] for one in newest.published()["dimensions"]}
    assert weights["ai"] == 20
    assert newest.plan(answers, 10, 12)["methodology"] == newest.head()
    assert newest.questionnaire("15-1252.00")["version"] == "2"
    # while the first gives the same bytes as ever
    assert load("1") == first
    assert load("1").score(answers).documents() == before
    with pytest.raises(UnknownVersion, match="published are 1, 2"):
        load("3")
