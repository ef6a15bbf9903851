"""What a specialisation consists of or a certification evidences, as the plan shows it, with the hours. Pure."""

from dataclasses import dataclass
from typing import Any

from infra.pages.visit import Visit
from services.methodology.wording import Wording

Document = dict[str, Any]
UNKNOWN = ("open", "not_asked")


@dataclass(frozen=True, slots=True)
class Bundle:
    """`items` in one line, those that were not answered marked; `bound` says where the hours are an upper bound, and
    is empty where every level is known.
    """

    items: str
    hours: str
    bound: str


def bundled(visit: Visit, words: Wording, told: Document) -> Bundle:
    """Of an entry of `specialisations`, or of what an entry of `certifications` evidences."""
    _, effort = visit.says, told["effort"]
    unknown = [item for item in told["items"] if item["basis"] in UNKNOWN]
    hours = ""
    if effort["middle"]:
        low, high = (visit.formats.number(effort[end]) for end in ("low", "high"))
        hours = _("%(low)s–%(high)s hours", low=low, high=high)
    bound = ""
    if effort.get("upper_bound"):
        bound = _(
            "an upper bound: %(unknown)s of %(of)s were not answered", unknown=len(unknown), of=len(told["items"])
        )
    return Bundle("; ".join(_item(visit, words, item) for item in told["items"]), hours, bound)


def _item(visit: Visit, words: Wording, item: Document) -> str:
    name = words.name(item["id"])
    return visit.says("%(item)s (not answered)", item=name) if item["basis"] in UNKNOWN else name
