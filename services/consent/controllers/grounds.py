"""What a controller processes of one person on another basis than consent: a legal claim, research in the public
interest (GDPR Art. 6(1)(b) to (f)).

The operator records it by command, for itself or on an organisation's documented instruction (Art. 28(3)(a)), under a
notice that the person was given before (Art. 13(3), 14(4)). The person sees it among their records, and objects to it
where its basis lets them. What was asked of the person as a consent is not moved to another basis (EDPB Guidelines
05/2020, 121 to 123); what an organisation's registration covers stays under it.
"""

from infra.clock import now, written
from infra.db.engine import Database
from schemas.faults import Faulty
from schemas.keys import RecordDraft
from schemas.privacy_notice import unshown
from schemas.purposes import INDIVIDUALS
from services.consent import ledger
from services.consent.controllers.tenants import Tenants
from services.consent.entries import committed_entry
from services.consent.found_by import person_behind
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import RULES


class NotRecordable(Exception):
    """No such basis for this purpose and person. Says why."""


class Grounds:
    """Records of single persons that their controller makes."""

    def __init__(self, database: Database, tenants: Tenants, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._database = database
        self._tenants = tenants
        self._keystore = keystore
        self._outboxes = outboxes

    async def record(self, found_by: str, draft: RecordDraft) -> str:
        """Write the record of the person behind an assessment or a request, with its entry; gives its id.

        Raises NobodyFound, NotRecordable, and Faulty for a notice that cannot have been shown.
        """
        async with self._database.write() as connection:
            standing = await person_behind(connection, found_by)
            _demand_recordable(standing, draft)
            terms = self._tenants.find(standing.tenant).registration
            own, individuals = [terms.notice] if terms else [], standing.tenant == INDIVIDUALS
            if faults := list(unshown(draft.notice, draft.language, individuals=individuals, own=own)):
                raise Faulty(faults)
            at, sequence = written(now()), await ledger.advance(connection)
            (recorded,) = await ledger.give(connection, [(standing.alias, draft)], at, sequence)
            fields = [(name, getattr(draft, name)) for name in ("purpose", "legal_basis", "notice", "language")]
            trail = self._keystore.trail_of(standing)
            given = committed_entry("consent-given", at, "operator", trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [given])
            return recorded


def _demand_recordable(standing: Standing, draft: RecordDraft) -> None:
    rule, purpose = RULES[draft.purpose], draft.purpose
    if rule.governed_by != (purpose,):
        raise NotRecordable(f"{purpose} is a right and needs no record.")
    bases = sorted(rule.bases - {"consent"})
    if draft.legal_basis not in bases:
        right = f"may rest on {', '.join(bases)}" if bases else "rests on the person's consent alone"
        raise NotRecordable(f"{purpose} {right}.")
    if standing.tenant != INDIVIDUALS and purpose in ledger.REGISTERED:
        raise NotRecordable(f"{purpose} rests on the organisation's registration; register its new terms.")
    if standing.state not in rule.allowed_in:
        raise NotRecordable(f"The person is {standing.state}.")
    ground = standing.grounds.get(purpose)
    if ground is not None and ground.basis == "consent":
        raise NotRecordable(f"The person was asked for {purpose} as a consent: that is given or taken back by them.")
    if ground is not None and ground.state == "objected":
        raise NotRecordable(f"The person has objected to {purpose}.")
