"""The secrets of subscriptions, and what they sign."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def signed(secrets: Sequence[str], message: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message. While two secrets are valid each signs, and the receiver needs one of them."""
    signatures = [Webhook(secret).sign(message, at, body.decode()) for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
