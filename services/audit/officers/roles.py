"""What a role lets an officer do."""

from typing import Literal, get_args

Role = Literal["auditor", "overseer"]
ROLES: tuple[Role, ...] = get_args(Role)
Right = Literal["read", "decide"]

RIGHTS: dict[Role, frozenset[Right]] = {
    "auditor": frozenset({"read"}),
    "overseer": frozenset({"read", "decide"}),
}
"""`read`: the log and, for a stated purpose, trails; `decide`: reviews."""
