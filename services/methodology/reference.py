"""Reduce the publishers' files to the source tables of this repository: ``python -m … .reference DIRECTORY``.

Only the columns that are used are kept, as text exactly as published (unrounded), together with each
original's publisher, release, licence, date and SHA-256. Titles and names are taken over, sentences (task
statements, descriptions) are not. Rows are sorted, so that the same originals give the same bytes.
"""

import csv
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"

Row = dict[str, str]
Table = tuple[list[str], list[list[str]]]


@dataclass(frozen=True, slots=True)
class Publication:
    """Who published a file, when, and on what terms."""

    publisher: str
    title: str
    release: str
    date: str
    licence: str
    url: str


ONET = Publication(
    "U.S. Department of Labor, Employment and Training Administration",
    "O*NET Database (O*NET is a trademark of USDOL/ETA)",
    "29.3",
    "2025-05",
    "CC BY 4.0",
    "https://www.onetcenter.org/database.html",
)
BLS = Publication(
    "U.S. Bureau of Labor Statistics",
    "Employment Projections, table 1.2",
    "2024-34",
    "2025-08",
    "public domain",
    "https://www.bls.gov/emp/",
)
ELOUNDOU = Publication(
    "Eloundou, Manning, Mishkin, Rock",
    "GPTs are GPTs: Labor market impact potential of LLMs, Science 384",
    "openai/GPTs-are-GPTs at 0471612",
    "2024-06",
    "MIT",
    "https://doi.org/10.1126/science.adj0998",
)
TOMLINSON = Publication(
    "Tomlinson, Jaffe, Wang, Counts, Suri",
    "Working with AI: Measuring the Applicability of Generative AI to Occupations",
    "microsoft/working-with-ai at 84c4eba, with O*NET 29.0",
    "2025-07",
    "CC BY 4.0",
    "https://arxiv.org/abs/2507.07935",
)


def _pick(*columns: tuple[str, str]) -> Callable[[list[Row]], Table]:
    """Keep the named columns under new names, rows sorted."""

    def reduce(rows: list[Row]) -> Table:
        return [new for new, _ in columns], sorted([row[old].strip() for _, old in columns] for row in rows)

    return reduce


def _profile(rows: list[Row]) -> Table:
    """One line an occupation, one column an element: ``importance/level`` and ``s`` suppressed, ``n``
    not relevant.
    """
    elements = sorted({row["element"] for row in rows})
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        flags = "s" * (row["suppress"] == "Y") + "n" * (row["not_relevant"] == "Y")
        cells[row["onet_soc"]][row["element"]] = f"{row['importance']}/{row['level']}{flags}"
    return ["code", *elements], [
        [code, *(cells[code].get(element, "") for element in elements)] for code in sorted(cells)
    ]


def _names(rows: list[Row]) -> Table:
    return ["id", "name"], [list(pair) for pair in sorted({(row["element"], row["name"]) for row in rows})]


def _weights(rows: list[Row]) -> Table:
    """The sparse form of the matrix of activities in occupations."""
    triples = [
        [row["SOC Code"], activity, weight]
        for row in rows
        for activity, weight in row.items()
        if activity != "SOC Code" and float(weight) != 0
    ]
    return ["soc", "activity", "weight"], sorted(triples)


def _related(rows: list[Row]) -> Table:
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        ranked[row["onet_soc"]].append((int(row["rank"]), row["related"]))
    return ["code", "related"], [
        [code, " ".join(related for _, related in sorted(ranked[code]))] for code in sorted(ranked)
    ]


def _alternate(rows: list[Row]) -> Table:
    titles: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        titles[row["onet_soc"]].add(row["alternate_title"].strip())
    return ["code", "titles"], [[code, "|".join(sorted(titles[code]))] for code in sorted(titles)]


def _projections(rows: list[Row]) -> Table:
    columns = (
        "soc",
        "kind",
        "title",
        "employment_2024_thousands",
        "change_percent",
        "annual_openings_thousands",
    )
    more = ("median_wage_2024_usd", "entry_education", "work_experience", "training")
    return [*columns, *more], sorted([row[column].strip() for column in (*columns, *more)] for row in rows)


RATINGS = tuple(f"{rater}_rating_{kind}" for rater in ("human", "dv") for kind in ("alpha", "beta", "gamma"))

TABLES: dict[str, tuple[str, Publication, Callable[[list[Row]], Table]]] = {
    "occupations": (
        "onet_occupations.csv",
        ONET,
        _pick(("code", "onet_soc"), ("title", "title"), ("zone", "job_zone")),
    ),
    "exposure": (
        "occ_level.csv",
        ELOUNDOU,
        _pick(("code", "O*NET-SOC Code"), *((name, name) for name in RATINGS)),
    ),
    "activities": (
        "iwa_metrics.csv",
        TOMLINSON,
        _pick(
            ("id", "IWA"),
            ("title", "title"),
            ("user", "completion_x_scope_x_coverage_user"),
            ("ai", "completion_x_scope_x_coverage_ai"),
        ),
    ),
    "activity_weights": ("soc_iwa_weights.csv", TOMLINSON, _weights),
    "applicability": (
        "soc_ai_applicability_scores.csv",
        TOMLINSON,
        _pick(("soc", "SOC Code"), ("score", "ai_applicability_score")),
    ),
    "knowledge": ("onet_knowledge.csv", ONET, _profile),
    "knowledge_names": ("onet_knowledge.csv", ONET, _names),
    "skills": ("onet_skills.csv", ONET, _profile),
    "skill_names": ("onet_skills.csv", ONET, _names),
    "technologies": (
        "onet_hot_technologies.csv",
        ONET,
        _pick(
            ("code", "onet_soc"),
            ("group", "group"),
            ("technology", "technology"),
            ("hot", "hot"),
            ("in_demand", "in_demand"),
        ),
    ),
    "related": ("onet_related_occupations.csv", ONET, _related),
    "alternate_titles": ("onet_alternate_titles.csv", ONET, _alternate),
    "education": (
        "onet_required_education.csv",
        ONET,
        _pick(("code", "onet_soc"), ("category", "education_category"), ("percent", "percent")),
    ),
    "projections": ("bls_projections_2024_34.csv", BLS, _projections),
}


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def reduce_all(originals: Path, target: Path = SOURCES) -> Iterator[str]:
    """Write every source table and the manifest below ``target``; yields one line of report for each table.

    Raises ``FileNotFoundError`` naming the original that is missing; nothing is fetched.
    """
    target.mkdir(exist_ok=True)
    manifest: dict[str, dict[str, object]] = {}
    for name, (original, publication, reduce) in sorted(TABLES.items()):
        path = originals / original
        header, rows = reduce(_read(path))
        table = target / f"{name}.csv"
        _write(table, header, rows)
        manifest[name] = {
            **asdict(publication),
            "original": original,
            "original_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "columns": header if len(header) <= 12 else [header[0], f"{len(header) - 1} elements"],
            "rows": len(rows),
            "sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
        }
        yield f"{name}: {len(rows)} rows from {original}, {table.stat().st_size:,} bytes"
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    (target / "manifest.json").write_text(text + "\n", encoding="utf-8")


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("usage: make reference SOURCES=DIRECTORY (with the publishers' files)", file=sys.stderr)
        return 2
    for line in reduce_all(Path(sys.argv[1])):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
