"""Consent in memory, as its callers see it: idempotent by event id, one person for one handle, erased for ever."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

import msgspec

from infra.crypto.claim_code import claim_code
from infra.crypto.subkeys import derive, key_id
from infra.keys.cache import KeyCache
from infra.keys.client import KeysRefused, KeysUnavailable, UnknownTenant
from schemas.employees import (
    AskForEmployee,
    Forwarded,
    ForwardedRequests,
    InstructRequest,
    Invited,
    InviteEmployee,
    ListWaiting,
)
from schemas.keys import (
    CreatedKey,
    Domain,
    NewPerson,
    NewReview,
    RegisterTenant,
    ReleasedKey,
    Subkey,
    TenantDomain,
    TenantKey,
)
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.request_clocks import RequestClock, RequestClocks
from schemas.transfers import Declared, DeclareRecipient, leaves

Answer = TypeVar("Answer", bound=msgspec.Struct)
RELEASED: dict[str, tuple[Domain, ...]] = {
    "scoring": ("answers", "result", "detail", "trail"),
    "access": ("answers", "result", "detail", "trail", "reference"),
    "delivery": ("result", "reference"),
    "draft": ("answers", "trail"),
    "review": ("answers", "result", "detail", "trail"),
    "delivery-detail": ("detail",),
    "statistics": ("statistics", "result"),
}


@dataclass(slots=True)
class Person:
    tenant: str
    data_key: bytes
    claim_code: str | None = None
    refusal: str | None = None


@dataclass(slots=True)
class Ledger:
    """`away` makes every call fail as when consent is down; `release_refused` refuses one purpose to everybody.

    `holds` are the aliases under a legal hold.
    """

    away: bool = False
    release_refused: str | None = None
    instance: str = "0" * 16
    cache: KeyCache = field(default_factory=KeyCache)
    people: dict[str, Person] = field(default_factory=dict)
    events: dict[tuple[str, str], str] = field(default_factory=dict)
    handles: dict[tuple[str, str], str] = field(default_factory=dict)
    tenants: dict[str, RegisterTenant] = field(default_factory=dict)
    declared: list[DeclareRecipient] = field(default_factory=list)
    forwarded: dict[str, dict[str, Forwarded]] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    holds: frozenset[str] = frozenset()
    told: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    reviews: dict[str, NewReview] = field(default_factory=dict)
    asked_for: list[NewPerson] = field(default_factory=list)
    clocks: list[RequestClock] = field(default_factory=list)

    async def open_requests(self) -> RequestClocks:
        if self.away:
            raise KeysUnavailable("away")
        return RequestClocks(tuple(self.clocks))

    @asynccontextmanager
    async def created(self, tenant: str, persons: Sequence[NewPerson]) -> AsyncIterator[tuple[CreatedKey, ...]]:
        yield await self.create(tenant, persons)

    async def create(self, tenant: str, persons: Sequence[NewPerson]) -> tuple[CreatedKey, ...]:
        await self._answer()
        if tenant in self.ended:
            raise UnknownTenant("This organisation is not registered.")
        self.calls.append(len(persons))
        self.asked_for += persons
        return tuple(self._created(tenant, person) for person in persons)

    @asynccontextmanager
    async def held(self, purpose: Purpose, aliases: Sequence[str]) -> AsyncIterator[dict[str, ReleasedKey]]:
        hold = self.cache.hold(aliases)
        try:
            yield await self.release(purpose, aliases)
        finally:
            self.cache.let_go(hold)

    async def release(self, purpose: Purpose, aliases: Sequence[str]) -> dict[str, ReleasedKey]:
        await self._answer()
        self.calls.append(len(aliases))
        return {alias: self._released(purpose, alias) for alias in aliases}

    async def ask_reviews(self, reviews: Sequence[NewReview]) -> None:
        await self._answer()
        self.reviews |= {one.request: one for one in reviews}

    async def resolve(self, claim_code: str) -> str | None:
        await self._answer()
        return self.handles.get((INDIVIDUALS, claim_code))

    async def of_tenants(self, names: Sequence[str], domain: TenantDomain) -> dict[str, TenantKey]:
        await self._answer()
        secrets_of = {name: name.encode().ljust(32, b".") for name in names}
        return {name: TenantKey(key_id(own), derive(own, domain)) for name, own in secrets_of.items()}

    async def on_hold(self, aliases: Sequence[str]) -> frozenset[str]:
        await self._answer()
        return self.holds.intersection(aliases)

    async def register(self, tenant: RegisterTenant) -> None:
        await self._answer()
        self.tenants[tenant.tenant] = tenant

    async def end(self, tenant: str) -> None:
        await self._answer()
        if tenant not in self.tenants:
            raise KeysRefused("This organisation is not registered.")
        del self.tenants[tenant]
        self.ended.add(tenant)

    def add(self, tenant: str = "acme", alias: str | None = None) -> str:
        """A person without any hand-in."""
        alias = alias or secrets.token_hex(16)
        self.people[alias] = Person(tenant, secrets.token_bytes(32))
        return alias

    def subkey(self, alias: str, domain: Domain) -> Subkey:
        return derive(self.people[alias].data_key, domain)

    def key_id(self, alias: str) -> str:
        return key_id(self.people[alias].data_key)

    def refuse(self, alias: str, reason: str = "withdrawn") -> None:
        self.people[alias].refusal = reason

    def erase(self, alias: str) -> None:
        del self.people[alias]

    async def _answer(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)  # as every call over a socket does, it lets others go on
        if self.away:
            raise KeysUnavailable("consent does not answer")

    def _created(self, tenant: str, person: NewPerson) -> CreatedKey:
        alias = self.events.get((tenant, person.event_id)) or self._named(tenant, person)
        if alias is None:
            return CreatedKey(person.event_id, "refused", reason="unknown-claim-code")
        strange = person.claim_code is not None and self.handles.get((INDIVIDUALS, person.claim_code)) != alias
        if strange and not person.invited:
            return CreatedKey(person.event_id, "refused", reason="another-person")
        self.events[tenant, person.event_id] = alias
        known = self.people.get(alias)
        if known is None:
            return CreatedKey(person.event_id, "gone")
        if known.refusal:
            return CreatedKey(person.event_id, "refused", reason=known.refusal)
        if person.invited and not self._welcome(person, alias):
            return CreatedKey(person.event_id, "refused", reason="claim-code-needed")
        subkeys = {domain: self.subkey(alias, domain) for domain in get_args(Domain)}
        told = known.claim_code if tenant == INDIVIDUALS or self.told.get(alias) == person.event_id else None
        return CreatedKey(person.event_id, "active", alias, self.key_id(alias), 1, subkeys, told)

    def _welcome(self, person: NewPerson, alias: str) -> bool:
        """Whether an invited employee may hand in: the first is told a code, which every later one needs."""
        known = self.people[alias]
        if known.claim_code is None:
            known.claim_code = claim_code(known.data_key)
            self.handles[INDIVIDUALS, known.claim_code] = alias
            self.told[alias] = person.event_id
        return self.told[alias] == person.event_id or person.claim_code == known.claim_code

    def _named(self, tenant: str, person: NewPerson) -> str | None:
        if person.alias is not None:
            return person.alias
        if person.claim_code is not None and not person.invited:
            return self.handles.get((tenant, person.claim_code))
        if person.external_id is not None and (tenant, person.external_id) in self.handles:
            return self.handles[tenant, person.external_id]
        alias = self.add(tenant)
        if tenant == INDIVIDUALS:
            self.people[alias].claim_code = secrets.token_urlsafe(20)
            self.handles[tenant, self.people[alias].claim_code] = alias
        elif person.external_id is not None:
            self.handles[tenant, person.external_id] = alias
        return alias

    def _released(self, purpose: Purpose, alias: str) -> ReleasedKey:
        known = self.people.get(alias)
        reason = "erased" if known is None else known.refusal
        if known is None or (reason and purpose != "access") or purpose == self.release_refused:
            return ReleasedKey(alias, "refused", sequence=1, reason=reason or "no-record")
        subkeys = {domain: self.subkey(alias, domain) for domain in RELEASED[purpose]}
        return ReleasedKey(alias, "released", self.key_id(alias), 1, subkeys)

    async def employees(self, call: str, asked: Any, answer: type[Answer]) -> Answer:
        """As consent does, each for the organisation that is named."""
        if self.away:
            raise KeysUnavailable("consent is away")
        told: Any
        match asked:
            case DeclareRecipient():
                self.declared.append(asked)
                told = Declared(leaves(asked.country) and not asked.ended)
            case InviteEmployee():
                known = (asked.tenant, asked.external_id) in self.handles
                told = Invited(secrets.token_hex(16) if known else None, "2026-12-23T18:00:00Z")
            case ListWaiting():
                told = ForwardedRequests(tuple(self.forwarded.get(asked.tenant, {}).values()))
            case AskForEmployee():
                told = ForwardedRequests(self._forwarded(asked))
            case InstructRequest():
                one = self.forwarded.get(asked.tenant, {}).get(asked.id)
                told = ForwardedRequests((one,) if one else ())
            case _:
                raise AssertionError(call)
        assert isinstance(told, answer)
        return told

    def _forwarded(self, asked: AskForEmployee) -> tuple[Forwarded, ...]:
        if (asked.tenant, asked.external_id) not in self.handles:
            return ()
        at = "2026-11-23T18:00:00Z"
        one = Forwarded(
            secrets.token_hex(16), asked.type, None, "organisation", "waiting", at, at, None, at, None, None, None
        )
        self.forwarded.setdefault(asked.tenant, {})[one.id] = one
        return (one,)
