"""What a role lets an officer do. Nobody who decides reviews also judges how they were decided."""

from typing import Literal, get_args

Role = Literal["auditor", "overseer"]
ROLES: tuple[Role, ...] = get_args(Role)
Right = Literal["read", "decide", "export"]

RIGHTS: dict[Role, frozenset[Right]] = {
    "auditor": frozenset({"read", "export"}),
    "overseer": frozenset({"read", "decide"}),
}
"""`read`: the log and, for a stated purpose, trails; `decide`: reviews; `export`: packs of evidence."""
