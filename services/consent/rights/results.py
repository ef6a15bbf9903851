"""What a person gets in answer: the report of an access request, the file of portability, a review's outcome.

Opened when it is fetched, by subkeys that the purpose table gives for that purpose at that moment, and kept nowhere.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import select

from infra.clock import now, written
from infra.crypto.sealed import Context, open_sealed
from infra.db.engine import Database
from schemas.keys import Subkey
from schemas.portability import FORMAT, MOST
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.rights import REVIEW_SCHEMA
from schemas.submission import handed_in_again
from schemas.topics import PRIVACY_ANSWERS
from services.consent.consents.given import Consents
from services.consent.controllers.tenants import Tenants
from services.consent.controllers.transfers import transfers_of
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing
from services.consent.rights.disclosures import KEPT, Disclosures
from services.consent.rights.filed import Filed, living
from services.consent.rights.opened import Opener
from services.consent.rights.register import Register
from services.consent.rights.report import Shown, Subject, access_report, kept_until
from services.consent.rights.reviews import statement_place
from services.consent.tables import hand_ins

Document = dict[str, Any]


_NOTHING = "No answers that you provided yourself are kept; access gives everything that is held."


class NotReady(Exception):
    """There are no results: not yet, no longer, or for this type never. Says which."""


class Results:
    """Results of a person's own requests."""

    def __init__(
        self,
        *,
        database: Database,
        keystore: KeyStore,
        tenants: Tenants,
        consents: Consents,
        register: Register,
        disclosures: Disclosures,
        methodology: str,
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._tenants = tenants
        self._consents = consents
        self._register = register
        self._disclosures = disclosures
        self._methodology = methodology
        self._of_kind: dict[str, Callable[[Standing, Filed], Any]] = {
            "access": self._report,
            "portability": self._portable,
            "review": self._review,
        }

    async def of(self, alias: str, filed: Filed) -> Document:
        """The results of a request. Raises NotReady, AlreadyErased."""
        make = self._of_kind.get(filed.kind)
        if make is None:
            raise NotReady(f"A request for {filed.kind} has no results beyond its state.")
        if filed.state != "complete":
            raise NotReady(f"The request is {filed.state}; ask again when its state is complete.")
        if filed.outcome == "expired":
            raise NotReady(f"Results are kept for {KEPT.days} days; ask for them anew.")
        async with self._database.read() as connection:
            standing = await living(connection, alias)
        document: Document = await make(standing, filed)
        return document

    async def _report(self, standing: Standing, filed: Filed) -> Document:
        opener, held = self._opener(standing, "access"), await self._disclosures.held(filed)
        tenant = self._tenants.find(standing.tenant)
        terms = tenant.registration
        subject = Subject(
            tenant=standing.tenant,
            state=standing.state,
            controller=terms.controller if terms else None,
            legal_basis=terms.basis if terms else None,
            notice=terms.notice if terms else None,
            made_at=now(),
            kept_until=kept_until(filed.completed_at, KEPT, now()),
            methodology=self._methodology,
        )
        recipients = [] if standing.tenant == INDIVIDUALS else [standing.tenant]
        consents, requests = await self._consents.of(standing.alias), await self._register.of(standing.alias)
        async with self._database.read() as connection:
            transfers = await transfers_of(connection, standing.tenant)
            mine = select(hand_ins.c.event_id, hand_ins.c.origin).where(hand_ins.c.alias == standing.alias)
            origins = {row.event_id: row.origin for row in await connection.execute(mine)}
        shown = Shown(
            opener.assessments(held),
            opener.drafts(held),
            opener.looked(held),
            consents,
            requests,
            recipients,
            transfers,
            origins,
        )
        return access_report(subject, shown)

    async def _portable(self, standing: Standing, filed: Filed) -> Document:
        opener, held = self._opener(standing, "portability"), await self._disclosures.held(filed)
        current = [
            handed_in_again(one.hand_in)
            for one in opener.assessments(held)
            if one.hand_in is not None and one.told is not None and one.told.superseded_by is None
        ]
        drafts = [_portable_draft(one) for one in opener.drafts(held)]
        if not current and not drafts:
            raise NotReady(_NOTHING)
        return {"format": FORMAT, "hand_ins": current[-MOST:]} | ({"draft": drafts[0]} if drafts else {})

    async def _review(self, standing: Standing, filed: Filed) -> Document:
        trail = self._keystore.subkeys_of(standing, "access").get("trail")
        if trail is None or filed.answer is None:
            raise NotReady("The reviewer's reason can no longer be opened.")
        place = review_place(standing, filed.request)
        return {
            **_why(standing, filed, trail),
            "assessment": filed.assessment,
            "decision": filed.outcome,
            "reason": msgspec.json.decode(open_sealed(trail, filed.answer, place))["reason"],
            "decided_at": None if filed.completed_at is None else written(filed.completed_at),
        }

    def _opener(self, standing: Standing, purpose: Purpose) -> Opener:
        return Opener(standing, self._keystore.subkeys_of(standing, purpose))


def _why(standing: Standing, filed: Filed, trail: Subkey) -> Document:
    """What a rule has asked a human to look at, where it was a rule."""
    if filed.cause != "rule" or filed.statement is None:
        return {}
    opened = open_sealed(trail, filed.statement, statement_place(standing, filed.request))
    return {"why": msgspec.json.decode(opened)["why"]}


def _portable_draft(one: Document) -> Document:
    form = [{"name": name, "values": values} for name, values in one["form"].items()]
    return {"saved_at": one["saved_at"], "step": one["step"], "form": form}


def review_place(standing: Standing, request: str) -> Context:
    """Where a reviewer's sealed reason belongs."""
    return Context(standing.tenant, standing.alias, PRIVACY_ANSWERS.name, REVIEW_SCHEMA, request, standing.key_id)
