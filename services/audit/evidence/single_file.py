"""The verifier as one file: its module with the reference implementations written into it in place of the import.

Each published version's stands in a function of its own, so that none sees the names of another.
"""

import ast
from functools import cache
from pathlib import Path
from textwrap import indent

from services.methodology.version import PUBLISHED, load

_VERIFIER = Path(__file__).with_name("verifier.py")
_IMPORT = "from services.methodology.standalone import REFERENCES\n"
_FRAME = (ast.Import, ast.ImportFrom, ast.If)


@cache
def single_file() -> bytes:
    """The source of `verify.py`. It imports nothing of ours. Raises ValueError where the parts do not fit."""
    source = _VERIFIER.read_text(encoding="utf-8")
    if source.count(_IMPORT) != 1:
        raise ValueError("verifier.py must import the reference implementations in the one known line")
    return source.replace(_IMPORT, "\n".join([*map(_reference, PUBLISHED), _registry(), ""])).encode()


def _registry() -> str:
    """The references by the ids of their versions."""
    entries = ", ".join(f'"{version}": {_name(version)}()' for version in PUBLISHED)
    return f"REFERENCES: dict[str, Any] = {{{entries}}}"


def _name(version: str) -> str:
    return f"reference_{version.replace('.', '_')}"


def _reference(version: str) -> str:
    """A function that gives the tables, empty, and the reference implementation without its own entry point."""
    text = load(version).standalone()
    module = ast.parse(text)
    parts = [ast.get_source_segment(text, node) or "" for node in module.body[1:] if _is_kept(node)]
    imports = [ast.get_source_segment(text, node) or "" for node in module.body if isinstance(node, ast.Import)]
    body = "\n".join([*imports, "TABLES: dict[str, Any] = {}", *parts, "return TABLES, assess"])
    return f"def {_name(version)}() -> Any:\n{indent(body, '    ')}\n"


def _is_kept(node: ast.stmt) -> bool:
    is_tables = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABLES"
    return not isinstance(node, _FRAME) and not is_tables
