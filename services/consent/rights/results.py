"""What a person gets in answer: the report of an access request, the file of portability, a review's outcome.

Opened when it is fetched, by subkeys that the purpose table gives for that purpose at that moment, and kept nowhere.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from infra.clock import now, written
from infra.db.engine import Database
from schemas.portability import FORMAT, MOST
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.rights import Held
from schemas.submission import handed_in_again
from services.consent.consents.given import Consents
from services.consent.controllers.codes import codes_of
from services.consent.controllers.instructions import Instructions
from services.consent.controllers.tenants import Tenants
from services.consent.controllers.transfers import transfers_of
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing
from services.consent.retention.holds import Holds
from services.consent.retention.terms import all_kept_days
from services.consent.rights.disclosures import KEPT, Disclosures
from services.consent.rights.filed import Filed, living, load
from services.consent.rights.opened import Opener
from services.consent.rights.register import Register
from services.consent.rights.report import Shown, Subject, access_report, kept_until
from services.consent.rights.reviewed import reviewed, said
from services.consent.tables import hand_ins
from services.consent.tables import requests as own_requests

Document = dict[str, Any]


_NOTHING = "No answers that you provided yourself are kept; access gives everything that is held."


class NotReady(Exception):
    """There are no results: not yet, no longer, or for this type never. Says which."""


class Results:
    """Results of a person's own requests. `kafka_kept` is how long the broker keeps a record, where it says so."""

    def __init__(
        self,
        *,
        database: Database,
        keystore: KeyStore,
        tenants: Tenants,
        consents: Consents,
        register: Register,
        disclosures: Disclosures,
        holds: Holds,
        instructions: Instructions,
        methodology: str,
        kafka_kept: timedelta | None,
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._tenants = tenants
        self._consents = consents
        self._register = register
        self._disclosures = disclosures
        self._holds = holds
        self._instructions = instructions
        self._kafka_kept = kafka_kept
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
        held = await self._disclosures.held(filed)
        tenant = self._tenants.find(standing.tenant)
        terms = tenant.registration
        async with self._database.read() as connection:
            days = await all_kept_days(connection, standing.tenant)
        subject = Subject(
            tenant=standing.tenant,
            state=standing.state,
            controller=terms.controller if terms else None,
            legal_basis=terms.basis if terms else None,
            notice=terms.notice if terms else None,
            made_at=now(),
            kept_until=kept_until(filed.completed_at, KEPT, now()),
            methodology=self._methodology,
            days=days,
            kafka_kept=self._kafka_kept,
        )
        return access_report(subject, await self._shown(standing, held))

    async def _shown(self, standing: Standing, held: Sequence[Held]) -> Shown:
        alias, opener = standing.alias, self._opener(standing, "access")
        consents, requests = await self._consents.of(alias), await self._register.of(alias)
        holds, forwarded = await self._holds.of(alias), await self._instructions.of(alias)
        async with self._database.read() as connection:
            transfers = await transfers_of(connection, standing.tenant)
            mine = select(hand_ins.c.event_id, hand_ins.c.origin).where(hand_ins.c.alias == alias)
            origins = {row.event_id: row.origin for row in await connection.execute(mine)}
            codes = await codes_of(connection, alias)
            reviews = await load(connection, own_requests.c.alias == alias, own_requests.c.type == "review")
        return Shown(
            opener.assessments(held),
            opener.drafts(held),
            opener.looked(held),
            consents,
            requests,
            [] if standing.tenant == INDIVIDUALS else [standing.tenant],
            transfers,
            origins,
            holds=holds,
            forwarded=forwarded,
            codes=codes,
            reviews=[self._told(standing, one) for one in reviews],
        )

    def _told(self, standing: Standing, review: Filed) -> Document:
        """A review in the report: whose idea it was, what was said, and what a human decided."""
        asked = {"request": review.request, "cause": review.cause, "opened_at": written(review.opened_at)}
        trail = self._keystore.subkeys_of(standing, "access").get("trail")
        if trail is None:
            return asked
        return asked | said(standing, trail, review) | reviewed(standing, trail, review)

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
        return reviewed(standing, trail, filed)

    def _opener(self, standing: Standing, purpose: Purpose) -> Opener:
        return Opener(standing, self._keystore.subkeys_of(standing, purpose))


def _portable_draft(one: Document) -> Document:
    form = [{"name": name, "values": values} for name, values in one["form"].items()]
    return {"saved_at": one["saved_at"], "step": one["step"], "form": form}
