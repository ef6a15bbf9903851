"""A version is known by its id, and by a hash over all of its data and code."""

from pathlib import Path

import pytest

from services.methodology import UnknownVersion, load
from services.methodology.version import content_hash


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


def test_an_unknown_version_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownVersion, match="no methodology 7; published are 1"):
        load("7")
