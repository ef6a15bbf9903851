"""What an organisation says of a webhook: where, and which period it wants again."""

from typing import Any

from schemas.fields import Strict, Text


def moment(**kwargs: Any) -> Text:
    """A time in UTC, to the second."""
    form = r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
    return Text(20, minimum=20, pattern=form, example="2026-11-23T18:00:00Z", **kwargs)


class NewWebhook(Strict):
    """The address that results are sent to, over TLS and public."""

    url = Text(2_000, pattern=r"https?://[\x21-\x7e]+", example="https://hr.example/hooks", required=True)


class ReplayPeriod(Strict):
    """What ended from `since` until before `until`."""

    since = moment(required=True)
    until = moment(required=True)
