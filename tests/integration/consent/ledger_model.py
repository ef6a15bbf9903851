"""What the ledger must say, as a model that knows nothing of SQL, keys or the purpose table's code."""

from collections.abc import Iterable
from dataclasses import dataclass, field

EXPIRING = ("research", "statistics", "legal-claim")
"""What ends by its own storage time, while its person stays."""


@dataclass(slots=True)
class Modelled:
    """A person as the model knows them: what each purpose rests on, and what has become of it.

    `old` are the hand-ins whose storage time is over, `gone` those of them that were removed.
    """

    code: str | None
    external_id: str | None
    events: list[str]
    data: bytes
    restricted: bool = False
    pending: str | None = None
    hold: str | None = None
    erased: bool = False
    given: dict[str, tuple[str, str]] = field(default_factory=dict)
    old: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @property
    def active(self) -> bool:
        return not (self.erased or self.pending or self.restricted)

    @property
    def tenant(self) -> str:
        return "individuals" if self.external_id is None else "acme"

    @property
    def notices(self) -> str:
        return "individuals" if self.external_id is None else "employees"

    def may_consent_to(self, purpose: str) -> bool:
        """An employee to nothing that the registration covers, and nobody to what rests on something else."""
        basis, state = self.given.get(purpose, ("consent", "never"))
        covered = self.code is None and purpose in ("scoring", "delivery")
        return self.active and not covered and (basis == "consent" or state != "given")

    def may_be_recorded(self, purpose: str) -> bool:
        """Not what was asked as a consent, nor what was objected to; while restricted a legal claim alone."""
        basis, state = self.given.get(purpose, ("none", "never"))
        stopped = self.erased or self.pending or (self.restricted and purpose != "legal-claim")
        return not stopped and basis != "consent" and state != "objected"

    def allows(self, purpose: str) -> bool:
        """Erased ends all, a pending erasure all but access, a restriction all but the rights and legal claims."""
        _, state = self.given.get(purpose, ("none", "never"))
        if self.erased or purpose == "access":
            return not self.erased
        if self.pending:
            return False
        if purpose == "review":
            return True
        if purpose == "portability":
            return self.given["scoring"][0] == "consent"
        if purpose == "research" and self.code is None:
            return False  # the organisation has not instructed it
        if purpose == "legal-claim":
            return state in ("given", "objected")
        return state == "given" and not self.restricted

    def carried_out(self) -> None:
        self.erased, self.pending, self.hold = True, None, None

    def sweep(self, purposes: Iterable[str] = ()) -> None:
        """What is too old ends: the person with the last hand-in, else the hand-ins, and these purposes' records.

        Whoever is held, and whose erasure is under way already, is left alone; who restricted the processing loses
        no hand-in.
        """
        if self.erased or self.pending or self.hold:
            return
        if not self.restricted:
            if self.old.issuperset(self.events):
                self.carried_out()
                return
            self.gone |= self.old
        for purpose in purposes:
            basis, state = self.given.get(purpose, ("none", "never"))
            if state == "given":
                self.given[purpose] = (basis, "expired")
