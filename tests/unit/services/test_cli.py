"""The composition root."""

import subprocess
import sys
import types

import pytest
from click.testing import CliRunner
from environs import Env

from services import cli

HEAVY = ("faust", "aiokafka", "aiohttp", "sqlalchemy", "marshmallow", "cryptography")


def test_naming_one_command_imports_no_other() -> None:
    script = (
        "import sys; sys.argv = ['careerpulse', 'run', '--help']\n"
        "from services.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    result = subprocess.run((sys.executable, "-c", script), capture_output=True, text=True, check=True)

    assert result.stdout.endswith("heavy: []\n")


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    app = types.ModuleType("services.scoring.app")
    monkeypatch.setattr(app, "main", lambda: Env().str("SERVICE_COLOUR"), raising=False)
    monkeypatch.setitem(sys.modules, "services.scoring.app", app)

    result = CliRunner().invoke(cli.main, ["run", "scoring"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: scoring cannot start:")
    assert "SERVICE_COLOUR" in result.output


def test_an_unknown_service_is_refused_with_the_names_there_are() -> None:
    result = CliRunner().invoke(cli.main, ["run", "billing"])

    assert result.exit_code == 2
    assert all(name in result.output for name in ("intake", "scoring", "consent", "audit"))


def test_a_command_of_another_package_is_loaded_by_its_dotted_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.COMMANDS, "assess", "services.cli:topics")

    assert cli.main.get_command(None, "assess") is cli.topics


def test_a_command_whose_package_is_not_there_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.COMMANDS, "assess", "services.nowhere:assess")

    result = CliRunner().invoke(cli.main, ["assess"])

    assert result.exit_code == 2
    assert "No such command 'assess'" in result.output
