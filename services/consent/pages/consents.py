"""Consents with a switch for each purpose: one press gives, one press withdraws (GDPR Art. 7(3))."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.clock import now
from infra.http.problems import not_found
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.keys import RecordDraft
from schemas.privacy_notice import NEWEST
from schemas.purposes import Purpose
from schemas.submission import GIVEN_PURPOSES
from services.consent.consents.given import Consents, NotGivable, NotWithdrawable
from services.consent.consents.receipt import ConsentReceipt
from services.consent.consents.record import Recorded
from services.consent.consents.records import ConsentRecords
from services.consent.erasure.cases import read_time
from services.consent.erasure.receipt import sign
from services.consent.pages.own import Own
from services.consent.pages.words import bases, party, purposes, purposes_told
from services.consent.privacy_notices import NAMES
from services.consent.purpose_table import can_be_objected_to, can_be_withdrawn


@dataclass(frozen=True, slots=True)
class Agreement:
    """One purpose and where it stands."""

    purpose: Purpose
    record: Recorded | None

    @property
    def given(self) -> bool:
        """Whether it goes on."""
        return self.record is not None and self.record.state == "given"

    @property
    def rests_on_consent(self) -> bool:
        """Whether the person switches it; what rests on something else is the controller's."""
        return self.record is None or can_be_withdrawn(self.record.legal_basis)

    @property
    def can_be_objected_to(self) -> bool:
        """Whether an objection ends it."""
        return self.given and self.record is not None and can_be_objected_to(self.record.legal_basis)


def agreements(records: Sequence[Recorded]) -> list[Agreement]:
    """What can be agreed to, and what else has a record; the newest record of a purpose counts."""
    newest: Mapping[Purpose, Recorded] = {one.purpose: one for one in records}
    return [Agreement(one, newest.get(one)) for one in dict.fromkeys((*GIVEN_PURPOSES, *newest))]


class ConsentPages:
    """The handlers. `changed` is called after each change."""

    def __init__(
        self,
        site: Site,
        own: Own,
        *,
        consents: Consents,
        records: ConsentRecords,
        receipt_key: Ed25519PrivateKey,
        changed: Callable[[], None],
    ) -> None:
        self._site = site
        self._own = own
        self._consents = consents
        self._records = records
        self._receipt_key = receipt_key
        self._changed = changed

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        entered = self._own.entered
        return [
            self._site.get("/consents", entered(self.show)),
            self._site.post("/consents", entered(self.switch, self.show)),
            self._site.get("/consents/{id}/receipt", entered(self.receipt)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Every purpose with its switch."""
        return self._page(visit, await self._records.of(await self._own.alias(visit)))

    async def switch(self, visit: Visit) -> web.Response:
        """Give or withdraw one."""
        alias = await self._own.alias(visit)
        records = await self._records.of(alias)
        named = visit.form.get("purpose")
        one = next((one for one in agreements(records) if one.purpose == named and one.rests_on_consent), None)
        if one is None:
            raise not_found("purpose")
        try:
            if visit.form.get("do") == "give":
                draft = RecordDraft(one.purpose, "consent", _notice(records), visit.language)
                await self._consents.give(alias, draft)
            elif one.record is not None and one.given:
                await self._consents.withdraw(alias, one.record.record_id)
        except (NotGivable, NotWithdrawable):
            said = visit.says(
                "This cannot be changed now: while an erasure or a hold is in force nothing new can be agreed to."
            )
            visit.form = visit.form.wrong({f"switch-{one.purpose}": said})
            return self._page(visit, records, 409)
        self._changed()
        return visit.see_other("/consents")

    async def receipt(self, visit: Visit) -> web.Response:
        """The signed receipt of a consent, as a file."""
        record = await self._records.find(await self._own.alias(visit), visit.request.match_info["id"])
        if record is None or record.legal_basis != "consent":
            raise not_found("consent")
        return web.Response(
            body=sign(ConsentReceipt(record, now()), self._receipt_key),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="careerpulse-consent.json"'},
        )

    def _page(self, visit: Visit, records: Sequence[Recorded], status: int = 200) -> web.Response:
        return visit.page(
            "privacy/consents.html",
            status=status,
            agreements=agreements(records),
            purposes=purposes(visit.says),
            told=purposes_told(visit.says),
            bases=bases(visit.says),
            notices=NAMES,
            read_time=read_time,
            party=lambda name: party(visit.says, name),
        )


def _notice(records: Sequence[Recorded]) -> str:
    """The notice under which the person stands."""
    return next((one.notice for one in records if one.roles.processor is not None), NEWEST)
