"""What if: other levels of what a person can change, tried out on their own answers. Pure; nothing is kept."""

from dataclasses import dataclass
from typing import Any, Literal

from infra.pages.form import Form
from services.methodology.series import change
from services.methodology.version import Version

Document = dict[str, Any]
_LEVELS = ("0", "1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Slider:
    """A level from 0 to 4 that can be moved, with the words of where it stands; `refreshed` of skills only."""

    field: str
    name: str
    level: int
    word: str
    refreshed: bool | None = None


def verdict(before: Document, after: Document) -> Literal["same", "risen", "fallen", "not-detectable"]:
    """What may be said of the difference between the `Detail` of the result and that of what was tried."""
    if before["explanation"]["score"] == after["explanation"]["score"]:
        return "same"
    direction = change(before, after).direction
    return "risen" if direction > 0 else "fallen" if direction < 0 else "not-detectable"


def changed(answers: Document, form: Form) -> Document:
    """The answers with the levels of the form, where it has any."""
    tried = dict(answers)
    for part in ("behaviours", "skills"):
        tried[part] = [_changed(one, form) for one in answers.get(part, ())]
    # Who newly has a skill has it fresh.
    tried["skills"] = [{"months": 0, **one} if one["level"] else one for one in tried["skills"]]
    return tried


def sliders(version: Version, answers: Document, language: str) -> dict[str, list[Slider]]:
    """What can be moved, by part."""
    words = _words(version, answers, language)
    return {
        part: [
            Slider(
                f"w:{one['id']}",
                version.name(one["id"], language),
                one["level"],
                words[part, one["id"]][one["level"]],
                one.get("months") == 0 if part == "skills" else None,
            )
            for one in answers.get(part, ())
        ]
        for part in ("behaviours", "skills")
    }


def _changed(one: Document, form: Form) -> Document:
    level = form.get(f"w:{one['id']}")
    if level not in _LEVELS:
        return one
    found = {**one, "level": int(level)}
    if form.has("refreshed", one["id"]):
        found["months"] = 0
    return found


def _words(version: Version, answers: Document, language: str) -> dict[tuple[str, str], list[str]]:
    codes = [one["code"] for one in answers["occupations"]]
    asked = version.questionnaire(*codes, profile=answers["profile"], language=language)
    return {
        (part["part"], item["id"]): [anchor["text"] for anchor in part["anchors"]]
        for part in asked["parts"]
        if part["part"] in ("behaviours", "skills")
        for item in part["items"]
    }
