"""Packs that officers have ordered: how far each is. In memory alone, for the pages that show it."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from infra.clock import now

REMEMBERED = 10
"""Orders of one officer that are shown."""


@dataclass(slots=True)
class Order:
    """`made` of at most `members` files are written; `selection` is what was chosen: person, decisions, and so on."""

    selection: str
    members: int
    made: int = 0
    state: Literal["making", "complete", "broken-off"] = "making"
    begun_at: datetime = field(default_factory=now)


class UnderWay:
    """The last orders of each officer, by the officer's id."""

    def __init__(self) -> None:
        self._orders: dict[str, deque[Order]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def begin(self, officer: str, selection: str, members: int) -> Order:
        """Remember one more."""
        order = Order(selection, members)
        self._orders[officer].appendleft(order)
        return order

    def of(self, officer: str) -> tuple[Order, ...]:
        """This officer's, the newest first."""
        return tuple(self._orders.get(officer, ()))
