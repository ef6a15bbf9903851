"""How often the root key is rotated, how long backups are kept, and what that promises to whoever is erased. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SLACK = timedelta(days=1)
"""What a rotation may take: a service that is down, a holder of the root key that is away."""


@dataclass(frozen=True, slots=True)
class RotationTerms:
    """`window` is how long backups of the key store are kept, `interval` the time from the beginning of an epoch to
    that of the next; None where the operator alone rotates. `lag` is what the root key's holder needs to destroy.
    """

    window: timedelta
    interval: timedelta | None = None
    lag: timedelta = timedelta()

    @property
    def longest(self) -> timedelta | None:
        """The longest time from an erasure until its epoch's secret is gone; None where nothing bounds it."""
        return None if self.interval is None else self.interval + self.window + self.lag + SLACK

    def next_rotation(self, began: datetime) -> datetime | None:
        """When the epoch after the one that began then is to begin."""
        return None if self.interval is None else began + self.interval

    def end_by(self, began: datetime, moment: datetime) -> datetime | None:
        """By when the secret of an epoch is gone whose end is not set yet; None where nothing bounds it."""
        if (rotates := self.next_rotation(began)) is None:
            return None
        return max(rotates, moment) + self.window + self.lag + SLACK
