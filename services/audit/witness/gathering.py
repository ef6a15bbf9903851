"""Gathers cosignatures for each signed checkpoint, beside the appender, which never waits for them.

One round at a time: the newest signed checkpoint goes to every witness at once; what holds is put under it; and if
the policy's quorum is there, that is what outsiders are shown from then on. A checkpoint that falls short is not
shown, and the next round asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp
import structlog
from prometheus_client import Gauge

from services.audit.tlog.appender import Appender
from services.audit.tlog.note import Note
from services.audit.tlog.published_head import RolledBackError
from services.audit.witness.asking import Asker, Cosigned, Failed
from services.audit.witness.policy import Policy

WITNESSED = Gauge("careerpulse_audit_witnessed_size", "Entries under the log's last witnessed checkpoint", ["log"])
ANSWERS = Gauge(
    "careerpulse_audit_witness_answers", "1 where the witness cosigned the log last time, else 0", ["log", "witness"]
)

_AGAIN_SECONDS: Final = 10.0
"""After how long a round is repeated for a checkpoint that somebody has not cosigned."""
Told = Callable[[str, Mapping[str, Cosigned | Failed]], Awaitable[None]]
"""Is told the log's name and what came of each round, by the policy's names of the witnesses."""
log = structlog.get_logger(__name__)


class Gathering:
    """Asks the witnesses of one policy for one log."""

    def __init__(
        self, appender: Appender, policy: Policy, session: aiohttp.ClientSession, told: Told | None = None
    ) -> None:
        self.outcomes: Mapping[str, Cosigned | Failed] = {}
        """By the name of the witness, what came of the last round."""
        self._appender = appender
        self._name = appender.state.key.name
        self._policy = policy
        self._told = told
        self._asked = 0
        self._askers = [
            Asker(session, witness, witness.url) for witness in policy.witnesses.values() if witness.url is not None
        ]

    async def begin(self) -> None:
        """The first round, before anything is appended. Raises RolledBackError where a witness knows otherwise.

        What was witnessed before is shown as long as it is what the policy asks for now.
        """
        await self._appender.require(self._policy.quorum is not None)
        if not self._still_shown():
            await self._appender.publish(None)
        if self._askers:
            await self.round()
        for name, outcome in self.outcomes.items():
            if isinstance(outcome, Failed) and outcome.trouble in ("ahead", "forked"):
                raise RolledBackError(
                    f"the witness {name} contradicts this log: {outcome.reason}. The log's directory was restored "
                    "from an older copy, or another one runs under its name; to go on would fork it. Put the newest "
                    "copy of the directory in its place, or begin a new log with another AUDIT_ORIGIN and an empty "
                    "AUDIT_LOG_DIR; a witness that is wrong itself is taken out of the policy (docs/operations.md)"
                )

    def _still_shown(self) -> bool:
        kept = self._appender.witnessed
        if kept is None:
            return True
        signed = Note.parse(kept).verified_by((self._appender.state.key, *self._policy.keys))
        asked = bool(self._askers) or self._policy.quorum is not None
        return asked and self._policy.satisfied_by(signed)

    async def run(self) -> None:
        """A round for each new checkpoint, until cancelled."""
        while self._askers:
            complete = len(self.outcomes) == len(self._askers) and not self._failed()
            try:
                async with asyncio.timeout(None if complete else _AGAIN_SECONDS):
                    await self._appender.signed(self._asked)
            except TimeoutError:
                log.info("asking-again", size=self._asked)
            await self.round()
            if self._told:
                await self._told(self._name, self.outcomes)

    async def round(self) -> None:
        """Ask every witness for the newest signed checkpoint, and show it if the quorum is there."""
        reader = self._appender.reader()
        signed, self._asked = reader.checkpoint(), self._appender.signed_size
        if self._asked == 0:
            return
        nodes = reader.nodes()
        answers = await asyncio.gather(*(asker.ask(signed, nodes) for asker in self._askers))
        self._tell({asker.witness.name: answer for asker, answer in zip(self._askers, answers, strict=True)})
        await self._show(signed)

    async def _show(self, signed: bytes) -> None:
        note = Note.parse(signed)
        lines = {
            self._policy.witnesses[name].key: outcome.signature
            for name, outcome in self.outcomes.items()
            if isinstance(outcome, Cosigned)
        }
        if not self._policy.satisfied_by(lines.keys()):
            return
        try:
            await self._appender.publish(Note(note.text, (*note.signatures, *lines.values())).encode())
        except OSError as error:
            log.error("cosignatures-not-kept", reason=str(error), size=self._asked)
            return
        WITNESSED.labels(self._name).set(self._asked)

    def _tell(self, outcomes: Mapping[str, Cosigned | Failed]) -> None:
        for name, outcome in outcomes.items():
            ANSWERS.labels(self._name, name).set(isinstance(outcome, Cosigned))
            if isinstance(outcome, Failed) and outcome != self.outcomes.get(name):
                told = {"trouble": outcome.trouble, "reason": outcome.reason}
                log.error("witness-fails", log=self._name, witness=name, **told)
        self.outcomes = outcomes

    def _failed(self) -> list[str]:
        return [name for name, outcome in self.outcomes.items() if isinstance(outcome, Failed)]
