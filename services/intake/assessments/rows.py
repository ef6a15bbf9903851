"""An assessment as it is kept, and what begins, ends and supersedes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["accepted", "scored", "refused", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An assessment that the broker has. `hand_in` is kept of people only who answered themselves, `reference` is the
    platform's name for an employee; both are sealed.
    """

    id: str
    tenant: str
    alias: str
    mac: bytes
    submitted_at: str
    hand_in: bytes | None = None
    reference: bytes | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """An assessment that a correction has taken the place of; `asked_at` is when the correction was handed in."""

    tenant: str
    alias: str
    id: str
    by: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an assessment. With `scored` only: `result`, `detail`, `trail`, `oversight` (all sealed), `leaf`
    and its place.
    """

    id: str
    tenant: str
    alias: str
    state: State
    ended_at: str
    reason: str | None = None
    result: bytes | None = None
    detail: bytes | None = None
    leaf: bytes | None = None
    scored_partition: int | None = None
    scored_offset: int | None = None
    trail: bytes | None = None
    oversight: bytes | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One assessment as it is kept. An erasure leaves id, tenant, state, the times of the hand-in and of the erasure,
    and a new number.
    """

    id: str
    tenant: str
    state: State
    alias: str | None
    mac: bytes | None
    reason: str | None
    submitted_at: str
    ended_at: str | None
    result: bytes | None
    detail: bytes | None
    hand_in: bytes | None = None
    leaf: bytes | None = None
    reference: bytes | None = None
    sequence: int | None = None
    scored_partition: int | None = None
    scored_offset: int | None = None
    trail: bytes | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    gone_at: str | None = None
    oversight: bytes | None = None
    decision: str | None = None

    @property
    def since(self) -> str:
        """Since when it is what it is: gone, ended, or handed in."""
        return self.gone_at or self.ended_at or self.submitted_at


def row_of(values: Mapping[Any, Any]) -> Row:
    """The row of a query over all columns."""
    return Row(**{name: values[name] for name in Row.__dataclass_fields__})
