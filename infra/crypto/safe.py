"""What a service itself must read again, sealed under a key that lies in no database."""

import hmac
import os
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from infra.crypto.root_key import secret_made_once, unwrap, wrap


class Safe:
    """Seals texts, each for the row that owns it. The key is made at the first use."""

    def __init__(self, key_file: Path) -> None:
        self._key = secret_made_once(key_file, os.urandom(32))

    def seal(self, text: str, owner: str) -> bytes:
        """The text, sealed for its owner's row."""
        return wrap(self._key, text.encode(), owner)

    def open(self, sealed: bytes, owner: str) -> str:
        """The text again."""
        return unwrap(self._key, sealed, owner).decode()

    def blinded(self, text: str) -> str:
        """What stands for a text, the same each time; without the key nobody can try which text it was."""
        key = HKDFExpand(SHA256(), 32, b"careerpulse/safe/blinded/v1").derive(self._key)
        return hmac.digest(key, text.encode(), "sha256").hex()
