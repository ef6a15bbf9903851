"""The verifier is one file that computes a score again under every published version."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.audit.evidence.single_file import single_file
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.twins import second_version


def references(source: bytes) -> dict[str, Any]:
    """What stands in the file for the import of the reference implementations."""
    names: dict[str, Any] = {"__name__": "verify"}
    exec(compile(source, "verify.py", "exec"), names)  # noqa: S102 - our own file, as an outsider runs it
    found: dict[str, Any] = names["REFERENCES"]
    return found


def test_a_further_version_brings_its_own_reference_and_the_first_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a second version, which is a directory and a line
    second_version.published(second_version.written(tmp_path), monkeypatch)
    standalone = tmp_path / second_version.PACKAGE / "standalone.py"
    text = standalone.read_text(encoding="utf-8").replace('"core": [28, 22, 17,', '"core": [25, 22, 20,')
    standalone.write_text(text, encoding="utf-8")
    # When the verifier is written as one file
    single_file.cache_clear()
    try:
        found = references(single_file())
    finally:
        single_file.cache_clear()
    # Then it computes under each version what the engine gives under it
    answers = specimen("single file")
    scores = set()
    for version in ("1", "2"):
        tables, assess = found[version]
        tables.update(json.loads(load(version).reference()["tables.json"].read_bytes()))
        (told,) = assess(answers)
        assert told["score"]["low"] == load(version).score(answers).low
        scores.add(told["score"]["low"])
    assert len(scores) == 2
