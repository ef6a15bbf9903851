"""The version's integer tables: rebuilt from the sources they are the same bytes, and every occupation
is covered.
"""

import hashlib
from collections import Counter

import pytest

from services.methodology.reference import SOURCES
from services.methodology.source import manifest
from services.methodology.v1 import definition as d
from services.methodology.v1.build import TABLES, serialised
from services.methodology.v1.tables import tables

TABLES_SHA256 = "287c183d9948df01853cb2f847de57e4e0328e3ad2e91db17b7ad32035fd9505"


def test_the_tables_rebuilt_from_the_sources_are_the_committed_bytes() -> None:
    built = serialised()
    assert hashlib.sha256(built).hexdigest() == TABLES_SHA256
    assert built == TABLES.read_bytes()


def test_every_source_table_is_the_one_that_the_manifest_names() -> None:
    for name, entry in manifest().items():
        assert hashlib.sha256((SOURCES / f"{name}.csv").read_bytes()).hexdigest() == entry["sha256"]
        assert entry["publisher"] and entry["licence"] and entry["release"] and entry["date"]


def test_911_occupations_are_complete_and_twelve_give_an_interval() -> None:
    counted = Counter(one.status for one in tables().occupations.values())
    assert counted == {"direct": 855, "estimated": 38, "broader": 18, "interval": 12}
    assert len(tables().without_figures) == 93


def test_item_weights_of_every_occupation_sum_to_the_whole() -> None:
    for one in tables().occupations.values():
        assert sum(skill.weight for skill in one.skills) == d.VALUE, one.code
        assert one.mix == () or sum(activity.share for activity in one.mix) == d.MIX_SCALE, one.code
        assert 6 <= len(one.skills) <= d.KNOWLEDGE_ASKED + d.GROUPS_ASKED, one.code
        assert len(one.mix) <= d.ACTIVITIES_ASKED + 1, one.code


def test_all_values_lie_on_the_scale() -> None:
    for one in tables().occupations.values():
        values = [one.human, one.model, *(activity.value for activity in one.mix)]
        values += [] if one.market is None else [one.market]
        assert all(0 <= value <= d.VALUE for value in values), one.code
        assert all(1 <= skill.required <= 4 for skill in one.skills), one.code
        assert one.se_tasks >= d.SE_TASKS_MINIMUM


def test_software_developers_are_estimated_from_named_related_occupations() -> None:
    developers = tables().occupations["15-1252.00"]
    assert developers.status == "estimated"
    assert len(developers.estimated_from) == 5


@pytest.mark.parametrize(("name", "months"), [("technology", 49), ("knowledge", 84)])
def test_half_of_a_skill_is_left_after_its_half_life(name: str, months: int) -> None:
    curve = tables().decay[name]
    assert curve[0] == d.VALUE
    assert abs(curve[months] - d.VALUE // 2) <= 20
    assert list(curve) == sorted(curve, reverse=True)


def test_transferability_has_twelve_areas_and_22_growing_targets() -> None:
    known = tables()
    assert len(known.transfer_targets) == len({code[:2] for code in known.transfer_targets}) == 22
    assert sum(area.weight for area in known.transfer) == d.VALUE
    for area in known.transfer:
        assert (area.values[0], area.values[4]) == (0, d.VALUE)
        assert list(area.values) == sorted(area.values)
