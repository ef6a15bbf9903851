"""The page on advice: forecasts, counterfactuals, plans, other occupations, income and signals."""

from collections import Counter
from collections.abc import Sequence

from services.methodology.v1.advice import qualification, stress, study_plan
from services.methodology.v1.advice.cash import TALKS_MONTHS
from services.methodology.v1.advice.credentials import credentials, note
from services.methodology.v1.advice.effort import RAISE_HOURS, REFRESH_HOURS, UNIT_HOURS
from services.methodology.v1.advice.figures import FIRST_YEAR, figures
from services.methodology.v1.advice.profiles import NEEDS_LEAST, profiles
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.publication.formulas import FORMULAS
from services.methodology.version import Version

YEARS = (FIRST_YEAR, 2026, 2027, 2029, 2031)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _per_mille(parts: int) -> str:
    return f".{(parts + 5) // 10:03d}"


def _in_use() -> str:
    rows = [[speed, *(_per_mille(figures().in_use(speed, year)) for year in YEARS)] for speed in figures().adoption]
    return _table(["speed", *map(str, YEARS)], rows)


def _specialisations(version: Version) -> str:
    rows = [
        [entry["name"], "; ".join(f"{version.name(item)} {level}" for item, level in entry["items"].items())]
        for entry in credentials()["specialisations"]
    ]
    return _table(["specialisation", "items with the level reached"], rows)


def _certifications() -> str:
    rows = [
        [
            entry["name"],
            entry["issuer"],
            entry["date"],
            f"[{entry['read_from']}]({entry['source']})",
            entry["checked"],
        ]
        for entry in credentials()["certifications"]
    ]
    return _table(["certification", "issuer", "dated", "read from", "checked"], rows)


def _stated() -> str:
    listed = credentials()["certifications"]
    return f"in {sum('hours' in entry for entry in listed)} of the {len(listed)} below"


def _evidence() -> str:
    """How many of the regulated professions rest on what."""
    found = Counter(evidence for _, evidence in profiles().professions.values())
    told = {"official": "by an authority", "secondary": "by a report on authorities", "judgement": "by our judgement"}
    return f"{found.total()} listed " + ", ".join(f"{found[one]} {words}" for one, words in told.items())


def _signals() -> str:
    rows = [
        [one["date"], one["grade"], one["statement"], one["publisher"], one["checked"]]
        for one in signals()["signals"]
    ]
    return _table(["date", "grade", "signal", "publisher", "checked"], rows)


def advice_page(version: Version) -> str:
    """Definitions, constants and tables of everything that stands beside a score."""
    efforts = ", ".join(f"{low} to {low + 1}: {hours} h" for low, hours in enumerate(RAISE_HOURS))
    regulated = sum(bool(profile.regulated) for profile in profiles().by_code.values())
    unmeasured = sum(not profile.measured for profile in profiles().by_code.values())
    return f"""# Advice under methodology {version.id}

Everything here is a function of the answers and this version, in whole numbers: the same answers give the same bytes.
None of it changes a score.

## Smallest change (counterfactual)

Each answered item that can be changed has discrete options. A score is linear in its items' values, so their gains add
exactly. The smallest change has the fewest items, then the fewest steps (one level; refreshing what has faded; a quarter
of the expenses from other sources; a month of them in reserve), then the first item ids. That k items are fewest is
proved by two sums that are printed: the k - 1 largest gains fall short of what is needed, the k largest do not.
Not changeable: occupation, shares, activities, past months, the projection. What is open counts at its lower bound.
Without a target it leads to the nearest score that is told as a rise: above the upper end of the score by more than the
detectable change, as two assessments are compared.

## Skills that fade

$${FORMULAS["current"]}$$

A skill falls short in the first month in which its current level, rounded half up, is under the required one. Only this
forecast has a path of the score: everything but the months of the skills stays as it is.

## Exposure to AI

$${FORMULAS["exposure"]}$$

E is the mean of the two ratings by the model alone (alpha), with half of the tools (beta) or with all (gamma). F is the
part in use: 20.0 % of enterprises in the European Union used any AI in 2025 (Eurostat, isoc_eb_ai), continued on the logit
scale with a slope per year of .35, .53 (fitted to 2023 to 2025) or .70; slow and fast are judgement. It counts
enterprises and not work done, so it sets the pace and not the amount.

{_in_use()}

Of each activity, what users hand to AI is told as assistance and what AI performs as automation. A zero is under the
measure's threshold. Exposure is no probability of losing a job.

## Learning plan

Hours are an assumption, told from half to twice: {efforts}; refreshing: {REFRESH_HOURS} h. A plan of up to
{study_plan.HOURS_MAXIMUM} hours a month over up to {study_plan.MONTHS_MAXIMUM} months is the optimum of a multiple-choice knapsack over units of
{UNIT_HOURS} hours. It carries its proof: at a price p for a unit no choice within n units passes
p n + Σ max(0, max(g - p c)), and what loses less against that bound than the gap to the plan is compared choice by
choice. `services.methodology.v1.advice.optimality.holds` checks a printed plan by its own steps, without the table that
found it. Behaviours are told as what to do and take no place in it.

Specialisations and certifications are bundles of items. A plan picks items, which gains at least as much as picking
bundles, and says which bundles it completes or brings nearer. Of each bundle stand the exact gain for this person, the hours and
the gain per hour, and of each of its items whether it is held, asked and below its level, left open, or not asked. What
is open or not asked is counted from level 0 at the upper end, which is an upper bound, and not at all at the lower. A
certification is evidence and gains nothing by itself. An issuer's own figure of hours goes before ours, with its date; it
stands {_stated()}.

{_specialisations(version)}

{_certifications()}

{note()}

## Other occupations

$${FORMULAS["distance"]}$$

Over 33 knowledge areas and 35 skills of importance 3 and more, for {len(profiles().by_code)} occupations. What was answered is compared on the
four levels that are asked, the rest on O*NET's own scale with what is typical of the person's occupations, marked. Up to
{qualification.NOW / 10000:.2f} with no gate closed knowledge and skills suffice now, up to {qualification.NEARLY / 10000:.2f} and one job zone above nearly. Gates are job zone
and required education (of the respondent in the middle; else the projections' entry education) above those of the own
occupations. Occupations more than one job zone below are counted and not listed. Of {unmeasured} fewer than {NEEDS_LEAST} elements are of
importance 3 and more: too little to say how far anybody is from them, so they are named apart. None of this is a licence,
a degree or a place. {regulated} occupations carry the warning of a regulated profession, of the {_evidence()}
(where the list is silent, nothing is promised).

Within a class those come first that O*NET names as related to an own occupation, then the least different ones:
Σ |l - r| ÷ Σ max(l, r) over all 68 levels (Ruzicka's distance), in which having more counts as having less does. Other rankings
are by distance, resilience, openings and wage.

A way leads over occupations that O*NET names as related, never more than one job zone up at once, with the smallest sum of
distances; having worked in an occupation is taken to make somebody typical of it. Openings are those of the projection's
whole line, wages the median of May 2024, both of the United States; a wage of 239,200 USD means that or more.

## Income

Certain income of the next twelve months against expenses, and the balance with all surplus kept. Exact cases: the loss of
any one client, all employment ended after its notice, contracts at {stress.RATE_LEFT_PERCENT} %, {stress.ILLNESS_MONTHS} months of illness where they hurt most. Ranges from
{stress.DRAWS} draws (SHA-256 in counter mode, fixed seed): negotiated renewals, and the same work as a contractor for
{stress.RATES_PERCENT.start} to {stress.RATES_PERCENT[-1]} % after a gap of up to {stress.GAP_MONTHS} months. These figures are judgement. No taxes, no change of prices.
What helps is ranked by what equal money over the year does for the lowest balance of the worst case; longer notice, which
costs none, comes first. Reminders (RFC 5545): of a contract that ends by itself the day to begin to talk, {TALKS_MONTHS} months before, and
the end; of one that renews itself the last day to give notice and the renewal, in every period of the twelve months.

## Market signals

{_signals()}

Grades: {"; ".join(f"{grade} {meaning}" for grade, meaning in signals()["grades"].items())}.
"""
