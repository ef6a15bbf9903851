"""What is the organisation's, given back to it before its contract ends (GDPR Art. 28(3)(g)): one document a line.

Each line says what it is `of`. The last one is of the `end` and counts the others: without it the export broke off.
"""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from services.client.platform import Platform

_LISTS = (
    ("request", "/v1/employees/requests", "requests"),
    ("notice", "/v1/privacy/notices", "notices"),
    ("boundary", "/v1/boundaries", "boundaries"),
    ("webhook", "/v1/webhooks", "webhooks"),
)
"""What is listed beside the results: what of, where, and by which name in the answer."""
Line = dict[str, Any]


async def export(platform: Platform) -> AsyncIterator[Line]:
    """Every result, and every request of an employee, notice, boundary and webhook, as the interface tells them."""
    counts: Counter[str] = Counter()
    async for one in _all(platform):
        counts[one["of"]] += 1
        yield one
    yield {"of": "end", "counts": dict(counts)}


async def _all(platform: Platform) -> AsyncIterator[Line]:
    async for result in platform.results(0):
        yield {"of": "result", "told": result}
    for of, place, member in _LISTS:
        for one in (await platform.read(place))[member]:
            yield {"of": of, "told": one}
