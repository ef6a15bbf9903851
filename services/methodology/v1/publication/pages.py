"""The pages of this version, by file name, as they stand in ``docs/methodology``."""

from pathlib import Path

from services.methodology.v1.publication.advice_page import advice_page
from services.methodology.v1.publication.example import section
from services.methodology.v1.publication.figures_page import figures_page
from services.methodology.v1.publication.limits_page import limits_page
from services.methodology.v1.publication.score_page import score_page
from services.methodology.version import Version

DIRECTORY = Path(__file__).parents[1].name


def _index(version: Version) -> str:
    return f"""# Methodology {version.id}

The Career Pulse Score says how future-proof a career is, with a band and every reason. All of it can be recomputed: the
figures are in the repository, the arithmetic is in whole numbers, and the same answers give the same bytes for ever.

- [The score](score.md): dimensions, weights, formulas, items, uncertainty, a worked example
- [Advice](advice.md): forecasts, smallest changes, learning plans, other occupations, income, market signals
- [Figures](figures.md): sources with licence and date, coverage, spread over the occupations, effect of the weights
- [Limits](limits.md): what holds of every result, what is not claimed, and the change notes

Content hash of this version, over what decides what is asked and every byte of a result: `{version.hash}`

What advises and explains beside a score is dated and renewed without a new version. It is the edition of
{version.edition_head()["date"]}: `{version.edition}`

A [reference implementation](../../services/methodology/{DIRECTORY}/standalone.py) in one short file shares no code with the engine
and agrees with it to the byte. With its tables, which a running service gives at
`/v1/methodology/{version.id}/standalone.py` and `/v1/methodology/{version.id}/tables.json`, it computes a score anywhere:
`python standalone.py answers.json`.
"""


def pages(version: Version) -> dict[str, str]:
    """Every page; links out of them begin at ``docs/methodology``."""
    return {
        "README.md": _index(version),
        "score.md": score_page(version) + "\n" + section(version) + "\n",
        "advice.md": advice_page(version),
        "figures.md": figures_page(version),
        "limits.md": limits_page(version),
    }
