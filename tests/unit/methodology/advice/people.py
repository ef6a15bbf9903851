"""Generated people, and what a change does to their answers."""

from typing import Any

from hypothesis import strategies as st

from services.methodology.specimen import specimen

Document = dict[str, Any]

seeds = st.integers(0, 10**6).map(str)
people = st.builds(specimen, seeds, profile=st.sampled_from(["core", "core+income"]), occupations=st.integers(1, 3))


def thinned(answers: Document, keep: int) -> Document:
    """The same person with some answers left open, chosen by the bits of ``keep``."""
    less = dict(answers)
    for shift, part in enumerate(("skills", "knowledge", "behaviours")):
        less[part] = [one for number, one in enumerate(answers[part]) if keep >> (shift * 12 + number) & 1]
    return less


half_answered = st.builds(thinned, people, st.integers(0, 2**48 - 1))


def after(answers: Document, changes: list[Document]) -> Document:
    """The answers as they are once these changes were made."""
    reached = {change["id"]: change["to"] for change in changes}
    changed = dict(answers)
    for part in ("skills", "knowledge", "behaviours"):
        changed[part] = [{**one, **_reached(part, reached.get(one["id"], {}))} for one in answers.get(part, [])]
    if "income" in answers:
        income = dict(answers["income"])
        if "income.other_sources" in reached:
            income["sources_total"] = income["largest_source"] + reached["income.other_sources"]["amount"]
        if "income.reserve" in reached:
            income["reserve"] = reached["income.reserve"]["amount"]
        changed["income"] = income
    return changed


def _reached(part: str, state: Document) -> Document:
    """Only skills have months."""
    return state if part == "skills" else {key: value for key, value in state.items() if key != "months"}
