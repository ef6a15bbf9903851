"""The verifier as one file: its module with the reference implementation written into it in place of the import."""

import ast
from functools import cache
from pathlib import Path

from services.methodology.version import files_of

_VERIFIER = Path(__file__).with_name("verifier.py")
_IMPORT = "from services.methodology.standalone import TABLES, assess\n"
_FRAME = (ast.Import, ast.ImportFrom, ast.If)


@cache
def single_file() -> bytes:
    """The source of `verify.py`. It imports nothing of ours. Raises ValueError where the parts do not fit."""
    source = _VERIFIER.read_text(encoding="utf-8")
    if source.count(_IMPORT) != 1:
        raise ValueError("verifier.py must import the reference implementation in the one known line")
    return source.replace(_IMPORT, _reference()).encode()


def _reference() -> str:
    """The functions of the reference implementation, without its own tables and its own entry point."""
    text = files_of("1")["standalone.py"].read_text(encoding="utf-8")
    module = ast.parse(text)
    parts = [ast.get_source_segment(text, node) or "" for node in module.body[1:] if _is_kept(node)]
    imports = [ast.get_source_segment(text, node) or "" for node in module.body if isinstance(node, ast.Import)]
    tables = "TABLES: dict[str, Any] = {}"
    return "\n".join([*imports, "\n# The reference implementation of methodology 1.", tables, *parts, ""])


def _is_kept(node: ast.stmt) -> bool:
    is_tables = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABLES"
    return not isinstance(node, _FRAME) and not is_tables
