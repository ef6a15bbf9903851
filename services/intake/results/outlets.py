"""All channels by which organisations get their results, put together over one feed and one delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.http.outside import Outside
from infra.kafka.lifecycle import Loop
from infra.kafka.producer import Producer
from infra.keys.client import KeyClient
from services.intake.assessments.read_marks import ReadMarks
from services.intake.assessments.store import Store
from services.intake.direct.channels import Channels
from services.intake.direct.outbound import Outbound
from services.intake.direct.sealing import InboundKey
from services.intake.direct.service import Direct
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.invitations.call_backs import CallBacks
from services.intake.invitations.inviting import Inviting
from services.intake.invitations.partner import Partner
from services.intake.invitations.routes import Invitations
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.callers import Callers
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations
from services.intake.results.delivery import Delivery
from services.intake.results.events import Events
from services.intake.results.feed import Feed
from services.intake.results.listed import Results
from services.intake.results.loop import Arrivals
from services.intake.results.notices import Notices
from services.intake.results.told_figures import ToldFigures
from services.intake.results.views import Views
from services.intake.results.workforce_api import Workforce
from services.intake.settings import Settings
from services.intake.webhooks.routes import Webhooks
from services.intake.webhooks.sender import Sender
from services.intake.webhooks.store import WebhookStore

CHANNELS = (Results, Events, Webhooks, Direct, Workforce, Invitations, Partner)


class Part(Protocol):
    """Something that serves routes."""

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """What the channels serve, what runs beside, and the register of organisations with topics of their own."""

    parts: tuple[Part, ...]
    loops: tuple[Loop, ...]
    events: Events
    sender: Sender
    direct: Channels
    inbound_key: InboundKey
    invited: InvitationStore
    inviting: Inviting

    async def forget(self) -> None:
        """Delete what is kept no longer: tries of deliveries, and invitations that have ended."""
        await self.sender.forget()
        await self.invited.forget(written(now()))


def outlets(
    settings: Settings,
    *,
    callers: Callers,
    organisations: Organisations,
    database: Database,
    store: Store,
    keys: KeyClient,
    views: Views,
    notices: Notices,
    producer: Producer,
    outside: Outside,
    arrivals: Arrivals,
    acceptance: Acceptance,
    idempotency_keys: IdempotencyKeys,
    marks: ReadMarks,
) -> Outlets:
    """The channels over these parts."""
    feed, delivery = Feed(database), Delivery(keys, views)
    events = Events(callers, feed, delivery, arrivals)
    subscriptions, safe = WebhookStore(database), Safe(settings.secrets_dir / "intake-webhook-key")
    sender = Sender(
        store=subscriptions,
        feed=feed,
        delivery=delivery,
        notices=notices,
        outside=outside,
        safe=safe,
        closed=lambda: organisations.closed,
    )
    registered, inbound_key = (
        Channels(database, settings.bootstrap),
        InboundKey(settings.secrets_dir / "intake-inbound-key"),
    )
    direct = Direct(
        bootstrap=settings.bootstrap,
        channels=registered,
        key=inbound_key,
        acceptance=acceptance,
        keys=idempotency_keys,
        producer=producer,
        marks=marks,
        outbound=Outbound(marks, feed, delivery, producer),
        closed=lambda: organisations.closed,
    )
    webhooks = Webhooks(
        callers, keys, subscriptions, idempotency_keys=idempotency_keys, feed=feed, outside=outside, safe=safe
    )
    invited = InvitationStore(database)
    inviting = Inviting(store=invited, organisations=organisations, keys=idempotency_keys, outside=outside, safe=safe)
    partner = Partner(
        callers=callers,
        keys=PartnerKeys(database),
        inviting=inviting,
        store=invited,
        assessments=store,
        delivery=delivery,
        issuer=settings.issuer,
    )
    return Outlets(
        (
            Results(callers, feed, delivery),
            events,
            webhooks,
            direct,
            Workforce(callers, feed, delivery, ToldFigures(database, keys)),
            Invitations(callers, inviting, invited, store, settings.issuer),
            partner,
        ),
        (
            Loop("webhooks", sender.run),
            Loop("direct", direct.run),
            Loop("call-backs", CallBacks(invited, outside, safe).run),
        ),
        events,
        sender,
        registered,
        inbound_key,
        invited,
        inviting,
    )
