"""A version is known by its id, and by a hash over all that decides what is asked and the bytes of a result."""

import ast
import shutil
from datetime import date
from pathlib import Path

import pytest

from services.methodology import UnknownVersion, load
from services.methodology.release_check import outdated
from services.methodology.specimen import specimen
from services.methodology.version import PUBLISHED, content_hash, core, edition
from tests.twins import second_version

OURS_BESIDE_THE_CORE = {
    "schemas.answers",
    "schemas.json_schema",
    "services.methodology.source",
}
"""What the core may import: the form of answers, and the sources that its tables are built from."""


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


@pytest.mark.parametrize("change", ["engine_py", "tables_json", "below__table_py", "asked.de_json"])
def test_any_change_of_what_decides_a_result_or_a_question_changes_the_hash(tmp_path: Path, change: str) -> None:
    files = {"engine_py": "a", "tables_json": "{}", "below__table_py": "b", "asked.de_json": "{}"}
    before = content_hash(core(directory(tmp_path / "before", **files)))
    same = content_hash(core(directory(tmp_path / "same", **files)))
    after = content_hash(core(directory(tmp_path / "after", **{**files, change: "other"})))
    assert before == same != after


@pytest.mark.parametrize("changed", ["advice/signals.json", "advice/credentials.json", "text.de.json", "rules.py"])
def test_a_refreshed_table_or_a_mended_word_of_advice_is_another_edition_of_the_same_version(
    tmp_path: Path, changed: str
) -> None:
    # Given the version's directory
    before = tmp_path / "v1"
    shutil.copytree(PUBLISHED["1"].directory, before)
    hashes = content_hash(core(before)), content_hash(edition(before))
    # When a dated table of the advice is refreshed, or a word of it mended
    path = before / changed
    path.write_text(path.read_text(encoding="utf-8").replace("2026", "2027") + "\n", encoding="utf-8")
    # Then the hash that stands in results is the same, and the edition another
    assert content_hash(core(before)) == hashes[0]
    assert content_hash(edition(before)) != hashes[1]


def test_what_is_told_about_a_version_and_compiled_code_are_part_of_neither_hash(tmp_path: Path) -> None:
    files = {"engine_py": "a", "advice__plan_py": "b"}
    place = directory(tmp_path, **files)
    before = content_hash(core(place)), content_hash(edition(place))
    directory(tmp_path, **files, publication__pages_py="told", engine_pyc="x", cache__engine_pyc="y")
    assert (content_hash(core(place)), content_hash(edition(place))) == before


def test_nothing_that_decides_a_result_lies_outside_of_the_hash() -> None:
    found = PUBLISHED["1"]
    own = {f"{found.package}.{name[:-3].replace('/', '.')}" for name in core(found.directory) if name.endswith(".py")}
    own |= {found.package}
    imported = set()
    for name, path in core(found.directory).items():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("services", "schemas"):
                    inner = {f"{node.module}.{alias.name}" for alias in node.names}
                    imported |= inner & own or {str(node.module)}
    assert imported - own == OURS_BESIDE_THE_CORE


def test_advice_names_its_edition_beside_the_version() -> None:
    version, answers = load("1"), specimen("edition")
    income = {"as_of": "2026-11", "currency": "EUR", "expenses": 1, "reserve": 0, "sources": []}
    told = {"date": version.rules.EDITION, "hash": version.edition}
    for advice in (
        version.forecast(answers),
        version.plan(answers, 10, 12),
        version.counterfactual(answers, 10**10),
        version.qualification(answers),
        version.career_path(answers, "29-1141.00"),
        version.income(income),
        version.signals(),
    ):
        assert (advice["methodology"], advice["edition"]) == (version.head(), told)


def test_an_edition_is_no_older_than_what_it_holds() -> None:
    every = outdated(PUBLISHED["1"].directory, date(2099, 1, 1))
    assert max(one.checked for one in every) <= date.fromisoformat(load("1").rules.EDITION)


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
