"""What officers prove themselves by to the interface: one token each, made for them on the admin socket.

Of a token its keyed hash is kept. It ends when it is made anew or revoked, and with its officer. Each change is an
act with its entry in the same transaction.
"""

import hmac
import secrets

from sqlalchemy import update

from infra.clock import now, written
from infra.db.engine import Database
from services.audit.acts import Acts
from services.audit.officers.register import Officer, Officers, configured
from services.audit.tables import officers

_BYTES = 32


class Tokens:
    """Issues, revokes and recognises tokens. `key` makes their hashes."""

    def __init__(self, database: Database, acts: Acts, register: Officers, key: bytes) -> None:
        self._database = database
        self._acts = acts
        self._register = register
        self._key = key

    async def issue(self, name: str) -> str:
        """A new token of this officer, which is told this once; an earlier one ends. Raises Problem (404)."""
        token = secrets.token_urlsafe(_BYTES)
        await self._put(await self._register.named(name), token, "token-issued")
        return token

    async def revoke(self, name: str) -> None:
        """End the token of this officer, if there is one. Raises Problem (404)."""
        await self._put(await self._register.named(name), None, "token-revoked")

    async def bearer(self, token: str) -> Officer | None:
        """Whose token this is."""
        return await self._register.of_token(self._hashed(token))

    async def _put(self, officer: Officer, token: str | None, change: str) -> None:
        kept: dict[str, bytes | str | None] = {"token": None, "token_since": None}
        if token is not None:
            kept = {"token": self._hashed(token), "token_since": written(now())}
        async with self._database.write() as connection:
            await connection.execute(update(officers).where(officers.c.id == officer.id).values(**kept))
            await self._acts.put(connection, configured(change, officer.name, officer.role))
        self._acts.wake()

    def _hashed(self, token: str) -> bytes:
        return hmac.digest(self._key, b"officer-token\0" + token.encode(), "sha256")
