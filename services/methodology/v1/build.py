"""Build version 1's integer tables from the source tables: ``python -m services.methodology.v1.build``.

Everything is computed with exact fractions and written as integers in canonical JSON (sorted keys, no
spaces), so the same source tables give the same bytes on every machine; a test rebuilds them and compares.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.methodology.source import exact, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.market_table import projection
from services.methodology.v1.skill_table import decay, group_id, knowledge, skill_set
from services.methodology.v1.task_table import Mix, broader, disagreement, mix, value_of
from services.methodology.v1.transfer_table import targets, transfer_items

TABLES = Path(__file__).with_name("tables.json")


def _tasks(row: dict[str, str], typical: Mix | None) -> dict[str, Any]:
    human, model = exact(row["human_rating_beta"]), exact(row["dv_rating_beta"])
    exposures = [human, model] + ([typical.exposure] if typical else [])
    return {
        "human": value_of(human),
        "model": value_of(model),
        "mix": [list(activity) for activity in typical.activities] if typical else [],
        "mix_soc": typical.soc if typical else "",
        "se": disagreement(exposures),
        "figures": {
            "human_rating_beta": row["human_rating_beta"],
            "dv_rating_beta": row["dv_rating_beta"],
            "activity_exposure": _decimal(typical.exposure) if typical else "",
        },
    }


def _decimal(value: Fraction) -> str:
    """Six decimals, cut, for display beside the published figures."""
    return f"0.{int(value * 10**6):06d}" if value < 1 else "1.000000"


def _occupation(row: dict[str, str], title: str, zone: str) -> dict[str, Any]:
    code = row["code"]
    soc = code[:7]
    line, skills = projection(soc), skill_set(code)
    return {
        "title": title,
        "zone": int(zone) if zone else 0,
        "tasks": _tasks(row, mix(soc) or mix(broader(soc))),
        "skills": [list(item) for item in skills.items],
        "estimated_from": list(skills.estimated_from),
        "market": line.value if line else -1,
        "market_soc": line.soc if line else "",
        "change_percent": line.change if line else "",
        "employment": line.employment if line else 0,
    }


def build() -> dict[str, Any]:
    """All tables of the version, as plain JSON values."""
    titles = {row["code"]: (row["title"], row["zone"]) for row in rows("occupations")}
    rated = {row["code"]: row for row in rows("exposure")}
    return {
        "occupations": {code: _occupation(row, *titles[code]) for code, row in rated.items()},
        "without_figures": {code: title for code, (title, _) in titles.items() if code not in rated},
        "decay": {name: decay(tenths) for name, tenths in d.HALF_LIFE_TENTHS.items()},
        "transfer": transfer_items(),
        "transfer_targets": list(targets()),
        "knowledge_names": {row["id"]: row["name"] for row in rows("knowledge_names")},
        "skill_names": {row["id"]: row["name"] for row in rows("skill_names")},
        "group_names": {group_id(row["group"]): row["group"] for row in rows("technologies")},
        "activity_names": {row["id"]: row["title"].rstrip(".") for row in rows("activities")},
        "areas_with_data": len(knowledge()),
    }


def serialised() -> bytes:
    return json.dumps(build(), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


if __name__ == "__main__":
    TABLES.write_bytes(serialised())
    print(f"{TABLES.name}: {TABLES.stat().st_size:,} bytes")
