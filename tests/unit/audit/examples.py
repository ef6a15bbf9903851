"""Entries, keys and whole logs for the tests of the log."""

from hashlib import sha256
from pathlib import Path

from services.audit.tlog import canonical
from services.audit.tlog.entry import complete
from services.audit.tlog.log import Log
from services.audit.tlog.note import SignerKey
from tests.unit.audit.breaking_disk import BreakingDisk

SIGNER = SignerKey("example.com/careerpulse/log0", bytes(range(32)))
VKEY = SIGNER.verifier()
SOURCE = "assessments.scored/0"
VECTORS = Path(__file__).with_name("vectors")
"""Checkpoints of public logs with cosignatures of public witnesses, and the verifier keys of a log and of two of
them: published by the logs themselves, collected by tlog-scales (Apache-2.0)."""


def leaf(number: int, **changed: canonical.Json) -> bytes:
    """A producer's leaf; its fields may be changed."""
    fields: dict[str, canonical.Json] = {
        "v": 1,
        "id": sha256(b"%d" % number).hexdigest()[:32],
        "type": "scored",
        "time": "2026-01-31T08:15:00Z",
        "actor": "service:scoring",
        "software": "0.1.0",
        **changed,
    }
    return canonical.encode(fields)


def entries(count: int, start: int = 0) -> list[bytes]:
    """Complete entries of one source at the even places, from the one numbered `start`."""
    return [complete(leaf(n), SOURCE, 2 * n, 2 * n - 2 if n else None) for n in range(start, start + count)]


def log_of(batch: list[bytes], disk: BreakingDisk | None = None, **marks: int) -> Log:
    """A log that holds these entries, signed."""
    log = Log(disk or BreakingDisk(), SIGNER)
    log.append(batch, marks={SOURCE: 2 * len(batch) - 2, **marks}, sign=True)
    return log
