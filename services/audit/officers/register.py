"""The register of officers. A name is looked up by its keyed hash and otherwise lies sealed, as the TOTP secret does.

That one was added or removed, and each log-in, is an act with its entry in the same transaction. Of those that fail
the first of an hour are one each too, and the others one together (see refusals).
"""

import base64
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto import totp
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.http.problems import Problem
from services.audit.acts import Act, Acts, By
from services.audit.officers.passwords import Passwords, one_time
from services.audit.officers.refusals import Refusals
from services.audit.officers.roles import RIGHTS, Right, Role
from services.audit.tables import officer_decisions, officer_sessions, officers

ISSUER = "CareerPulse"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_OPERATOR = By("operator")
_OF_SESSION = (  # asked at every page: to build a statement costs more than to run it
    select(officers)
    .join(officer_sessions, officer_sessions.c.officer == officers.c.id)
    .where(officer_sessions.c.id == bindparam("session"), officer_sessions.c.ends_at > bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts. `one_time`: the password is the first one, and is to be changed before anything else.

    `handle` is a keyed hash of the name: the same again for who is removed and added anew.
    """

    id: str
    name: str
    role: Role
    one_time: bool = False
    handle: str = ""

    @property
    def by(self) -> By:
        """As the log names them."""
        return By(self.role, self.name, self.handle)

    def may(self, right: Right) -> bool:
        """Whether the role has this right."""
        return right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Admission:
    """What a new officer is given, once."""

    password: str
    uri: str


class Officers:
    """Adds, removes and recognises officers. `handle_key` makes the keyed hashes of names."""

    def __init__(
        self,
        database: Database,
        acts: Acts,
        safe: Safe,
        handle_key: bytes,
        *,
        clock: Callable[[], float] = time.time,
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._acts = acts
        self._safe = safe
        self._handle_key = handle_key
        self._passwords = passwords or Passwords()
        self._clock = clock
        self._refusals = Refusals(database, acts, self._name_of, clock)

    async def add(self, name: str, role: Role) -> Admission:
        """Register an officer. Raises Problem: 422 for a malformed name, 409 for one that is taken."""
        if not _NAME.fullmatch(name):
            what = "A name has 1 to 40 of a-z, 0-9, '.', '_' and '-', and a letter or digit at both ends."
            raise Problem(422, "invalid", "Not a name", what)
        identity, password, secret = secrets.token_hex(16), one_time(), secrets.token_bytes(totp.SECRET_BYTES)
        row = {
            "id": identity,
            "handle": self._handle(name),
            "role": role,
            "name": self._safe.seal(name, identity),
            "password": await self._passwords.hashed(password),
            "one_time": True,
            "totp": self._safe.seal(base64.b32encode(secret).decode(), identity),
            "last_step": 0,
            "since": written(now()),
        }
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(officers).values(**row))
                await self._acts.put(connection, configured("added", name, role))
        except IntegrityError:
            raise Problem(409, "taken", "The name is taken", f"{name} is an officer already.") from None
        self._acts.wake()
        return Admission(password, totp.uri(secret, ISSUER, name))

    async def remove(self, name: str) -> None:
        """Let an officer in no more; what they did stays in the log. Raises Problem (404)."""
        async with self._database.write() as connection:
            officer = await self._named(connection, name)
            await connection.execute(delete(officers).where(officers.c.id == officer.id))
            await connection.execute(delete(officer_sessions).where(officer_sessions.c.officer == officer.id))
            await self._acts.put(connection, configured("removed", name, officer.role))
        self._acts.wake()

    async def named(self, name: str) -> Officer:
        """The officer of this name. Raises Problem (404)."""
        async with self._database.read() as connection:
            return await self._named(connection, name)

    async def every(self) -> list[dict[str, Any]]:
        """All officers by name, without secrets."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(officers))).all()
        told = [
            {
                "name": self._name(row),
                "role": row.role,
                "since": row.since,
                "id": row.id,
                "token_since": row.token_since,
            }
            for row in rows
        ]
        return sorted(told, key=lambda one: str(one["name"]))

    async def recognise(self, name: str, password: str, code: str) -> tuple[Officer, int] | None:
        """The officer whose name, password and code these are, with the code's step. Takes equally long for all."""
        async with self._database.read() as connection:
            found = select(officers).where(officers.c.handle == self._handle(name))
            row = (await connection.execute(found)).first()
        fits = await self._passwords.fits(password, None if row is None else row.password)
        if row is None:
            return None
        step = totp.step_of(base64.b32decode(self._safe.open(row.totp, row.id)), code, int(self._clock()))
        return (self._officer(row), step) if fits and step is not None and step > row.last_step else None

    async def admit(self, officer: Officer, step: int, session: bytes, ends_at: datetime) -> bool:
        """Begin a session, with its entry. False where the code was used meanwhile: a code counts once."""
        async with self._database.write() as connection:
            fresh = officers.c.id == officer.id, officers.c.last_step < step
            used = await connection.execute(update(officers).where(*fresh).values(last_step=step))
            if not used.rowcount:
                return False
            await connection.execute(delete(officer_sessions).where(officer_sessions.c.ends_at < written(now())))
            row = {"id": session, "officer": officer.id, "ends_at": written(ends_at)}
            await connection.execute(insert(officer_sessions).values(**row))
            await self._acts.put(connection, Act("officer-logged-in", (("role", officer.role),), by=officer.by))
        self._acts.wake()
        return True

    async def refuse(self, name: str) -> None:
        """Record that somebody tried this name in vain. Raises Problem (503) where it cannot be recorded.

        A name that no officer has is not kept: it may be a password, typed into the wrong field.
        """
        async with self._database.read() as connection:
            known = await connection.scalar(select(officers.c.id).where(officers.c.handle == self._handle(name)))
        await self._refusals.add(known or "")

    async def tell_refusals(self) -> None:
        """Tell how many log-ins failed in hours that are over, beyond those that were told singly."""
        await self._refusals.tell()

    async def of_session(self, session: bytes) -> Officer | None:
        """Whose session this is, as long as it lasts."""
        async with self._database.read() as connection:
            row = (await connection.execute(_OF_SESSION, {"session": session, "moment": written(now())})).first()
        return None if row is None else self._officer(row)

    async def of_token(self, hashed: bytes) -> Officer | None:
        """Whose token has this keyed hash."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(officers).where(officers.c.token == hashed))).first()
        return None if row is None else self._officer(row)

    async def end(self, session: bytes) -> None:
        """End a session."""
        async with self._database.write() as connection:
            await connection.execute(delete(officer_sessions).where(officer_sessions.c.id == session))

    async def change_password(self, officer: Officer, password: str, session: bytes) -> bool:
        """Set a password of the officer's own and end all their other sessions; False for the one they have."""
        mine = officers.c.id == officer.id
        async with self._database.read() as connection:
            kept = await connection.scalar(select(officers.c.password).where(mine))
        if await self._passwords.fits(password, kept):
            return False
        hashed = await self._passwords.hashed(password)
        others = officer_sessions.c.officer == officer.id, officer_sessions.c.id != session
        async with self._database.write() as connection:
            await connection.execute(update(officers).where(mine).values(password=hashed, one_time=False))
            await connection.execute(delete(officer_sessions).where(*others))
        return True

    async def decisions(self) -> dict[str, dict[str, int]]:
        """How often each officer decided how, by name; under no name all who are officers no more."""
        found: dict[str, dict[str, int]] = {}
        async with self._database.read() as connection:
            rows = await connection.execute(select(officers))
            names = {bytes(row.handle).hex(): self._name(row) for row in rows}
            for row in await connection.execute(select(officer_decisions)):
                counted = found.setdefault(names.get(row.officer, ""), {})
                counted[row.decision] = counted.get(row.decision, 0) + row.taken
        return dict(sorted(found.items()))

    async def _named(self, connection: AsyncConnection, name: str) -> Officer:
        found = select(officers).where(officers.c.handle == self._handle(name))
        if (row := (await connection.execute(found)).first()) is None:
            raise Problem(404, "not-found", "Not found", f"There is no officer {name}.")
        return self._officer(row)

    def _officer(self, row: Any) -> Officer:
        return Officer(row.id, self._name(row), row.role, row.one_time, bytes(row.handle).hex())

    async def _name_of(self, connection: AsyncConnection, officer: str) -> str:
        row = (await connection.execute(select(officers).where(officers.c.id == officer))).first()
        return "" if row is None else self._name(row)

    def _name(self, row: Any) -> str:
        return self._safe.open(row.name, row.id)

    def _handle(self, name: str) -> bytes:
        return hmac.digest(self._handle_key, b"officer\0" + name.encode(), "sha256")


def configured(change: str, name: str, role: str) -> Act:
    """The operator has changed something of an officer's."""
    fields = (("setting", "officer"), ("change", change), ("name", name), ("role", role))
    return Act("configuration-changed", fields, by=_OPERATOR)
