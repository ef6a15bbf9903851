"""`GET /v1/assessments`: all that a person handed in under one claim code, and which change may be called one.

Only results of one version are compared. Those of an older one are offered to be scored again by the newest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from schemas.assessment import SeriesDocument
from services.intake.advice.guidance import personal
from services.intake.advice.rescoring import outdated, rescored_id
from services.intake.assessments.rows import Row
from services.intake.contract import PERSON
from services.intake.organisations.callers import Callers
from services.intake.results.reading import Reading
from services.methodology.series import change, earlier_than, neighbours
from services.methodology.version import Version

MOST = 100
"""Assessments that are told at once, the newest ones; that older ones were left out is said."""
_VERDICTS = {1: "risen", 0: "not-detectable", -1: "fallen"}
Document = dict[str, Any]


class Series:
    """The handler. `version` is the newest one."""

    def __init__(self, version: Version, callers: Callers, reading: Reading) -> None:
        self._version = version
        self._callers = callers
        self._reading = reading

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/assessments", self.own)]

    @operation(
        name="series",
        proofs=(PERSON,),
        answers={200: json_of(SeriesDocument)},
        problems=(401, 403, 422, 429, 503),
    )
    async def own(self, request: web.Request) -> web.Response:
        """A person's own assessments, the oldest first, with the changes between those that are compared."""
        caller = personal(self._callers.caller(request))
        Parameters(request).settle()
        newest = await self._reading.own(caller, MOST + 1)
        rows = newest[MOST - 1 :: -1]
        scored = [row for row in rows if row.state == "scored"]
        async with self._reading.view(caller, "series", scored) as view:
            details = {row.id: await view.detail(row) for row in scored}
        document = {
            "newest_methodology": self._version.head(),
            "assessments": [_told(row, details.get(row.id)) | self._offer(row, details, rows) for row in rows],
            "changes": changes({row.id: details[row.id] for row in scored if row.superseded_by is None}),
            "older_left_out": len(newest) > MOST,
        }
        return web.Response(
            body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
        )

    def _offer(self, row: Row, details: Mapping[str, Document], rows: Sequence[Row]) -> Document:
        """Of a result of an older version: how to score its answers by the newest, or where that was done."""
        if row.id not in details or not outdated(details[row.id], self._version):
            return {}
        again, place = rescored_id(row.id, self._version), f"/v1/assessments/{row.id}"
        links = {"self": place}
        if any(one.id == again for one in rows):
            links["rescored"] = f"/v1/assessments/{again}"
        elif row.hand_in is not None:
            links["rescore"] = f"{place}:rescore"
        return {"older_version": True, "links": links}


def changes(details: Mapping[str, Document]) -> list[Document]:
    """Each `Detail` by its assessment's id, against the one before it of the same version, by month."""
    return [_change(*pair, details) for pair in neighbours(details)]


def beside(assessment: str, details: Mapping[str, Document]) -> list[Document]:
    """A result against each earlier one of its version, the nearest first."""
    return [
        _change(earlier, assessment, details)
        | {name: details[earlier][name] for name in ("as_of", "occupations")}
        | {"score": details[earlier]["explanation"]["score"]}
        for earlier in earlier_than(assessment, details)
    ]


def _change(earlier: str, later: str, details: Mapping[str, Document]) -> Document:
    """Nothing is said of a difference between scores that are not compared: not even its size."""
    found = change(details[earlier], details[later])
    told: Document = {"earlier": earlier, "later": later}
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
    if row.superseded_by is not None:
        told["superseded_by"] = row.superseded_by
    return {**told, "links": {"self": f"/v1/assessments/{row.id}"}}
