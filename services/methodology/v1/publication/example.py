"""A worked example that a reader can follow with a pocket calculator; every figure comes from the engine."""

from typing import Any

from schemas.points import rounded, written
from services.methodology.v1 import definition as d
from services.methodology.v1.publication.specimen import specimen
from services.methodology.v1.tables import tables
from services.methodology.version import Version

CODE = "27-3042.00"


def answers() -> dict[str, Any]:
    """A technical writer with the typical mix of work."""
    given = specimen("worked example/4", codes=(CODE,))
    given.pop("activities", None)
    return given


def _item(told: dict[str, Any], dimension: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told["dimensions"] if one["id"] == dimension)["items"][number]
    return found


def _tasks(version: Version, told: dict[str, Any]) -> list[str]:
    human, model, *mix = next(one for one in told["dimensions"] if one["id"] == "tasks")["items"]
    occupation = tables().occupations[CODE]
    shares = " + ".join(f"{one['factors']['share_per_mille']}·{one['value']}" for one in mix)
    mean = sum(one.share * one.value for one in occupation.mix) // d.MIX_SCALE
    return [
        f"**Task resilience.** People rate the exposure {occupation.figures['human_rating_beta']}, the model "
        f"{occupation.figures['dv_rating_beta']}: values {human['value']} and {model['value']} of 10,000. The activities, "
        f"by their share per mille and value: ({shares}) / 1000 ≈ {mean}. With weights 3,333, 3,333 and 3,334 the "
        f"dimension is about ({human['value']} + {model['value']} + {mean}) / 3 = "
        f"{(human['value'] + model['value'] + mean) // 3} of 10,000.",
    ]


def _skill(version: Version, told: dict[str, Any]) -> list[str]:
    item = _item(told, "skills")
    factors = item["factors"]
    level, required = min(factors["level"], factors["required"]), factors["required"]
    return [
        f"**One skill, {version.name(item['id'])}.** Level {factors['level']}, asked {required}, refreshed "
        f"{factors['months']} months ago, of which {factors['current']} of 10,000 is current: "
        f"{level} · {factors['current']} / {required} = {item['value']} (cut). It has weight {item['weight']} of 10,000 in "
        f"a dimension of 22 %, so it adds 22 · {item['weight']} · ({item['value']} − 5,000) = {item['contribution']:,} "
        f"units, that is {written(item['contribution'], signed=True)} points.",
    ]


def _market(told: dict[str, Any]) -> list[str]:
    item = _item(told, "market")
    change = item["factors"]["change_percent"]
    return [
        f"**Market demand.** A projected change of {change} % gives ({change} + 10) / 25 = {item['value']} of 10,000."
    ]


def _sum(version: Version, told: dict[str, Any]) -> list[str]:
    lines = ["| dimension | weight | value of 10⁸ | weight · value |", "|---|---:|---:|---:|"]
    for one in told["dimensions"]:
        value = one["value"]["low"]
        name = version.text(f"dimension.{one['id']}")
        lines.append(f"| {name} | {one['weight']} | {value:,} | {one['weight'] * value:,} |")
    lines.append(f"| **sum** | 100 | | **{told['score']['low']:,}** |")
    return lines


def _income(version: Version) -> list[str]:
    """The same person under ``core+income``."""
    figures = {
        "currency": "EUR",
        "largest_source": 240_000,
        "sources_total": 300_000,
        "expenses": 200_000,
        "reserve": 500_000,
        "months_covered": 11,
    }
    told = version.score({**answers(), "profile": d.CORE_INCOME, "income": figures}).trail()["explanations"][1]
    other, reserve, covered = (_item(told, "income", number) for number in range(3))
    value = next(one for one in told["dimensions"] if one["id"] == "income")["value"]["low"]
    score, band = told["score"]["low"], told["band"]
    return [
        "**With income.** 3,000 euros a month from all sources, 2,400 of them from the largest, 2,000 of expenses, a reserve "
        "of 5,000 and 11 covered months, in cents: 10,000 · (300,000 − 240,000) / 200,000 = "
        f"{other['value']}, 10,000 · 500,000 / (6 · 200,000) = {reserve['value']} (cut) and 10,000 · 11 / 12 = "
        f"{covered['value']} (cut). The dimension is 4,000 · {other['value']} + 3,500 · {reserve['value']} + 2,500 · "
        f"{covered['value']} = {value:,} of 10⁸, and the score of the profile `core+income` is {written(score)} points "
        f"(**{rounded(score)}**, band **{rounded(band['low'])} to {rounded(band['high'])}**). The two scores are not compared.",
    ]


def section(version: Version) -> str:
    """The section of the score's page."""
    scored = version.score(answers())
    told = scored.detail()["explanation"]
    band, score = told["band"], told["score"]["low"]
    title = version.name(CODE)
    return "\n\n".join(
        [
            "## A worked example",
            f"A generated person, {title} ({CODE}), with the typical mix of work. It can be followed with a pocket calculator.",
            *_tasks(version, told),
            *_skill(version, told),
            *_market(told),
            "**The score.**",
            "\n".join(_sum(version, told)),
            f"{score:,} units are {written(score)} points, shown as **{rounded(score)}** with the band "
            f"**{rounded(band['low'])} to {rounded(band['high'])}**. Added up from the middle it is the same number: "
            f"{told['base']:,} plus the contributions of all items. A later score under this version and occupation would be "
            f"called different from {written(told['detectable_change'])} points on.",
            *_income(version),
        ]
    )
