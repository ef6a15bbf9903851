"""`GET /v1/assessments`: all that a person handed in under one claim code, and which change may be called one."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
from aiohttp import web

from infra.http.parameters import Parameters
from services.intake.callers import Callers
from services.intake.guidance import personal
from services.intake.reading import Reading
from services.intake.store import Row
from services.methodology.series import change

MOST = 100
"""Assessments that are told at once, the newest ones; that older ones were left out is said."""
_VERDICTS = {1: "risen", 0: "not-detectable", -1: "fallen"}
Document = dict[str, Any]


class Series:
    """The handler."""

    def __init__(self, callers: Callers, reading: Reading) -> None:
        self._callers = callers
        self._reading = reading

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/assessments", self.own)]

    async def own(self, request: web.Request) -> web.Response:
        """A person's own assessments, the oldest first, with the changes between neighbours of the scored ones."""
        caller = personal(self._callers.caller(request))
        Parameters(request).settle()
        newest = await self._reading.own(caller, MOST + 1)
        rows = newest[MOST - 1 :: -1]
        scored = [row for row in rows if row.state == "scored"]
        async with self._reading.view(caller, "series", scored) as view:
            details = {row.id: await view.detail(row) for row in scored}
        document = {
            "assessments": [_told(row, details.get(row.id)) for row in rows],
            "changes": changes(details),
            "older_left_out": len(newest) > MOST,
        }
        return web.Response(
            body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
        )


def changes(details: dict[str, Document]) -> list[Document]:
    """Each `Detail` by its assessment's id, against the one before it by month; of one month in the order given."""
    ordered = sorted(details.items(), key=lambda one: str(one[1]["as_of"]))
    return [_change(earlier, later) for earlier, later in pairwise(ordered)]


def _change(earlier: tuple[str, Document], later: tuple[str, Document]) -> Document:
    """Nothing is said of a difference between scores that are not compared: not even its size."""
    found = change(earlier[1], later[1])
    told: Document = {"earlier": earlier[0], "later": later[0]}
    if found.reason:
        return {**told, "verdict": "not-comparable", "differs": found.reason}
    return {
        **told,
        "verdict": _VERDICTS[found.direction],
        "least": found.least,
        "most": found.most,
        "detectable_change": found.detectable,
    }


def _told(row: Row, detail: Document | None) -> Document:
    told: Document = {"id": row.id, "status": row.state, "submitted_at": row.submitted_at}
    if detail is not None:
        reasons = detail["explanation"]
        told |= {name: detail[name] for name in ("as_of", "methodology", "occupations")}
        told |= {name: reasons[name] for name in ("profile", "score", "band", "detectable_change")}
    if row.reason is not None:
        told["reason"] = row.reason
    return {**told, "links": {"self": f"/v1/assessments/{row.id}"}}
