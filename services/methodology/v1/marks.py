"""The limits of one result: what stands in for a figure, what is typical and not one's own, what was
left open.
"""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.engine import Scored
from services.methodology.v1.tables import Occupation

Document = dict[str, Any]


def _stand_in(dimension: str, occupation: Occupation, soc: str) -> list[Document]:
    """The mark of a figure that is missing (``soc`` is empty) or stands under another code."""
    if not soc:
        return [{"id": "no_figure", "dimension": dimension, "occupation": occupation.code}]
    if soc != occupation.soc:
        return [{"id": "broader_code", "dimension": dimension, "occupation": occupation.code, "codes": [soc]}]
    return []


def _occupation_marks(occupation: Occupation, own: bool) -> list[Document]:
    found = _stand_in("tasks", occupation, occupation.mix_soc)
    if occupation.mix and not own:
        found.append({"id": "typical_mix", "dimension": "tasks", "occupation": occupation.code})
    if occupation.estimated_from:
        codes = list(occupation.estimated_from)
        mark = {"id": "estimated_from_related", "dimension": "skills", "occupation": occupation.code}
        found.append({**mark, "codes": codes})
    return found + _stand_in("market", occupation, occupation.market_soc)


def marks(scored: Scored) -> list[Document]:
    """The limits of this result, the portfolio's first, then what comes of the answers."""
    found: list[Document] = [{"id": "target"}] if scored.answers.get("target") else []
    for (occupation, _), own in zip(scored.plan.portfolio, scored.own, strict=True):
        found.extend(_occupation_marks(occupation, own))
    if scored.values_low is not scored.values_high:
        for number in range(len(d.DIMENSIONS) if scored.profile == d.CORE_INCOME else d.INCOME):
            start, end = scored.plan.spans[number]
            if number != d.MARKET and scored.values_low[start:end] != scored.values_high[start:end]:
                found.append({"id": "unanswered", "dimension": d.DIMENSIONS[number]})
    return found


def core_marks(scored: Scored) -> list[Document]:
    """Without what would tell of an income part."""
    return [mark for mark in marks(scored) if mark.get("dimension") != "income"]
