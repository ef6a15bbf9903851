"""The one table that decides whether a person's keys are released, for what, and to do what.

Purpose × legal basis × state of the purpose's record × state of the person → domains to seal or to open, or a
refusal with its reason. Pure; no other code decides. Sources: GDPR Art. 6(1), 7(3), 15 to 18, 20, 21, 22(3), 88.
"""

from dataclasses import dataclass
from typing import Final, Literal

from schemas.keys import Domain
from schemas.purposes import (
    LEGAL_BASES,
    LegalBasis,
    PersonState,
    Purpose,
    RecordState,
)

Reason = Literal[
    "erased",
    "erasure-pending",
    "restricted",
    "no-record",
    "basis-not-allowed",
    "not-instructed",
    "withdrawn",
    "expired",
    "objected",
]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The domains whose keys are released, to seal and to open."""

    seal: tuple[Domain, ...] = ()
    open: tuple[Domain, ...] = ()

    @property
    def domains(self) -> tuple[Domain, ...]:
        """Every domain that is released, each once."""
        return tuple(dict.fromkeys(self.open + self.seal))


@dataclass(frozen=True, slots=True)
class Refused:
    """No key is released."""

    reason: Reason


Decision = Allowed | Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one purpose, whatever the record says.

    `governed_by` are the purposes whose record is looked at, the first that there is; none for rights that need no
    record. `stopped_by` are the record states and `allowed_in` the person states in which the purpose is refused or
    goes on. `on_instruction`: only where the controller has instructed it, whatever a person agreed to
    (Art. 28(3)(a)).
    """

    grant: Allowed
    governed_by: tuple[Purpose, ...]
    bases: frozenset[LegalBasis] = frozenset(LEGAL_BASES) - {"vital-interest"}
    stopped_by: frozenset[RecordState] = frozenset({"withdrawn", "expired", "objected"})
    allowed_in: frozenset[PersonState] = frozenset({"active"})
    on_instruction: bool = False


_EVERYTHING_MADE: Final[tuple[Domain, ...]] = ("answers", "result", "detail", "trail")
_NOTHING_STOPS: Final[frozenset[RecordState]] = frozenset()
_RIGHTS_GO_ON: Final[frozenset[PersonState]] = frozenset({"active", "restricted"})

HAND_IN: Final = Allowed(seal=("answers", "trail", "reference"))
"""What a hand-in may do where `scoring` is allowed: seal the answers and the platform's name for the person, and salt
the audit entry `received`."""

RULES: Final[dict[Purpose, Rule]] = {
    "scoring": Rule(Allowed(open=("answers",), seal=("result", "detail", "trail")), ("scoring",)),
    # The platform's own name for its employee (`reference`) says whose result it is.
    "delivery": Rule(Allowed(open=("result", "reference")), ("delivery",)),
    "delivery-detail": Rule(Allowed(open=("detail",)), ("delivery-detail",)),
    # Art. 15: everything held, whatever else was withdrawn, until it is erased.
    "access": Rule(
        Allowed(open=(*_EVERYTHING_MADE, "reference", "statistics")),
        (),
        stopped_by=_NOTHING_STOPS,
        allowed_in=frozenset({"active", "restricted", "erasure-pending"}),
    ),
    # Art. 20: what the person provided, where that rested on consent or contract; a withdrawal does not end it.
    "portability": Rule(
        Allowed(open=("answers",)),
        ("scoring", "draft"),
        bases=frozenset({"consent", "contract"}),
        stopped_by=_NOTHING_STOPS,
        allowed_in=_RIGHTS_GO_ON,
    ),
    # Art. 22(3): a human looks at everything that led to the result, and puts a reason beside it.
    "review": Rule(
        Allowed(open=_EVERYTHING_MADE, seal=("trail",)), (), stopped_by=_NOTHING_STOPS, allowed_in=_RIGHTS_GO_ON
    ),
    # `trail` salts the entry that tells who looked at a draft.
    "draft": Rule(
        Allowed(open=("answers",), seal=("answers", "trail")), ("draft",), bases=frozenset({"consent", "contract"})
    ),
    "statistics": Rule(
        Allowed(open=("statistics", "result"), seal=("statistics",)), ("statistics",), bases=frozenset({"consent"})
    ),
    "research": Rule(
        Allowed(open=("answers", "result")),
        ("research",),
        bases=frozenset({"consent", "public-task", "legitimate-interest"}),
        on_instruction=True,
    ),
    # Keeping what is sealed takes no key; this row says whether it may be kept.
    "retention-beyond-result": Rule(Allowed(), ("retention-beyond-result",), allowed_in=_RIGHTS_GO_ON),
    # Art. 18(2) and 21(1): neither a restriction nor an objection stops the defence of legal claims.
    "legal-claim": Rule(
        Allowed(open=_EVERYTHING_MADE),
        ("legal-claim",),
        bases=frozenset({"contract", "legal-obligation", "legitimate-interest"}),
        stopped_by=frozenset({"withdrawn", "expired"}),
        allowed_in=_RIGHTS_GO_ON,
    ),
}


def decide(
    purpose: Purpose,
    basis: LegalBasis | None,
    record: RecordState | None,
    person: PersonState,
    *,
    instructed: bool = True,
) -> Decision:
    """The table's cell. `basis` and `record` are those of the record that governs, None without
    one.

    The state of the person is looked at first: it is the narrower one. `instructed`: whether the controller has
    instructed what is off without its word; for individuals the operator is the controller.
    """
    rule = RULES[purpose]
    if person not in rule.allowed_in:
        return Refused(_narrowing(person))
    if not rule.governed_by:
        return rule.grant
    if basis is None or record is None:
        return Refused("no-record")
    if basis not in rule.bases:
        return Refused("basis-not-allowed")
    if record in rule.stopped_by:
        return Refused(_ending(record))
    if rule.on_instruction and not instructed:
        return Refused("not-instructed")
    return rule.grant


def decide_hand_in(scoring: Decision, statistics: Decision) -> Decision:
    """What the front door may do with a person's keys, by what is decided of two purposes: seal for scoring, where it
    is allowed, and for statistics, where they are too.
    """
    if isinstance(scoring, Refused):
        return scoring
    return Allowed(seal=(*HAND_IN.seal, *(statistics.seal if isinstance(statistics, Allowed) else ())))


def can_be_withdrawn(basis: LegalBasis) -> bool:
    """Art. 7(3): consent, and nothing else, is withdrawn."""
    return basis == "consent"


def can_be_objected_to(basis: LegalBasis) -> bool:
    """Art. 21(1): processing on the grounds of Art. 6(1)(e) and (f)."""
    return basis in ("public-task", "legitimate-interest")


def _narrowing(person: PersonState) -> Reason:
    if person == "active":
        raise ValueError("an active person is not narrowed")
    return person


def _ending(record: RecordState) -> Reason:
    if record == "given":
        raise ValueError("a record that is given has not ended")
    return record
