"""What one entry of the log says: a producer's leaf (schemas/entry) and its place, which audit adds.

`complete` adds where the leaf came from and the place before it in the same source, so that a gap shows. A source
is one partition of a topic (`assessments.scored/3`) or one outbox (`outbox/consent`). Fields:

    v            1
    id           128 bits in lower-case hex, unique in the log
    type         what happened, as `scored` or `consent-given`
    time         when, UTC in RFC 3339: 2026-01-31T08:15:00Z
    actor        the role that acted, never a name: `service:scoring`
    software     the version of the software that acted
    methodology  `sha256:` and the hash of the methodology in hex, where one was applied
    cause        {topic, partition, offset} of the record that caused this one, where there is one
    commitment   root over the salted fields in hex (RFC 6962), where there are any
    payload      `sha256:` and the hash of the sealed payload in hex, where there is one
    reason       in a word why an assessment was refused or a record set aside: `withdrawn`; older entries have none
    source       added by audit: the source
    place        added by audit: the offset or outbox sequence in it
    before       added by audit: the place before it in this source, null for the first
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from schemas.entry import VERSION
from services.audit.tlog import canonical
from services.audit.tlog.canonical import CanonicalError, Json
from services.audit.tlog.tiles import MAX_ENTRY_BYTES

_REQUIRED: Final = frozenset({"v", "id", "type", "time", "actor", "software"})
_OPTIONAL: Final = frozenset({"methodology", "cause", "commitment", "payload", "reason"})
_PLACED: Final = frozenset({"source", "place", "before"})


class EntryError(ValueError):
    """An entry is not what an entry must be; the message names the field and what would be right."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry stands: its id, its source, its place in it and the place before it; what it is, and when.

    `cause` is topic, partition and offset of the record that caused it.
    """

    id: str
    source: str
    place: int
    before: int | None
    type: str
    time: str
    cause: tuple[str, int, int] | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A valid leaf: its id, its type, and its canonical fields in the four groups between which a place is put.

    The groups are cut at the names `before`, `place` and `source`; none of them is empty.
    """

    id: str
    type: str
    groups: tuple[bytes, bytes, bytes, bytes]

    def at(self, source: str, place: int, before: int | None) -> bytes:
        """The entry: this leaf with its place added. EntryError if that is malformed or does not rise."""
        if not _is_place(place) or not _RULES["before"][0](before):
            raise EntryError(f"place: must be {_PLACE}")
        _check_order(place, before)
        first, second, third, fourth = self.groups
        previous = b"null" if before is None else b"%d" % before
        entry = b'{%b,"before":%b,%b,"place":%d,%b,%b,%b}' % (
            first,
            previous,
            second,
            place,
            third,
            _source_field(source),
            fourth,
        )
        if len(entry) > MAX_ENTRY_BYTES:
            raise EntryError(f"the entry has {len(entry)} bytes, at most {MAX_ENTRY_BYTES} are allowed")
        return entry


def read_leaf(leaf: bytes) -> Leaf:
    """A producer's leaf, its place not yet added; EntryError if anything is wrong.

    One pattern takes the leaves that our producers write; whatever it does not take is judged field by field.
    """
    if (match := _PLAIN.fullmatch(leaf)) and _is_date_and_time(match["time"].decode()):
        groups = match["first"], match["second"], match["third"], match["fourth"]
        return Leaf(match["id"].decode(), match["type"].decode(), groups)
    fields = check_leaf(leaf)
    return Leaf(str(fields["id"]), str(fields["type"]), _groups(fields))


def check_leaf(leaf: bytes) -> dict[str, Json]:
    """The fields of a producer's leaf, its place not yet added; EntryError if anything is wrong."""
    return _check(leaf, _REQUIRED)


def complete(leaf: bytes, source: str, place: int, before: int | None) -> bytes:
    """The entry of a producer's leaf: the leaf with its place added.

    `place` is the record's offset, or its sequence number in an outbox, and `before` the last place taken
    from this source, None for the first. Raises EntryError if the leaf is invalid, brings its own place, or
    does not rise.
    """
    return read_leaf(leaf).at(source, place, before)


def check_entry(entry: bytes) -> Placed:
    """Where a complete entry stands; EntryError if anything in it is wrong."""
    fields = _check(entry, _REQUIRED | _PLACED)
    placed = Placed(
        id=fields["id"],  # type: ignore[arg-type]
        source=fields["source"],  # type: ignore[arg-type]
        place=fields["place"],  # type: ignore[arg-type]
        before=fields["before"],  # type: ignore[arg-type]
        type=fields["type"],  # type: ignore[arg-type]
        time=fields["time"],  # type: ignore[arg-type]
        cause=_cause(fields.get("cause")),
    )
    _check_order(placed.place, placed.before)
    return placed


def _check(data: bytes, required: frozenset[str]) -> dict[str, Json]:
    try:
        fields = canonical.decode(data)
    except CanonicalError as error:
        raise EntryError(f"the entry is refused: {error}") from error
    if not isinstance(fields, dict):
        raise EntryError("an entry must be a JSON object")
    if missing := required - fields.keys():
        raise EntryError(f"missing: {', '.join(sorted(missing))}")
    if unknown := fields.keys() - required - _OPTIONAL:
        raise EntryError(f"not allowed here: {', '.join(sorted(unknown))}")
    _check_fields(fields, fields.keys())
    return fields


def _cause(cause: Json) -> tuple[str, int, int] | None:
    if not isinstance(cause, dict):
        return None
    return cause["topic"], cause["partition"], cause["offset"]  # type: ignore[return-value]


def _check_fields(fields: dict[str, Json], names: Iterable[str]) -> None:
    for name in names:
        holds, rule = _RULES[name]
        if not holds(fields[name]):
            raise EntryError(f"{name}: must be {rule}")


def _check_order(place: int, before: int | None) -> None:
    if before is not None and place <= before:
        raise EntryError(f"place: {place} does not lie after the one before it, {before}")


def _groups(fields: dict[str, Json]) -> tuple[bytes, bytes, bytes, bytes]:
    def between(low: str, high: str) -> bytes:
        return canonical.encode({name: fields[name] for name in fields if low <= name < high})[1:-1]

    return between("", "before"), between("before", "place"), between("place", "source"), between("source", "~")


@cache
def _source_field(source: str) -> bytes:
    holds, rule = _RULES["source"]
    if not holds(source):
        raise EntryError(f"source: must be {rule}")
    return canonical.encode({"source": source})[1:-1]


def _matches(pattern: str) -> Callable[[Json], bool]:
    matcher = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and matcher.fullmatch(value) is not None


_is_timestamp = _matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_is_topic = _matches(r"[a-z0-9][a-z0-9._-]{0,99}")
_is_source = _matches(r"[a-z0-9][a-z0-9._-]{0,99}/[a-z0-9][a-z0-9._-]{0,99}")
_is_word = _matches(r"[a-z][a-z0-9.-]{0,63}")


def _is_time(value: Json) -> bool:
    return _is_timestamp(value) and _is_date_and_time(str(value))


def _is_date_and_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_place(value: Json) -> bool:
    return type(value) is int and 0 <= value <= canonical.MAX_INTEGER


def _is_cause(value: Json) -> bool:
    if not isinstance(value, dict) or value.keys() != {"topic", "partition", "offset"}:
        return False
    return _is_topic(value["topic"]) and _is_place(value["partition"]) and _is_place(value["offset"])


_PLACE: Final = "an integer from 0 to 2**53 - 1"
_SHA256: Final = (_matches(r"sha256:[0-9a-f]{64}"), "`sha256:` and 64 lower-case hex digits")
_RULES: Final[dict[str, tuple[Callable[[Json], bool], str]]] = {
    "v": (lambda value: type(value) is int and value == VERSION, f"{VERSION}"),
    "id": (_matches(r"[0-9a-f]{32}"), "128 bits in 32 lower-case hex digits"),
    "type": (_is_word, "a lower-case word of at most 64 letters, digits, dots and hyphens"),
    "time": (_is_time, "a UTC date and time like 2026-01-31T08:15:00Z"),
    "actor": (_matches(r"[a-z][a-z0-9.:-]{0,63}"), "a role like service:scoring"),
    "software": (_matches(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}"), "a version like 1.4.2"),
    "methodology": _SHA256,
    "payload": _SHA256,
    "commitment": (_matches(r"[0-9a-f]{64}"), "64 lower-case hex digits"),
    "reason": (_matches(r"[a-z][a-z0-9-]{0,39}"), "a lower-case word of at most 40 letters, digits and hyphens"),
    "cause": (_is_cause, "an object of topic, partition and offset"),
    "source": (_is_source, "like assessments.scored/3 or outbox/consent"),
    "place": (_is_place, _PLACE),
    "before": (lambda value: value is None or _is_place(value), f"{_PLACE}, or null"),
}

_PLAIN: Final = re.compile(
    rb"""\{(?P<first>"actor":"[a-z][a-z0-9.:-]{0,63}"),
    (?P<second>
        (?:"cause":\{"offset":(?:0|[1-9][0-9]{0,14}),"partition":(?:0|[1-9][0-9]{0,14}),
            "topic":"[a-z0-9][a-z0-9._-]{0,99}"\},)?
        (?:"commitment":"[0-9a-f]{64}",)?
        "id":"(?P<id>[0-9a-f]{32})"
        (?:,"methodology":"sha256:[0-9a-f]{64}")?
        (?:,"payload":"sha256:[0-9a-f]{64}")?
    ),
    (?P<third>(?:"reason":"[a-z][a-z0-9-]{0,39}",)?"software":"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}"),
    (?P<fourth>"time":"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z)",
        "type":"(?P<type>[a-z][a-z0-9.-]{0,63})","v":1)\}""",
    re.VERBOSE,
)
"""The canonical leaf as a whole, its names in order; integers of 16 digits are left to the slower way."""
