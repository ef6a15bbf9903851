"""What is the organisation's, given back to it before its contract ends (GDPR Art. 28(3)(g)): one document a line.

Each line says what it is `of`. The last one is of the `end` and counts the others: without it the export broke off.
"""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from services.client.platform import Platform, Refused

_LISTS = (
    ("request", "/v1/employees/requests", "requests"),
    ("notice", "/v1/privacy/notices", "notices"),
    ("boundary", "/v1/boundaries", "boundaries"),
    ("webhook", "/v1/webhooks", "webhooks"),
)
"""What is listed beside the results: what of, where, and by which name in the answer."""
_UNTOLD = frozenset({403, 404, 409, 410})
"""What is answered where no reasons are told: their person has not chosen so, or is gone, or a human decides yet."""
Line = dict[str, Any]


async def export(platform: Platform) -> AsyncIterator[Line]:
    """Every result, with its reasons where its person has chosen so, and every request of an employee, notice,
    boundary and webhook, as the interface tells them.
    """
    counts: Counter[str] = Counter()
    async for one in _all(platform):
        counts[one["of"]] += 1
        yield one
    yield {"of": "end", "counts": dict(counts)}


async def _all(platform: Platform) -> AsyncIterator[Line]:
    async for result in platform.results(0):
        yield {"of": "result", "told": result}
        if result["status"] == "scored" and (reasons := await _reasons(platform, result["id"])) is not None:
            yield {"of": "reasons", "id": result["id"], "told": reasons}
    for of, place, member in _LISTS:
        for one in (await platform.read(place))[member]:
            yield {"of": of, "told": one}


async def _reasons(platform: Platform, assessment: str) -> Line | None:
    try:
        return await platform.read(f"/v1/assessments/{assessment}/explanation")
    except Refused as refused:
        if refused.status in _UNTOLD:
            return None
        raise
