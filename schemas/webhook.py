"""What an organisation says of a webhook: where, and which period it wants again."""

from typing import Any

from marshmallow import fields

from schemas.assessment import event_id
from schemas.fields import Integer, Items, Line, Strict, Text


def moment(**kwargs: Any) -> Text:
    """A time in UTC, to the second."""
    form = r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
    return Text(20, minimum=20, pattern=form, example="2026-11-23T18:00:00Z", **kwargs)


class NewWebhook(Strict):
    """The address that results are sent to, over TLS and public.

    `country` (ISO 3166-1) is where it is received. Outside the European Economic Area that is a transfer, which needs
    its `safeguard` by reference (GDPR Art. 45, 46); what is not declared is named as one too.
    """

    url = Text(2_000, pattern=r"https?://[\x21-\x7e]+", example="https://hr.example/hooks", required=True)
    country = Text(2, minimum=2, pattern=r"[A-Z]{2}", example="DE", load_default=None)
    safeguard = Line(300, load_default=None)


class ReplayPeriod(Strict):
    """What ended, or was erased, from `since` until before `until`, at most 31 days."""

    since = moment(required=True)
    until = moment(required=True)


class Webhook(Strict):
    """A subscription, without its secret. `reason` says why it is disabled."""

    id = event_id(required=True)
    url = Text(2_000, required=True)
    state = Text(20, required=True)
    created_at = Text(40, required=True)
    reason = Text(1_000)


class CreatedWebhook(Webhook):
    """A new subscription, and the secret that its messages are signed with, told this once."""

    secret = Text(200, required=True)


class Webhooks(Strict):
    """All subscriptions of an organisation."""

    webhooks = Items(fields.Nested(Webhook), 100, required=True)


class RotatedSecret(Strict):
    """The new secret, told this once, and until when the former one signs beside it."""

    id = event_id(required=True)
    secret = Text(200, required=True)
    former_secret_valid_until = Text(40, required=True)


class ReplayCounted(Strict):
    """How many messages are sent again."""

    messages = Integer(0, 2**53 - 1, required=True)


class DeliveryTry(Strict):
    """One try of a delivery: the status that was answered, or what went wrong. `assessment` is what the message
    tells of: an assessment, or a notice.
    """

    message = Text(100, required=True)
    assessment = event_id(required=True)
    try_ = Integer(1, 1_000_000, required=True, data_key="try")
    at = Text(40, required=True)
    state = Text(20, required=True)
    status = Integer(100, 999)
    error = Text(1_000)


class DeliveryLog(Strict):
    """Tries, the oldest first; `next` is the cursor of the page that follows."""

    deliveries = Items(fields.Nested(DeliveryTry), 500, required=True)
    next = Integer(0, 2**53 - 1, required=True)
