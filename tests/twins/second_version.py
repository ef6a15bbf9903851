"""A second version of the methodology as it would come: a directory of its own, here the first with other weights."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

import services.methodology.v1
from services.methodology.version import PUBLISHED, Published

ID, PACKAGE = "2", "careerpulse_methodology_v2"
CHANGED = {
    'VERSION = "1"': f'VERSION = "{ID}"',
    "CORE: (28, 22, 17, 11, 11, 11, 0)": "CORE: (25, 22, 20, 11, 11, 11, 0)",
}


def written(parent: Path) -> Path:
    """The version's directory, a package below `parent`."""
    directory = parent / PACKAGE
    shutil.copytree(Path(services.methodology.v1.__file__).parent, directory, ignore=shutil.ignore_patterns("*.pyc"))
    for path in directory.rglob("*.py"):
        text = path.read_text(encoding="utf-8").replace("services.methodology.v1", PACKAGE)
        path.write_text(text, encoding="utf-8")
    definition = directory / "definition.py"
    text = definition.read_text(encoding="utf-8")
    for old, new in CHANGED.items():
        assert text.count(old) == 1, f"{old} is not how version 1 defines it any more"
        text = text.replace(old, new)
    definition.write_text(text, encoding="utf-8")
    return directory


def published(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish it in this process, until the test ends."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(directory.parent))
    rules = importlib.import_module(f"{PACKAGE}.rules")
    monkeypatch.setitem(PUBLISHED, ID, Published(rules, directory, PACKAGE))
