"""A key that does not open any more: its row was damaged, or a backup older than the window brought back one that is
wrapped in a destroyed epoch.

It is refused to whoever asks, for a reason of its own, and stops nobody else's. It is no erasure: nothing is deleted,
and the key opens again once an undamaged row is restored. That the root key cannot be used for a while is another
matter, and refuses nobody.
"""

import structlog
from prometheus_client import Counter

from infra.crypto.root_key import EpochDestroyed, NotUnwrapped

REASON = "key-unreadable"
FAULTS = (NotUnwrapped, EpochDestroyed)
UNREADABLE = Counter(
    "careerpulse_unreadable_keys_total", "Times that a key was refused as it does not open", ["cause"]
)
_CAUSES = {NotUnwrapped: "damaged", EpochDestroyed: "epoch-destroyed"}
log = structlog.get_logger(__name__)


def tell(epoch: int, fault: NotUnwrapped | EpochDestroyed) -> None:
    """Log and count one. No line names a person, so it is the epoch that says where to look."""
    cause = _CAUSES[type(fault)]
    UNREADABLE.labels(cause).inc()
    log.error(REASON, epoch=epoch, cause=cause, reason=str(fault))
