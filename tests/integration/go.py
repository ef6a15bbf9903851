"""Other people's tools, built with the Go toolchain from its module proxy, and our program over their libraries."""

import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "interop"
LIMIT_SECONDS = 60


def build(arguments: list[str], directory: Path, **environment: str) -> None:
    """Run the Go toolchain; where a module cannot be had the test is skipped, or fails if REQUIRE names go."""
    settings = {**os.environ, "GOFLAGS": "-mod=mod", **environment}
    done = subprocess.run(
        ["go", *arguments], cwd=directory, env=settings, capture_output=True, text=True, check=False
    )
    if done.returncode and ("dial tcp" in done.stderr or "no such host" in done.stderr):
        missing("the modules cannot be fetched")
    assert done.returncode == 0, done.stderr


def missing(reason: str) -> None:
    if "go" in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"REQUIRE names go, but {reason}", pytrace=False)
    pytest.skip(f"go: {reason}")


def run_interop(interop: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """What the program says of a log and of proofs."""
    return subprocess.run([interop, *paths], capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
