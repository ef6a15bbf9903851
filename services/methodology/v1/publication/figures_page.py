"""The page of figures: sources, coverage, targets, spread and the effect of the weights."""

from collections import Counter
from typing import Any

from schemas.points import written
from services.methodology.source import manifest
from services.methodology.v1 import definition as d
from services.methodology.v1.publication.measured import measured
from services.methodology.v1.publication.score_page import table_of
from services.methodology.v1.publication.translations import translations
from services.methodology.v1.tables import tables
from services.methodology.v1.text import texts
from services.methodology.version import ENGLISH, Version

Figures = dict[str, Any]

STATUS = {
    "direct": "all figures of its own",
    "estimated": "skills estimated from related occupations",
    "broader": "a figure of the broader code",
    "interval": "a figure is missing: the score is an interval",
}


def _source(name: str, entry: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"`{name}.csv`",
        f"{entry['publisher']}: [{entry['title']}]({entry['url']})",
        f"{entry['release']}, {entry['date']}",
        entry["licence"],
        f"{entry['rows']:,}",
        f"`{entry['original_sha256'][:16]}…`",
    )


def _sources() -> str:
    rows = [_source(name, entry) for name, entry in sorted(manifest().items())]
    return table_of(("table", "source", "release, date", "licence", "rows", "SHA-256 of the original"), rows)


def _translations() -> str:
    return "\n\n".join(
        f"{one['note']} Translated: {one['translates']}; {one['licence']}." for one in translations(ENGLISH)
    )


def _coverage() -> str:
    counted = Counter(one.status for one in tables().occupations.values())
    rows = [(text, str(counted[status])) for status, text in STATUS.items()]
    rows.append(
        (
            "no figures at all (“All Other” titles): found by name, not scored",
            str(len(tables().without_figures)),
        )
    )
    return table_of(("occupations", "number"), rows)


def _row(name: str, found: Figures) -> tuple[str, ...]:
    # A dimension's 10⁸ parts are a hundred points of it: a part is worth 100 units.
    numbers = (found[key] for key in ("mean", "deviation", "low", "median", "high"))
    return texts("en")[f"dimension.{name}"], *(written(100 * number) for number in numbers)


HEADER = ("dimension, 0 to 100", "mean", "SD", "5th percentile", "median", "95th percentile")


def _standard_errors(found: Figures) -> str:
    return f"median {found['median'] / 100:.1f} points, 95th percentile {found['high'] / 100:.1f}"


def _percent(count: int, of: int) -> str:
    """With one decimal, halves upwards."""
    tenths = (2_000 * count + of) // (2 * of)
    return f"{tenths // 10}.{tenths % 10}"


def _ends(found: Figures) -> str:
    people = 2 * found["pairs"]
    rows = [
        (texts("en")[f"dimension.{name}"], *(_percent(found[end][name], people) for end in ("at_zero", "at_full")))
        for name in d.DIMENSIONS
    ]
    return table_of(("dimension", "at 0, % of people", "at 100, % of people"), rows)


def _same_level() -> str:
    """Transferability of somebody who has the same level in all twelve areas."""
    rows = [
        (str(level), written(100 * sum(area.weight * area.values[level] for area in tables().transfer)))
        for level in d.LEVELS
    ]
    return table_of(("level in all twelve areas", "transferability"), rows)


def _choices(counted: dict[str, int], of: int) -> str:
    rows = [(kind, str(count), _percent(count, of)) for kind, count in counted.items()]
    return table_of(("what is asked", "occupations", "%"), rows)


def _people(found: Figures) -> str:
    told = {key: written(found["score"][key]) for key in ("mean", "deviation", "low", "median", "high")}
    return (
        f"mean {told['mean']}, SD {told['deviation']}, 5th percentile {told['low']}, median {told['median']}, 95th percentile "
        f"{told['high']}. The occupation explains {_percent(found['explained'], 1_000)} % of the variance (the covariance "
        f"within pairs), and the reliability is .{found['reliability']:03d} (one less the mean squared standard error over "
        "the variance)"
    )


def _break(found: Figures) -> str:
    rows = [
        (how, *(written(found[key][part]) for part in ("mean", "low", "median", "high")))
        for how, key in (("not told", "untold"), ("told as a pause of twelve months", "told"))
    ]
    return table_of(("a break of twelve months", "mean", "5th percentile", "median", "95th percentile"), rows)


def figures_page(version: Version) -> str:
    targets = ", ".join(f"{version.name(code)} ({code})" for code in tables().transfer_targets)
    found = measured()
    occupations, people = (
        table_of(HEADER, [_row(name, one) for name, one in found[key].items()]) for key in ("occupations", "people")
    )
    simulated, effect, market = found["simulated"], found["effect_of_weights"], found["ties"]["market"]
    rated = found["occupations"]["market"]["count"]
    return f"""# Figures of methodology {version.id}

## Sources

Figures and names are taken over exactly as published and unrounded; sentences are not. `make reference SOURCES=DIRECTORY`
reduces the originals to these tables, and the version's integer tables are built from them, the same bytes in every test.

{_sources()}

{_translations()}

## Coverage

{_coverage()}

Missing figures come from the broader code of the classification or, for skills, from the five closest related occupations
that have some (at least three), and are marked. None is invented.

## Targets of transferability

{targets}.

## Spread over the 893 occupations

The 893 have all figures of their own or skills estimated from related occupations. What no answer changes, with the typical
mix of work:

{occupations}

{found["market_at_an_end"]} of the 893 lie at an end of the scale of market demand. The disagreement of the three sources of exposure,
as standard error of task resilience: {_standard_errors(found["task_error"])}.

With one generated person in each occupation (how people answer is an assumption):

{people}

## Simulated people

{2 * simulated["pairs"]:,} people, two in each of {simulated["pairs"]:,} occupations drawn by employment, from the seed `{simulated["seed"]}` (`publication/simulated.py`; how they answer
is an assumption, written down in `publication/specimen.py`). Their `core` score: {_people(simulated)}.

## A break

What happens to the `core` score of {simulated["pairs"]:,} of these people when twelve months pass in which no skill is refreshed, in points
lost. Whoever tells a pause, of which no reason is asked, loses nothing by it:

{_break(found["pause"])}

## Edges

How many of these people lie at an end of a dimension, which then tells them apart from nobody beyond it:

{_ends(simulated)}

Transferability has a ceiling. Most of its targets ask for the second of the four levels, so whoever has it everywhere is
nearly at the top:

{_same_level()}

It tells apart who lacks areas and who does not; it does not tell an expert from somebody who handles usual cases. Another
scale of required levels would move the ceiling by our choice and not by the data, so the definition stays, and the limit is
stated.

## Ties

Market demand takes {market["values"]} different values over the 893 occupations; {market["sharing"]} share theirs with another, at most
{market["most"]} the same one (an end of the scale).

Where the last that is asked and the first that is not are equally important, the id decides (of technology groups the
name). So many occupations have such a tie:

{_choices(found["ties"]["decided_by_id"], rated)}

## Effect of the weights

The weights are a published choice. Drawn {effect["draws"]} times from a Dirichlet distribution around them (parameters: the
weights themselves; the seed is fixed), the `core` score of these people moves by {written(effect["median"])} points in the median
and by less than {written(effect["high"])} in 95 of 100 cases.
"""
