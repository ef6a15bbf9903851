"""`/v1/webhooks`: an organisation's subscriptions."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import orjson
from aiohttp import web
from msgspec import UNSET

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.http.body import body_of, expect
from infra.http.operation import JSON, Answer, Handler, Parameter, json_of, operation
from infra.http.outside import NotAnAddress, Outside
from infra.http.parameters import Parameters
from infra.http.problems import Problem, invalid, not_found, unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.decoding import Decoder
from schemas.faults import Fault, Faulty
from schemas.transfers import Declared, DeclareRecipient, leaves
from schemas.webhook import (
    CreatedWebhook,
    DeliveryLog,
    NewWebhook,
    ReplayCounted,
    ReplayPeriod,
    RotatedSecret,
    Webhook,
)
from schemas.webhook import Webhooks as WebhooksListed
from services.intake.contract import AFTER, IDEMPOTENCY_KEY, LARGEST_CURSOR, SUBSCRIBER
from services.intake.handing_in.idempotency import IdempotencyKeys, checked, key_reused
from services.intake.organisations.callers import Callers
from services.intake.results.feed import Feed
from services.intake.webhooks.signing import new_secret
from services.intake.webhooks.store import Subscription, WebhookStore

MOST = 10
"""Active at a time."""
MOST_KEPT = 50
"""With those that are disabled, which can be enabled again."""
BOTH_VALID = timedelta(hours=24)
LONGEST_PERIOD = timedelta(days=31)
"""That is replayed at once; more is asked for in parts."""
_NEW: Decoder[Any] = Decoder(NewWebhook)
_PERIOD: Decoder[Any] = Decoder(ReplayPeriod)
_ONE = "/v1/webhooks/{id:[0-9a-f]{32}}"

_REFUSED = (401, 403, 429)
_LIMIT = Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100})
_PLACE = Parameter("Location", "Where it is read.", {"type": "string"}, required=True)


def _declared(
    name: str,
    answers: dict[int, Answer],
    *problems: int,
    takes: Any = None,
    query: Sequence[Parameter] = (),
    headers: Sequence[Parameter] = (),
) -> Callable[[Handler], Handler]:
    body = (413, 415, 422) if takes else ()
    return operation(
        name=name,
        proofs=(SUBSCRIBER,),
        takes={JSON: takes} if takes else {},
        query=query,
        headers=headers,
        answers=answers,
        problems=(*_REFUSED, *problems, *body),
    )


class Webhooks:
    """The handlers."""

    def __init__(
        self,
        callers: Callers,
        keys: KeyClient,
        store: WebhookStore,
        *,
        idempotency_keys: IdempotencyKeys,
        feed: Feed,
        outside: Outside,
        safe: Safe,
    ) -> None:
        self._callers = callers
        self._keys = keys
        self._store = store
        self._idempotency_keys = idempotency_keys
        self._feed = feed
        self._outside = outside
        self._safe = safe

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/webhooks", self.every),
            web.post("/v1/webhooks", self.create),
            web.get(_ONE, self.one),
            web.put(_ONE, self.replace),
            web.delete(_ONE, self.remove),
            web.post(f"{_ONE}/rotate", self.rotate),
            web.post(f"{_ONE}/disable", self.disable),
            web.post(f"{_ONE}/enable", self.enable),
            web.post(f"{_ONE}/replay", self.replay),
            web.get(f"{_ONE}/deliveries", self.deliveries),
        ]

    @_declared("list_webhooks", {200: json_of(WebhooksListed)})
    async def every(self, request: web.Request) -> web.Response:
        """All of the organisation's subscriptions, without their secrets."""
        found = await self._store.of(self._callers.organisation(request).tenant)
        return _answer({"webhooks": [self._told(one) for one in found]})

    @_declared(
        "create_webhook",
        {201: json_of(CreatedWebhook, "It is made.", (_PLACE,))},
        *(400, 409, 503),
        takes=NewWebhook,
        headers=(IDEMPOTENCY_KEY,),
    )
    async def create(self, request: web.Request) -> web.Response:
        """A new subscription to what ends from now on; its secret is told this once, or again under the same key."""
        tenant = self._callers.organisation(request).tenant
        key = checked(request.headers.get("Idempotency-Key"), tenant)
        asked = await _body(request, _NEW)
        url = self._address(asked)
        # A space stands in no key of a caller's, so that no hand-in has the same event id.
        events = await self._idempotency_keys.events(tenant, None if key is None else f"webhook {key}")
        webhook = events.event_id(1)
        recognised = hmac.digest(events.derived("webhook request"), msgspec.json.encode(asked), "sha256")
        if await self._store.find(webhook) is None:
            await self._room(tenant)
            await self._declare(_recipient(tenant, webhook, asked))
        new = Subscription(
            webhook,
            tenant,
            self._safe.seal(url, f"{webhook}/url"),
            self._safe.seal(new_secret(), f"{webhook}/secret"),
            former_secret=None,
            former_until=None,
            state="active",
            reason=None,
            created_at=written(now()),
            told=await self._feed.last(tenant),
            mac=recognised,
        )
        kept = await self._store.add(new)
        if kept.mac != recognised:
            raise key_reused()
        secret = {"secret": self._safe.open(kept.secret, f"{webhook}/secret")}
        return _answer(self._told(kept) | secret, 201, {"Location": f"/v1/webhooks/{webhook}"})

    @_declared("webhook", {200: json_of(Webhook)}, 404)
    async def one(self, request: web.Request) -> web.Response:
        """One subscription."""
        return _answer(self._told(await self._own(request)))

    @_declared("replace_webhook", {200: json_of(Webhook)}, 404, 503, takes=NewWebhook)
    async def replace(self, request: web.Request) -> web.Response:
        """Another address for the same subscription, under the same secret; what is due goes there."""
        one = await self._own(request)
        asked = await _body(request, _NEW)
        url = self._address(asked)
        await self._declare(_recipient(one.tenant, one.id, asked))
        await self._store.change(one.id, url=self._safe.seal(url, f"{one.id}/url"))
        return _answer(self._told(await self._own(request)))

    @_declared("delete_webhook", {204: Answer({}, "It is gone, with its delivery log.")}, 404, 503)
    async def remove(self, request: web.Request) -> web.Response:
        """End a subscription for ever."""
        one = await self._own(request)
        await self._store.change(one.id, state="disabled", reason="it is being deleted")
        await self._declare(DeclareRecipient(one.tenant, one.id, ended=True))
        await self._store.remove(one.id)
        return web.Response(status=204)

    @_declared("rotate_webhook_secret", {200: json_of(RotatedSecret)}, 404)
    async def rotate(self, request: web.Request) -> web.Response:
        """A new secret, told this once; the former one goes on signing beside it for a day."""
        one = await self._own(request)
        secret, until = new_secret(), written(now() + BOTH_VALID)
        sealed = self._safe.seal(secret, f"{one.id}/secret")
        await self._store.change(one.id, secret=sealed, former_secret=one.secret, former_until=until)
        return _answer({"id": one.id, "secret": secret, "former_secret_valid_until": until})

    @_declared("disable_webhook", {200: json_of(Webhook)}, 404)
    async def disable(self, request: web.Request) -> web.Response:
        """Send nothing more; what is due waits."""
        one = await self._own(request)
        await self._store.change(one.id, state="disabled", reason="by the organisation")
        return _answer(self._told(await self._own(request)))

    @_declared("enable_webhook", {200: json_of(Webhook)}, 404, 409)
    async def enable(self, request: web.Request) -> web.Response:
        """Go on, with what came meanwhile."""
        one = await self._own(request)
        if one.state != "active":
            await self._room(one.tenant)
        await self._store.change(one.id, state="active", reason=None)
        return _answer(self._told(await self._own(request)))

    @_declared("replay_webhook", {202: json_of(ReplayCounted)}, 404, takes=ReplayPeriod)
    async def replay(self, request: web.Request) -> web.Response:
        """Send again what ended in a period, under the message ids that it had; what was erased since is gone."""
        one = await self._own(request)
        period = await _body(request, _PERIOD)
        if faults := _period_faults(period):
            raise invalid(faults)
        count = await self._store.replay(one, period.since, period.until, written(now()))
        return _answer({"messages": count}, 202)

    @_declared("webhook_deliveries", {200: json_of(DeliveryLog)}, 404, 422, query=(AFTER, _LIMIT))
    async def deliveries(self, request: web.Request) -> web.Response:
        """The delivery log: each try, the oldest first."""
        one = await self._own(request)
        asked = Parameters(request, "after", "limit")
        after, limit = asked.number("after", 0, LARGEST_CURSOR, 0), asked.number("limit", 1, 500, 100)
        asked.settle()
        tries = await self._store.log(one.id, after, limit)
        return _answer(
            {"deliveries": [_try(one.id, row) for row in tries], "next": tries[-1]["id"] if tries else after}
        )

    def _address(self, asked: Any) -> str:
        try:
            return self._outside.checked(asked.url)
        except NotAnAddress as error:
            raise invalid([Fault("/url", str(error))]) from None

    async def _room(self, tenant: str) -> None:
        """Raise Problem (409) where no other subscription may be active, or be kept."""
        found = await self._store.of(tenant)
        active = sum(one.state == "active" for one in found)
        if active >= MOST or len(found) >= MOST_KEPT:
            detail = f"At most {MOST} are active and {MOST_KEPT} kept; DELETE one that is not needed."
            raise Problem(409, "too-many-webhooks", "Too many webhooks", detail)

    async def _declare(self, recipient: DeclareRecipient) -> None:
        """Tell consent where results go, before any goes there."""
        try:
            await self._keys.employees("recipient", recipient, Declared)
        except KeysUnavailable:
            raise unavailable("The consent service") from None

    async def _own(self, request: web.Request) -> Subscription:
        tenant = self._callers.organisation(request).tenant
        one = await self._store.find(request.match_info["id"])
        if one is None or one.tenant != tenant:
            raise not_found("webhook")
        return one

    def _told(self, one: Subscription) -> dict[str, object]:
        told: dict[str, object] = {
            "id": one.id,
            "url": self._safe.open(one.url, f"{one.id}/url"),
            "state": one.state,
            "created_at": one.created_at,
        }
        return told | ({"reason": one.reason} if one.reason is not None else {})


def _recipient(tenant: str, webhook: str, asked: Any) -> DeclareRecipient:
    """What the organisation declares. Raises Problem (422) for a transfer without its safeguard."""
    country = None if asked.country is UNSET else asked.country
    safeguard = None if asked.safeguard is UNSET else asked.safeguard
    if country is not None and leaves(country) and safeguard is None:
        raise invalid([Fault("/safeguard", "Outside the EEA name what safeguards the transfer (GDPR Art. 45, 46).")])
    return DeclareRecipient(tenant, webhook, country, safeguard)


def _period_faults(period: Any) -> list[Fault]:
    try:
        since, until = datetime.fromisoformat(period.since), datetime.fromisoformat(period.until)
    except ValueError:
        return [Fault("", "Each end must be a day that there is.")]
    if not since < until <= since + LONGEST_PERIOD:
        return [Fault("/until", f"Must lie after since, by at most {LONGEST_PERIOD.days} days.")]
    return []


async def _body(request: web.Request, decoder: Decoder[Any]) -> Any:
    expect(request, "application/json")
    try:
        return decoder.decode(await body_of(request))
    except Faulty as faulty:
        raise invalid(faulty.faults) from None


def _try(webhook: str, row: dict[str, Any]) -> dict[str, object]:
    told = {
        "message": f"{webhook}.{row['sequence']}",
        "assessment": row["assessment"],
        "try": row["number"],
        "at": row["at"],
        "state": row["state"],
    }
    return told | {name: row[name] for name in ("status", "error") if row[name] is not None}


def _answer(document: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
