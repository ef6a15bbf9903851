"""The state that the operator answers for, in one document: what generated documents and the report show."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from infra.db.engine import Database
from schemas.purposes import LegalBasis
from services.consent.canary import of_a_canary
from services.consent.cases import load_cases, read_time
from services.consent.controller import Party
from services.consent.deadline import answer_by
from services.consent.epochs import Epoch, all_epochs
from services.consent.erasure import UNFINISHED
from services.consent.holds import Hold
from services.consent.instructions import HAND_OVER
from services.consent.retention import CATEGORIES, Category, kept_days
from services.consent.stores import Stores
from services.consent.tables import hand_ins, instructions, persons, requests
from services.consent.tenants import Tenant


class TenantState(msgspec.Struct, frozen=True):
    """A tenant; terms are None for individuals, whose controller is the operator."""

    tenant: str
    people: int
    kept_days: dict[Category, int]
    ended: bool = False
    controller: str | None = None
    contact: str = ""
    legal_basis: LegalBasis | None = None
    agreement: str | None = None
    notice: str | None = None
    instructs: tuple[str, ...] = ()
    research: bool = False


class OpenRequest(msgspec.Struct, frozen=True):
    """A request that is not answered. `waits_for` says for whom or what; `due_by` is the nearest deadline."""

    id: str
    type: str
    state: str
    tenant: str
    opened_at: str
    due_by: str
    answer_by: str
    waits_for: str


class PrivacyState(msgspec.Struct, frozen=True):
    """Times are written `2026-11-23T18:00:00Z`."""

    operator: Party
    erasure_window_seconds: int
    backup_window_days: int
    tenants: tuple[TenantState, ...]
    requests: tuple[OpenRequest, ...]
    holds: tuple[Hold, ...]
    epochs: tuple[Epoch, ...]


class AffectedKey(msgspec.Struct, frozen=True):
    """A person's key: the id tells nothing of the key, and of the person only whose they are."""

    tenant: str
    key_id: str


class AffectedKeys(msgspec.Struct, frozen=True):
    """All keys of one epoch, by tenant."""

    keys: tuple[AffectedKey, ...]


@dataclass(frozen=True, slots=True)
class PrivacyStates:
    """Reads the state."""

    stores: Stores
    operator: Party
    erasure_window_seconds: int
    backup_window_days: int

    async def state(self) -> PrivacyState:
        """As of now."""
        async with self._database.read() as connection:
            people = await _people(connection)
            tenants = [await _tenant(connection, one, people) for one in self.stores.tenants.all()]
            open_requests = [*await _erasures(connection), *await _forwarded(connection)]
            epochs = tuple(await all_epochs(connection))
        return PrivacyState(
            self.operator,
            self.erasure_window_seconds,
            self.backup_window_days,
            tuple(tenants),
            tuple(sorted(open_requests, key=lambda one: one.due_by)),
            tuple(await self.stores.holds.standing()),
            epochs,
        )

    async def affected(self, epoch: int) -> AffectedKeys:
        """The living people's keys that are wrapped in this epoch, each by its id."""
        mine = select(persons.c.tenant, persons.c.key_id).where(persons.c.epoch == epoch)
        async with self._database.read() as connection:
            rows = await connection.execute(mine.order_by(persons.c.tenant, persons.c.key_id))
            return AffectedKeys(tuple(AffectedKey(row.tenant, row.key_id) for row in rows))

    @property
    def _database(self) -> Database:
        return self.stores.database


async def _people(connection: AsyncConnection) -> dict[str, int]:
    """The living, canaries aside."""
    living = persons.c.state != "erased", persons.c.alias.not_in(select(hand_ins.c.alias).where(of_a_canary()))
    counted = select(persons.c.tenant, func.count()).where(*living).group_by(persons.c.tenant)
    return {row[0]: row[1] for row in await connection.execute(counted)}


async def _tenant(connection: AsyncConnection, tenant: Tenant, people: dict[str, int]) -> TenantState:
    days = {category: await kept_days(connection, tenant.name, category) for category in CATEGORIES}
    terms = tenant.registration
    if terms is None:
        return TenantState(tenant.name, people.get(tenant.name, 0), days)
    return TenantState(
        tenant.name,
        people.get(tenant.name, 0),
        days,
        tenant.ended,
        terms.controller,
        terms.contact,
        terms.basis,
        terms.agreement,
        terms.notice,
        terms.instructs,
        terms.research,
    )


async def _erasures(connection: AsyncConnection) -> list[OpenRequest]:
    cases = await load_cases(connection, requests.c.state.in_(UNFINISHED), requests.c.cause != "self-test")
    whose = select(requests.c.id, persons.c.tenant).join(persons, persons.c.alias == requests.c.alias)
    tenants = {row.id: row.tenant for row in await connection.execute(whose.where(requests.c.state.in_(UNFINISHED)))}
    found = []
    for case in cases:
        erasure, deadline = case.erasure, written(answer_by(case.erasure.opened_at))
        waits = {
            "pending": "the window for a cancellation",
            "erased": "the wiping of traces",
            "revoked": "key clients",
            "ordered": "the stores' reports",
        }[erasure.state]
        waits = f"a legal hold: {erasure.held_for}" if erasure.held_for else waits
        tenant = tenants.get(erasure.request, "")
        opened = written(erasure.opened_at)
        found.append(
            OpenRequest(erasure.request, "erasure", erasure.state, tenant, opened, deadline, deadline, waits)
        )
    return found


async def _forwarded(connection: AsyncConnection) -> list[OpenRequest]:
    rows = await connection.execute(select(instructions).where(instructions.c.state == "waiting"))
    found = []
    for row in rows:
        opened = read_time(row.opened_at)
        deadline, hand_over = written(answer_by(opened)), written(opened + HAND_OVER)
        handed = row.handed_over_at is not None
        waits = "the controller's word" if handed else "the controller to fetch it"
        due = deadline if handed else hand_over
        found.append(OpenRequest(row.id, row.type, row.state, row.tenant, row.opened_at, due, deadline, waits))
    return found
