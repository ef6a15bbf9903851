"""A witness that comes, goes, fails or answers again leaves an entry; its cosignatures never do, or they would feed
themselves.

A failure is one after three rounds in a row without a cosignature, a contradiction at once. Of several logs a witness
answers once it answers for each that it failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from services.audit.acts import Act, Acts, By
from services.audit.tables import witnesses
from services.audit.witness.asking import Cosigned, Failed
from services.audit.witness.policy import Policy, Witness

ACTOR: Final = By("service:audit")
_ROUNDS: Final = 3
Change = Literal["added", "removed", "failing", "answering"]


class WitnessChanges:
    """What the log has said of its witnesses, in the database, each change with its entry in one transaction."""

    def __init__(self, database: Database, acts: Acts, policy: Policy) -> None:
        self._database = database
        self._acts = acts
        self._policy = policy
        self._missed: Counter[tuple[str, str]] = Counter()

    async def configured(self) -> None:
        """Hold the policy against what was said before: who is new, and who is no longer asked."""
        now = {witness.key.encode() for witness in self._policy.witnesses.values()}
        async with self._database.write() as connection:
            before = set(await connection.scalars(select(witnesses.c.vkey)))
            for vkey in sorted(before - now):
                await connection.execute(delete(witnesses).where(witnesses.c.vkey == vkey))
                await self._say(connection, vkey, "removed")
            for vkey in sorted(now - before):
                await connection.execute(insert(witnesses).values(vkey=vkey, failing=False))
                await self._say(connection, vkey, "added")
        self._acts.wake()

    async def answered(self, log: str, outcomes: Mapping[str, Cosigned | Failed]) -> None:
        """What came of a round of the log of this name, by the policy's names."""
        for name, outcome in outcomes.items():
            witness = self._policy.witnesses[name]
            if isinstance(outcome, Cosigned):
                del self._missed[log, name]
                if not any(missing == name for _, missing in self._missed):
                    await self._turned(witness, False, "it answers again")
                continue
            self._missed[log, name] += 1
            if self._missed[log, name] >= _ROUNDS or outcome.trouble in ("ahead", "forked"):
                await self._turned(witness, True, f"{log}: {outcome.trouble}: {outcome.reason}"[:500])

    async def _turned(self, witness: Witness, failing: bool, reason: str) -> None:
        vkey = witness.key.encode()
        async with self._database.write() as connection:
            turned = await connection.execute(
                update(witnesses)
                .where(witnesses.c.vkey == vkey, witnesses.c.failing.is_not(failing))
                .values(failing=failing)
            )
            if turned.rowcount:
                await self._say(connection, vkey, "failing" if failing else "answering", reason)
        self._acts.wake()

    async def _say(self, connection: AsyncConnection, vkey: str, change: Change, reason: str = "") -> None:
        fields = (("witness", vkey), ("change", change), ("reason", reason))
        await self._acts.put(connection, Act("witness-changed", fields, by=ACTOR))
