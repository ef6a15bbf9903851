"""Gather all advice on one person, and render it for a terminal."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from services.methodology.outlook_report import exposure_table, obsolescence_table
from services.methodology.plan_report import credentials_tables, habits_table, plan_table
from services.methodology.version import ENGLISH, Version
from services.methodology.wording import Wording
from services.methodology.work_report import path_page, qualification_page, signals_table

Document = dict[str, Any]


def state(said: Wording, change: Document, end: str) -> str:
    """Where a change begins (`from`) or leads to (`to`)."""
    state = change[end]
    if "amount" in state:
        return said.money(state["amount"], change["currency"])
    months = state.get("months")
    faded = f", {said.says('state.faded', months=said.months(months))}" if months else ""
    return said.says("state.level", level=state["level"]) + faded


def counterfactual_table(said: Wording, told: Document) -> RenderableType:
    """The smallest change to the target, with both sums of its proof."""
    target = said.points(told["target"])
    if not told["reachable"]:
        return Text(said.says("smallest.unreachable", target=target, most=said.points(told["maximum"])))
    if not told["changes"]:
        return Text(said.says("smallest.reached", target=target))
    table = said.table(said.says("smallest", target=target), ("points", "item", "from", "to"), numbers=[0])
    for change in told["changes"]:
        then = change.get("behaviour") or state(said, change, "to")
        refreshed = change["to"].get("level") == change["from"].get("level") and "months" in change["to"]
        table.add_row(
            said.points(change["gain"], signed=True),
            said.name(change["id"]),
            state(said, change, "from"),
            said.says("state.refreshed") if refreshed else then,
        )
    return Group(table, Text(proof(said, told["proof"]), style="dim"))


def proof(said: Wording, proof: Document) -> str:
    """Both sums, in as many decimals as tell them from what is needed."""
    fewer, needed = said.apart(proof["sum_of_one_fewer"], proof["needed"])
    enough = said.points(proof["sum_of_as_many"], 2)
    if proof["items"] == 1:
        return said.says("smallest.proof_of_one", needed=needed, of_items=enough)
    counts = {"fewer": proof["items"] - 1, "items": proof["items"]}
    return said.says("smallest.proof", **counts, of_fewer=fewer, needed=needed, of_items=enough)


def advice_documents(
    version: Version,
    answers: Document,
    *,
    hours_per_month: int,
    months: int,
    target: int | None = None,
    language: str = ENGLISH,
) -> Document:
    """All advice on one person by name; ``target`` in units, where one was named."""
    told: Document = {} if target is None else {"counterfactual": version.counterfactual(answers, target, language)}
    return {
        **told,
        "plan": version.plan(answers, hours_per_month, months, language),
        "forecast": version.forecast(answers, language),
        "qualification": version.qualification(answers, language=language),
        "signals": version.signals(language=language),
    }


def advice_report(said: Wording, told: Document) -> Group:
    """``advice_documents``, and ``career_path`` where a way was asked for, as a page for the terminal."""
    parts: list[RenderableType] = []
    if "counterfactual" in told:
        parts.append(counterfactual_table(said, told["counterfactual"]))
    if "plan" in told:
        parts += [plan_table(said, told["plan"]), habits_table(said, told["plan"])]
        parts += [credentials_tables(said, told["plan"])]
        parts += [obsolescence_table(said, told["forecast"]["obsolescence"])]
        parts += [exposure_table(said, told["forecast"]["exposure"])]
        parts += [qualification_page(said, told["qualification"])]
    if "career_path" in told:
        parts.append(path_page(said, told["career_path"]))
    if "signals" in told:
        parts.append(signals_table(said, told["signals"]))
    spaced = [one for part in parts for one in (part, Text())]
    return Group(*spaced[:-1])
