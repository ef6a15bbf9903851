"""The rules of this test suite itself: what is skipped, what fails, what is drawn."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONFIG = "[pytest]\nmarkers =\n    slow\n    kafka\n    postgres\n    go\n    browser\n"


def run_suite(directory: Path, tests: str, *options: str, **environ: str) -> str:
    """What pytest prints over a suite of its own that keeps our rules."""
    (directory / "pytest.ini").write_text(CONFIG)
    (directory / "test_suite.py").write_text(f"import pytest\n{tests}")
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        *options,
    )
    result = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REQUIRE": "", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout


NEEDS_GO = "@pytest.mark.go\ndef test_go(): pass\n"


def test_what_needs_an_absent_part_is_skipped_by_name_and_reason(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, NEEDS_GO, PATH=str(tmp_path))

    assert "go: the Go toolchain (go) is not on the PATH" in printed
    assert "1 skipped" in printed


def test_with_require_such_a_skip_is_a_failure(tmp_path: Path) -> None:
    printed = run_suite(tmp_path, NEEDS_GO, PATH=str(tmp_path), REQUIRE="kafka, go")

    assert "REQUIRE names go, but the Go toolchain (go) is not on the PATH" in printed
    assert "skipped" not in printed


def test_a_browser_is_the_one_that_is_named_or_found(tmp_path: Path) -> None:
    tests = "@pytest.mark.browser\ndef test_page(): pass\n"
    program = tmp_path / "chromium"

    absent = run_suite(tmp_path, tests, PATH=str(tmp_path), REQUIRE="browser", CHROMIUM=str(program))
    assert f"REQUIRE names browser, but CHROMIUM names {program}, and there is no such program" in absent
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert "1 passed" in run_suite(tmp_path, tests, PATH="", REQUIRE="browser", CHROMIUM=str(program))
    assert "1 passed" in run_suite(tmp_path, tests, PATH=str(tmp_path), REQUIRE="browser", CHROMIUM="")


def test_who_asks_for_the_fixture_of_a_part_needs_it(tmp_path: Path) -> None:
    tests = "def test_broker(kafka): pass\ndef test_database(postgres_url): pass\n"

    assert "2 deselected" in run_suite(tmp_path, tests, "-m", "not kafka and not postgres")


def test_one_seed_draws_one_sample_and_another_seed_another(tmp_path: Path) -> None:
    many = "@pytest.mark.slow\n@pytest.mark.parametrize('place', range(100))\ndef test_one(place): pass\n"

    def drawn(seed: int) -> list[str]:
        options = ("-m", "slow", "--slow-sample", "2", "--slow-seed", str(seed), "-rA")
        return [line for line in run_suite(tmp_path, many, *options).splitlines() if line.startswith("PASSED")]

    first = drawn(1)
    assert len(first) == 2
    assert drawn(1) == first
    assert drawn(2) != first
