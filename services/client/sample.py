"""People who do not exist, for a sandbox: a number gives the same person on every machine, each question answered."""

from typing import Any

from services.methodology.version import Version

_OCCUPATIONS = ("15-1252.00", "29-1141.00", "41-2031.00", "11-9021.00", "43-4051.00")
_LEVELS, _MONTHS = 5, (1, 8, 18, 36, 72)
_STRIDE = 3
"""Prime to the number of levels, so that each question is answered with every level in turn."""


def made_up(number: int, as_of: str, version: Version) -> dict[str, Any]:
    """The hand-in of one of them, `schemas.submission.EmployeeHandIn`."""
    occupation = _OCCUPATIONS[number % len(_OCCUPATIONS)]
    asked = version.questionnaire(occupation, profile="core", language="en")["parts"]
    given: dict[str, list[dict[str, Any]]] = {"skills": [], "knowledge": [], "behaviours": []}
    for part in asked:
        for place, item in enumerate(part["items"] if part["part"] in given else ()):
            level = (number // len(_OCCUPATIONS) + _STRIDE * place) % _LEVELS
            answer = {"id": item["id"], "level": level}
            if part["part"] == "skills" and level:
                answer["months"] = _MONTHS[(number + place) % len(_MONTHS)]
            given[part["part"]].append(answer)
    answers = {name: items for name, items in given.items() if items}
    occupations = [{"code": occupation, "share": 1000}]
    assessment = {"as_of": as_of, "profile": "core", "occupations": occupations, **answers}
    return {"external_id": f"made-up-{number + 1}", "assessment": assessment}
