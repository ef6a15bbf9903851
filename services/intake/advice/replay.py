"""A past result computed again under its own version, and compared byte for byte. Pure.

Whoever replays does it on their own machine with the published methodology, so nobody has to be trusted. A person
replays everything from their own record: result, reasons and trail, the last by the commitment that stands in the
entry of the log, which binds the bytes of all three. An organisation replays the result from the answers that it
handed in itself, because it gets no key to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.crypto.salted_fields import SaltedField, commit
from schemas.entry import SCORED_FIELDS, canonical
from schemas.result import deliverable
from services.methodology.finding import Refused
from services.methodology.version import Scored, UnknownVersion, load

Document = Mapping[str, Any]


class NotReplayed(Exception):
    """It cannot be computed again here; says why and what would help. This is no verdict on the result."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One part: its recorded and its recomputed bytes are the same, or not."""

    part: str
    same: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Under which version it was replayed, and what was compared; `same` where every part has the same bytes."""

    version: str
    hash: str
    parts: tuple[Compared, ...]

    @property
    def same(self) -> bool:
        """Whether the past result is what its version gives."""
        return all(one.same for one in self.parts)


def replay_record(record: Document) -> Verdict:
    """A person's record (`GET …/record`) against what its version gives for its answers. Raises NotReplayed."""
    try:
        return _replayed(record)
    except (KeyError, TypeError, ValueError) as error:
        raise NotReplayed(f"It does not have the form of a record: {type(error).__name__}.") from None


def _replayed(record: Document) -> Verdict:
    scored = _again(record["result"], record["answers"])
    result, detail, trail = map(canonical, scored.documents())
    parts = [
        Compared("result", result == canonical(record["result"])),
        Compared("detail", detail == canonical(record["detail"])),
    ]
    if "entry" in record:
        commitment = _commitment(record["salts"], (record["tenant"].encode(), result, detail, trail))
        parts.append(Compared("entry of the log", commitment == record["entry"]["commitment"]))
    return Verdict(scored.version, scored.hash, tuple(parts))


def replay_result(result: Document, answers: Document) -> Verdict:
    """A delivered result against what its version gives for the answers handed in. Raises NotReplayed."""
    scored = _again(result, answers)
    full = scored.result()  # as organisations got it before their part of it was sealed apart
    given = [canonical(deliverable(full)), canonical(full)]
    return Verdict(scored.version, scored.hash, (Compared("result", canonical(result) in given),))


def _again(result: Document, answers: Document) -> Scored:
    recorded = result["methodology"]
    try:
        version = load(recorded["version"])
    except UnknownVersion as error:
        raise NotReplayed(f"{error} Install the release that published it.") from None
    if version.hash != recorded["hash"]:
        raise NotReplayed(
            f"The result was made by version {version.id} with the content {recorded['hash']}; this software holds "
            f"{version.hash}. Install the release whose GET /v1/methodology names the former."
        )
    try:
        return version.score(dict(answers))
    except Refused as error:
        paths = ", ".join(one.path for one in error.findings)
        raise NotReplayed(f"Version {version.id} does not take these answers, at {paths}.") from None


def _commitment(salts: Document, values: tuple[bytes, ...]) -> str:
    named = zip(SCORED_FIELDS, values, strict=True)
    return commit([SaltedField(name, bytes.fromhex(salts[name]), value) for name, value in named])
