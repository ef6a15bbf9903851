"""What a service itself must read again, sealed under a key that lies in no database."""

import os
from pathlib import Path

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
