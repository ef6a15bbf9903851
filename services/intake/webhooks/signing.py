"""The secrets of subscriptions, how they lie at rest, and what they sign."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from standardwebhooks import Webhook

from infra.crypto.root_key import secret_made_once, unwrap, wrap

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


class Safe:
    """Seals what intake itself must read again, under a key that lies in no database: addresses and secrets."""

    def __init__(self, key_file: Path) -> None:
        self._key = secret_made_once(key_file, os.urandom(32))

    def seal(self, text: str, owner: str) -> bytes:
        """The text, sealed for its owner's row."""
        return wrap(self._key, text.encode(), owner)

    def open(self, sealed: bytes, owner: str) -> str:
        """The text again."""
        return unwrap(self._key, sealed, owner).decode()
