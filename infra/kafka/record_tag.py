"""Control records bear a tag: who may write to the broker and is none of our services commands nothing by it.

The tag is HMAC-SHA256 (RFC 2104) over topic, key and value, in the header `ce_tag`, under a key that the services of
a deployment have and nobody else. It says that one of them has written the record, not which one; that is for the
broker's access lists. A record that is repeated stays genuine: what its readers do with it must be idempotent. Topics
whose records must bear one are marked in the table of topics.
"""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import structlog
from prometheus_client import Counter

from infra.crypto.root_key import read_secret

FORGED = Counter(
    "careerpulse_forged_records_total", "Records of a topic that no service of ours has written; set aside", ["topic"]
)
HEADER = "ce_tag"
KEY_FILE = "records.key"
_CONTEXT = b"careerpulse/record-tag/v1"
_SHORTEST_KEY = 32
log = structlog.get_logger(__name__)


class Record(Protocol):
    """A record as aiokafka and Faust give it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class RecordTags:
    """Makes tags with the first key and knows those of every one: a key is changed with an overlap."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def header(self, topic: str, key: bytes, value: bytes | None) -> tuple[str, bytes]:
        """The header for a record that is about to be sent."""
        return HEADER, _tag(self._keys[0], topic, key, value)

    def genuine(self, record: Record) -> bool:
        """Whether a service of ours has written the record. One that is none is counted and told."""
        said = tag_of(record.headers or ())
        known = (_tag(key, record.topic, record.key or b"", record.value) for key in self._keys)
        if said is not None and any(hmac.compare_digest(said, one) for one in known):
            return True
        FORGED.labels(record.topic).inc()
        place = f"{record.topic}/{record.partition}/{record.offset}"
        log.error("forged-record", place=place, why="no tag" if said is None else "a tag of another key or record")
        return False


def tag_of(headers: Iterable[tuple[str, bytes | None]]) -> bytes | None:
    """The tag among a record's headers."""
    return next((value for name, value in headers if name == HEADER), None)


def record_tags(secrets_dir: Path) -> RecordTags:
    """The tags of a deployment, by `records.key`: a line for each key, of which the first one is used.

    Raises RootKeyError where the file is missing or open to others, ValueError where a key can be guessed.
    """
    path = secrets_dir / KEY_FILE
    keys = read_secret(path).split()
    if not keys or min(map(len, keys)) < _SHORTEST_KEY:
        raise ValueError(f"{path} must hold keys of {_SHORTEST_KEY} characters at least, one a line")
    return RecordTags(keys)


def _tag(secret: bytes, topic: str, key: bytes, value: bytes | None) -> bytes:
    parts = (_CONTEXT, topic.encode(), key, b"\x00" if value is None else b"\x01" + value)
    return hmac.new(secret, b"".join(len(part).to_bytes(4) + part for part in parts), sha256).hexdigest().encode()
