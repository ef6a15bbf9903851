"""How the log stands: what is signed, who has cosigned it, and what is known to be missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.audit.completeness.kept import kept_findings
from services.audit.reading.loop import ReadingLoop
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import Note
from services.audit.witness.asking import Cosigned, Failed
from services.audit.witness.cosignature import cosigned_at, moment_of
from services.audit.witness.gathering import Gathering
from services.audit.witness.policy import Policy


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness: whether it cosigned the published checkpoint, at which time by its word, and its last answer.

    `at` is None also for a time that no calendar has.
    """

    name: str
    cosigned: bool
    at: datetime | None
    answer: Cosigned | Failed | None


@dataclass(frozen=True, slots=True)
class Health:
    """`size` entries are committed, `signed` is the last checkpoint, `at` its time.

    `published` is what is shown; None until the required quorum has cosigned the first.
    """

    origin: str
    size: int
    signed: Checkpoint
    at: datetime
    published: Checkpoint | None
    witnesses: tuple[WitnessState, ...]
    quorum: bool
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherLog:
    """A log behind the first; a `frozen` one takes no entries any more."""

    number: int
    origin: str
    size: int
    signed: Checkpoint
    frozen: bool


class HealthCheck:
    """Looks at the parts that know."""

    def __init__(self, logs: Logs, gathering: Gathering, policy: Policy, reading: ReadingLoop) -> None:
        self._logs = logs
        self._gathering = gathering
        self._policy = policy
        self._reading = reading

    def now(self) -> Health:
        """How things stand with the first log, and with what reading knows of all."""
        first = self._logs[0]
        log, shown = first.state, first.published
        published = None if shown is None else Note.parse(shown)
        signed = Checkpoint.parse(Note.parse(log.checkpoint or b"").text)
        at = first.committed_at()  # a commit is signed within a second
        return Health(
            signed.origin,
            log.size,
            signed,
            at,
            None if published is None else Checkpoint.parse(published.text),
            witness_states(published, self._policy, self._gathering.outcomes),
            self._policy.quorum is not None,
            self._findings(),
        )

    def others(self) -> list[OtherLog]:
        """The logs behind the first."""
        return [
            OtherLog(
                number,
                log.state.key.name,
                log.state.size,
                Checkpoint.parse(Note.parse(log.state.checkpoint or b"").text),
                number >= self._logs.taking,
            )
            for number, log in enumerate(self._logs)
            if number
        ]

    def _findings(self) -> tuple[str, ...]:
        known = [finding.message for finding in self._reading.findings]
        known += [f"{gap.source}: {gap.message}" for log in self._logs for gap in kept_findings(log.state)]
        if (missing := self._reading.missing()) is not None:
            known.append(missing)
        return tuple(dict.fromkeys(known))


def witness_states(
    published: Note | None, policy: Policy, outcomes: Mapping[str, Cosigned | Failed]
) -> tuple[WitnessState, ...]:
    """Each witness of the policy, by the cosignatures that the published checkpoint carries. Pure."""
    times: dict[str, int] = {}
    for name, witness in policy.witnesses.items():
        for signature in () if published is None else published.signatures:
            own = (signature.name, signature.key_id) == (witness.key.name, witness.key.id)
            if own and published is not None and witness.key.verifies(published.text, signature.value):
                times[name] = cosigned_at(signature)
    return tuple(
        WitnessState(name, name in times, moment_of(times[name]) if name in times else None, outcomes.get(name))
        for name in policy.witnesses
    )
