"""Charts: their geometry follows the values, their words are escaped, their tables say the same."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.charts.axes import Plane
from infra.charts.band import Banded, band
from infra.charts.bars import Bar, bars
from infra.charts.chart import Caption, Chart
from infra.charts.fan import Band, Scenario, fan
from infra.charts.lines import MOST, Line, lines
from infra.charts.path import Ends, Rung, path
from infra.charts.scale import Scale, ticks, wrapped
from infra.charts.svg import WIDTH
from infra.charts.waterfall import DoesNotAddUp, Step, waterfall
from infra.charts.ways import Here, Place, ways

CAPTION = Caption("c", "Score & <band>", "What it shows.", ("Name", "Value", "Band"))
YEARS = [(0, "now"), (5, "5 years")]
VALUES = [(0, "0"), (100, "100")]
PLANE = Plane.of(VALUES, YEARS, "Percent")


def elements(chart: Chart, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(chart.svg).iter(tag))  # noqa: S314  # our own drawing


def test_a_bar_is_as_long_as_its_value_and_its_whisker_spans_the_band() -> None:
    chart = bars(CAPTION, [Bar("Tasks", 250, "25", 200, 300, "20–30")], 1000)

    lengths = [float(one.get("width", 0)) for one in elements(chart, "rect")]
    assert lengths == [WIDTH, WIDTH / 4]
    whisker = elements(chart, "polyline")[0].get("points", "")
    assert [point.split(",")[0] for point in whisker.split()] == ["72", "108"]
    assert chart.table.rows == (("Tasks", "25", "20–30"),)


def test_words_are_text_and_never_markup() -> None:
    chart = bars(CAPTION, [Bar("<b>&", 1, '"')], 10)

    assert elements(chart, "title")[0].text == "Score & <band>"
    assert "<b>&" in [one.text for one in elements(chart, "text")]


@given(st.lists(st.integers(-90, 90), min_size=1, max_size=5), st.integers(450, 550))
def test_a_waterfall_joins_each_step_to_the_next_and_ends_at_the_sum(changes: list[int], start: int) -> None:
    steps = [Step("start", start, "", kind="total"), *(Step("step", one, "") for one in changes)]
    end = start + sum(changes)
    chart = waterfall(CAPTION, [*steps, Step("end", end, "", kind="total")], (0, 1000), str)

    bars_ = [one for one in elements(chart, "rect") if one.get("class") != "ground"]
    middle = lambda mark: float(mark.get("x", 0)) + float(mark.get("width", 0)) / 2  # noqa: E731
    edge = middle(bars_[0])
    for bar, change in zip(bars_[1:-1], changes, strict=True):
        left = float(bar.get("x", 0))
        right = left + float(bar.get("width", 0))
        begins, ends = (left, right) if change >= 0 else (right, left)
        assert abs(begins - edge) <= 0.3
        edge = ends
    assert abs(middle(bars_[-1]) - edge) <= 0.3


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_waterfall_is_drawn_on_the_part_of_the_scale_that_is_used_and_names_its_ends(one: int, other: int) -> None:
    steps = [
        Step("start", one, "", kind="total"),
        Step("step", other - one, ""),
        Step("end", other, "", kind="total"),
    ]
    low, high = (int(end.text or "") for end in elements(waterfall(CAPTION, steps, (0, 1000), str), "text")[-2:])

    assert 0 <= low <= min(one, other) <= max(one, other) <= high <= 1000
    assert high - low <= abs(one - other) + 100


def test_what_open_questions_could_add_is_hatched_and_the_total_is_an_interval() -> None:
    steps = [
        Step("start", 500, "50", kind="total"),
        Step("tasks", -50, "−5"),
        Step("open", 100, "+10", "55", "open"),
        Step("score", 450, "45–55", "45–55", "total", 550),
    ]
    chart = waterfall(CAPTION, steps, (0, 1000), str)

    marks = [one for one in elements(chart, "rect") if one.get("class") == "ink"]
    assert len(marks) == 3  # the start, and both ends of the score
    hatched = [one.get("class") for one in elements(chart, "rect") if one.get("fill") == "none"]
    assert hatched == ["l3", "mark"]
    assert [row[1] for row in chart.table.rows] == ["50", "−5", "+10", "45–55"]


def test_a_waterfall_that_does_not_add_up_is_not_drawn() -> None:
    steps = [Step("a", 3, ""), Step("b", -1, ""), Step("score", 3, "", kind="total")]

    with pytest.raises(DoesNotAddUp, match="score: the steps reach 2, not 3"):
        waterfall(CAPTION, steps, (0, 10), str)


def test_lines_differ_by_dash_as_well_as_by_colour() -> None:
    drawn = [Line(f"skill {n}", ((0, 90), (5, 50 - n)), ("90", f"{50 - n}")) for n in range(MOST)]
    chart = lines(CAPTION, drawn, PLANE)

    strokes = [one for one in elements(chart, "polyline") if re.match("l[0-9]", one.get("class", ""))]
    assert len({one.get("stroke-dasharray") for one in strokes}) == MOST
    shapes = elements(chart, "polygon")
    assert len(shapes) == 3 * (MOST - 2)  # each but dot and ring, at two moments and in the legend
    assert chart.table.rows[0] == ("skill 0", "90", "50")
    with pytest.raises(ValueError, match="cannot be told apart"):
        lines(CAPTION, [*drawn, drawn[0]], PLANE)


def test_a_fan_widens_from_now_on_and_names_its_scenarios() -> None:
    band = Band("likely range", ((0, 50, 50), (5, 20, 80)), ("50", "20–80"))
    scenario = Scenario("as today", ((0, 50), (5, 60)), ("50", "60"))
    chart = fan(CAPTION, [scenario], [band], PLANE)

    points = [
        tuple(map(float, point.split(","))) for point in elements(chart, "polygon")[0].get("points", "").split()
    ]
    assert (points[0], len(points)) == (points[-1], 4)
    assert points[1][1] < points[2][1]
    # seen by its edges as well as by its pale fill
    assert (
        len(
            [
                one
                for one in elements(chart, "polyline")
                if one.get("class") == "l1" and one.get("stroke-width") == "1"
            ]
        )
        == 4
    )
    assert {"as today", "likely range", "Percent"} <= {one.text for one in elements(chart, "text")}
    # and the table tells the band as well
    assert chart.table.rows == (("as today", "50", "60"), ("likely range", "50", "20–80"))


@given(st.integers(-10_000, 10_000), st.integers(0, 10_000), st.integers(2, 12))
def test_marked_values_are_round_few_and_within(low: int, width: int, most: int) -> None:
    marked = ticks(low, low + width, most)

    assert len(marked) <= most
    assert all(low <= one <= low + width for one in marked)
    assert len({later - earlier for earlier, later in pairwise(marked)}) <= 1


@given(st.text(alphabet="ab ", max_size=80), st.integers(4, 30))
def test_no_line_is_longer_than_asked(words: str, most: int) -> None:
    assert all(len(line) <= most for line in wrapped(words, most))


def test_a_scale_needs_two_ends() -> None:
    with pytest.raises(ValueError, match="two different ends"):
        Scale(1, 1, 0, 10)


def test_a_path_shows_each_sibling_on_its_side_and_ends_at_the_root() -> None:
    rungs = [Rung("aa…", True, "ab…", ("left", "aa", "ab")), Rung("bb…", False, "cd…", ("right", "bb", "cd"))]
    chart = path(CAPTION, Ends("Root <1>", "Entry 7", "00…"), rungs)

    rings = [float(dot.get("cx", 0)) for dot in elements(chart, "circle") if dot.get("class") == "f6"]
    assert rings[0] < WIDTH / 2 < rings[1]
    said = ["".join(one.itertext()) for one in elements(chart, "text")]
    assert {"aa…", "bb…", "cd…", "Root <1>", "Entry 7 · 00…"} <= set(said)
    assert chart.table.rows == (("1", "left", "aa", "ab"), ("2", "right", "bb", "cd"))


def test_lines_through_the_same_points_are_one_line_that_bears_each_of_their_names() -> None:
    twins = [Line(name, ((0, 80), (5, 40)), ("80", "40")) for name in ("SQL", "Python")]
    chart = lines(CAPTION, [*twins, Line("Law", ((0, 60), (5, 50)), ("60", "50"))], PLANE)

    drawn = [one.get("class") for one in elements(chart, "polyline") if str(one.get("class")).startswith("l")]
    assert drawn == ["l1", "l2", "l1", "l1", "l2"]  # two lines, then the legend of three
    assert [row[0] for row in chart.table.rows] == ["SQL", "Python", "Law"]


def test_a_place_on_the_map_has_the_number_that_it_has_in_the_list() -> None:
    places = [Place(1, 10, 5_000, "f1", ("Baker",)), Place(3, 20, 6_000, "f2", ("Nurse",))]
    chart = ways(CAPTION, Here(4_000, "You", "far", "up"), places, 20)

    assert {"1", "3"} <= {one.text for one in elements(chart, "text")}
    assert [row[0] for row in chart.table.rows] == ["1. Baker", "3. Nurse"]


def test_no_place_covers_one_s_own_or_its_label() -> None:
    nearest = [Place(number, 2 * number, 4_000, "f1", ("Baker",)) for number in range(6)]
    chart = ways(CAPTION, Here(4_000, "Wherever", "far", "up"), nearest, 40)

    *others, own = [(float(one.get("cx", 0)), float(one.get("cy", 0))) for one in elements(chart, "circle")]
    (label,) = [one for one in elements(chart, "text") if one.text == "Wherever"]
    left, line = float(label.get("x", 0)), float(label.get("y", 0))
    for x, y in others:
        assert abs(x - own[0]) > 15 or abs(y - own[1]) > 15
        assert not (left < x < left + 60 and line - 18 < y < line + 6), (x, y)


def test_a_way_of_several_moves_leads_from_each_place_to_the_next() -> None:
    places = [Place(1, 10, 5_000, "f2", ("Baker",)), Place(2, 20, 6_000, "f1", ("Nurse",))]
    chart = ways(CAPTION, Here(4_000, "You", "far", "up"), places, 20, onward=True)

    _axes, *moves = [one.get("points", "").split() for one in elements(chart, "polyline")]
    assert [len(move) for move in moves] == [2, 2]
    assert moves[0][1] == moves[1][0]


def test_no_text_is_smaller_than_twelve_where_a_telephone_shows_it() -> None:
    """At 360 pixels a drawing is 328 wide."""
    charts = [
        bars(CAPTION, [Bar("Tasks", 250, "25", 200, 300)], 1000),
        band(CAPTION, Banded(59, 59, 49, 69, "59", "49 to 69"), ((0, "0"), (50, "50"), (100, "100"))),
        waterfall(CAPTION, [Step("start", 5, "", kind="total"), Step("step", 2, "")], (0, 10), str),
        lines(CAPTION, [Line("skill", ((0, 90), (5, 50)), ("90", "50"))], PLANE),
        fan(CAPTION, [Scenario("as today", ((0, 50), (5, 60)), ("50", "60"))], [], PLANE),
        ways(CAPTION, Here(4_000, "You", "far", "up"), [Place(1, 10, 5_000, "f1", ("Baker",))], 20),
    ]
    sizes = {
        float(text.get("font-size", 0))
        for chart in charts
        for text in elements(chart, "text")
        if text.get("class") != "paper"
    }
    assert min(sizes) * 328 / WIDTH >= 12


def test_a_marked_value_is_never_cut_off_at_the_left() -> None:
    on = Plane.of([(0, "€0"), (1, "−€1,234,567")], YEARS)
    assert on.across.start >= 7 * len("−€1,234,567")
