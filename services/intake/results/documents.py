"""One assessment as whoever asks for it is told of it: an organisation the result, its person also what is theirs."""

from collections.abc import Mapping
from typing import Any

from infra.http.problems import Problem
from schemas.answers import CORE_INCOME
from schemas.points import in_points
from schemas.purposes import is_sandbox
from services.intake.advice.series import MOST, beside
from services.intake.assessments.rows import Row
from services.intake.organisations.callers import Caller
from services.intake.results.delivery import REASONS
from services.intake.results.holding_back import HELD_BACK
from services.intake.results.reading import Reading


class Documents:
    """Documents of assessments (`schemas.assessment.Assessment`)."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def told(self, caller: Caller, row: Row) -> dict[str, object]:
        """Status, and the result when there is one; leaves the entry of a view. Raises Problem."""
        document: dict[str, object] = {"id": row.id, "status": row.state}
        if is_sandbox(row.tenant):
            document["test"] = True
        if row.state == "scored" and caller.is_person:
            document |= await self._own(caller, row)
        elif row.state == "scored":
            document |= await self._organisations(caller, row)
        reason = row.reason if caller.is_person else REASONS.get(row.state)
        if reason is not None:
            document["reason"] = reason
        replaced = {"supersedes": row.supersedes, "superseded_by": row.superseded_by}
        return document | {name: other for name, other in replaced.items() if other is not None}

    async def _organisations(self, caller: Caller, row: Row) -> dict[str, object]:
        """The result, or why a boundary of the organisation's own holds it back."""
        try:
            async with self._reading.view(caller, "result", [row]) as view:
                return {"result": await view.result(row)}
        except Problem as problem:
            if problem.kind not in HELD_BACK:
                raise
            return {"reason": problem.kind}

    async def _own(self, caller: Caller, row: Row) -> dict[str, object]:
        """What its person is told of a result beyond what an organisation gets: with income, and the earlier ones."""
        newest = await self._reading.own(caller, MOST)
        rows = [one for one in newest[::-1] if one.state == "scored" and one.id != row.id]
        async with self._reading.view(caller, "result", [row, *rows]) as view:
            told: dict[str, object] = {"result": await view.result(row)}
            if row.trail is not None:
                told |= _with_income(await view.trail(row))
            if rows:
                details = {one.id: await view.detail(one) for one in (*rows, row)}
                told["earlier"] = beside(row.id, details)
        return told


def _with_income(trail: Mapping[str, Any]) -> dict[str, object]:
    """The score of `core+income`, where income was asked: told to its person beside that of `core`."""
    told = {one["profile"]: one for one in trail["explanations"]}
    if CORE_INCOME not in told:
        return {}
    found = told[CORE_INCOME]
    points = in_points(found["score"], found["band"])
    names = ("profile", "score", "band", "detectable_change")
    dimensions = [{name: one[name] for name in ("id", "weight", "value")} for one in found["dimensions"]]
    return {"with_income": {name: found[name] for name in names} | {"points": points, "dimensions": dimensions}}
