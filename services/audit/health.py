"""How each log stands: what is signed, who has cosigned it, and what is known to be missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.completeness.findings import Gap
from services.audit.completeness.kept import kept_findings
from services.audit.reading.loop import ReadingLoop
from services.audit.tlog.appender import Appender
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
class LogHealth:
    """One log, by its `number`: `size` entries are committed, `signed` is the last checkpoint, `at` its time.

    `published` is what is shown; None until the required quorum has cosigned the first. `missing` is what the log's
    own state remembers as missing; a `frozen` one takes no entries any more.
    """

    number: int
    origin: str
    size: int
    signed: Checkpoint
    at: datetime
    published: Checkpoint | None
    witnesses: tuple[WitnessState, ...]
    missing: tuple[Gap, ...]
    frozen: bool


@dataclass(frozen=True, slots=True)
class Health:
    """Every log in order, whether a quorum of witnesses is required, and all that is known to be missing of any."""

    logs: tuple[LogHealth, ...]
    quorum: bool
    findings: tuple[str, ...]

    @property
    def size(self) -> int:
        """The entries of all."""
        return sum(log.size for log in self.logs)


class HealthCheck:
    """Looks at the parts that know; each log has its own gathering of cosignatures."""

    def __init__(self, logs: Logs, gatherings: Sequence[Gathering], policy: Policy, reading: ReadingLoop) -> None:
        self._logs = logs
        self._gatherings = gatherings
        self._policy = policy
        self._reading = reading

    def now(self) -> Health:
        """How things stand. Raises OSError."""
        pairs = zip(self._logs, self._gatherings, strict=True)
        found = tuple(self._of(number, log, one.outcomes) for number, (log, one) in enumerate(pairs))
        return Health(found, self._policy.quorum is not None, self._findings(found))

    def _of(self, number: int, log: Appender, outcomes: Mapping[str, Cosigned | Failed]) -> LogHealth:
        state, shown = log.state, log.published
        published = None if shown is None else Note.parse(shown)
        return LogHealth(
            number,
            state.key.name,
            state.size,
            Checkpoint.parse(Note.parse(state.checkpoint or b"").text),
            log.committed_at(),  # a commit is signed within a second
            None if published is None else Checkpoint.parse(published.text),
            witness_states(published, self._policy, outcomes),
            tuple(kept_findings(state)),
            number >= self._logs.taking,
        )

    def _findings(self, logs: Sequence[LogHealth]) -> tuple[str, ...]:
        known = [finding.message for finding in self._reading.findings]
        known += [f"{gap.source}: {gap.message}" for log in logs for gap in log.missing]
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
