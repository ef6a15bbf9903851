"""What tests with other people's tools share."""

from pathlib import Path

import pytest

from tests.integration.go import PROGRAM, build


@pytest.fixture(scope="session")
def interop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in interop/, built."""
    binary = tmp_path_factory.mktemp("interop") / "interop"
    build(["build", "-o", str(binary), "."], PROGRAM)
    return binary
