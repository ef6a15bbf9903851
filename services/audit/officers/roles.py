"""What a role lets an officer do."""

from typing import Literal, get_args

Role = Literal["auditor", "overseer", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
Right = Literal["read", "decide", "operate"]

RIGHTS: dict[Role, frozenset[Right]] = {
    "auditor": frozenset({"read"}),
    "overseer": frozenset({"read", "decide"}),
    "operator": frozenset({"operate"}),
}
"""`read`: the log and, for a stated purpose, trails; `decide`: reviews; `operate`: the work and its dead letters."""
