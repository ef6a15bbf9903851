"""A person's own assessment, opened for the pages about it by the claim code in their session."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.site import Draw
from infra.pages.visit import Visit
from schemas.purposes import INDIVIDUALS
from services.intake.assessments.rows import Row
from services.intake.organisations.callers import Caller
from services.intake.pages.entrance import A_NEW_ONE_AFTER_SECONDS, ATTEMPTS, Entrance, NotEntered, take
from services.intake.results.reading import Reading
from services.methodology.version import Version, load

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """An assessment with its score: the sealed documents as they were opened, and the version that made them."""

    row: Row
    result: Document
    detail: Document
    answers: Document
    version: Version


class Own:
    """Opens what is the visitor's own."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._attempts = Attempts(ATTEMPTS, A_NEW_ONE_AFTER_SECONDS)
        self._entrance = Entrance("/result", self.enter, "claim-code")

    def entered(self, draw: Draw) -> Draw:
        """A page that needs a claim code: without one, the way leads to where it is asked for."""
        return self._entrance.before(draw)

    async def enter(self, visit: Visit, code: str) -> bool:
        """Begin a session by a claim code; False where it opens nothing. Raises Problem (429)."""
        caller = Caller(INDIVIDUALS, code[:200] or None)
        take(self._attempts, visit.address)
        try:
            await self._reading.own(caller, 1)
        except Problem as problem:
            if problem.status != 401:
                raise
            return False
        self._attempts.give_back(visit.address)
        visit.session.begin(claim=caller.claim_code or "")
        return True

    def caller(self, visit: Visit) -> Caller:
        """The person of this session. Raises NotEntered."""
        claim = visit.session.get("claim")
        if not claim:
            raise NotEntered
        return Caller(INDIVIDUALS, claim)

    async def row(self, visit: Visit) -> Row:
        """The assessment that the address names. Raises NotEntered, Problem (401, 404, 410)."""
        return await self._reading.row(self.caller(visit), visit.request.match_info["id"])

    async def to_change(self, visit: Visit) -> Row:
        """The same, if other answers may be brought to it. Raises NotEntered, Problem (401, 403, 404, 410)."""
        return await self._reading.to_change(self.caller(visit), visit.request.match_info["id"])

    async def newest(self, visit: Visit, most: int) -> list[Row]:
        """The person's assessments, the newest first. Raises NotEntered, Problem (401)."""
        return await self._reading.own(self.caller(visit), most)

    async def among_newest(self, visit: Visit, most: int) -> tuple[Row, list[Row]]:
        """The assessment that the address names, and the newest ones. Raises as `row` does."""
        newest = await self.newest(visit, most)
        named = next((row for row in newest if row.id == visit.request.match_info["id"]), None)
        return named or await self.row(visit), newest

    async def opened(self, visit: Visit, what: str) -> Opened:
        """The assessment with its score, opened to show `what`, which leaves an entry in the log.

        Raises NotEntered, Problem (401, 404, 409 where it has none, 410).
        """
        opened, _ = await self.in_series(visit, what, await self.row(visit), ())
        return opened

    async def in_series(
        self, visit: Visit, what: str, row: Row, series: Sequence[Row]
    ) -> tuple[Opened, dict[str, Document]]:
        """The same of a `row` of theirs, and the reasons of a series of their own beside it, by id."""
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no result", f"The assessment is {row.state}.")
        async with self._reading.view(self.caller(visit), what, [row], series=series) as view:
            result, detail, answers = await view.result(row), await view.detail(row), await view.answers(row)
            details = {one.id: await view.detail(one) for one in series}
        return Opened(row, result, detail, answers, load(result["methodology"]["version"])), details
