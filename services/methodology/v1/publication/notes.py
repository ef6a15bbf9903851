"""What the formula of each dimension does not say: what is chosen, where from, and what stands in for what is missing."""

NOTES = {
    "tasks": "Each third is one source. The person may change the typical mix (0, ½, 1, 2 or 4 times typical, for the 8 "
    "largest activities and the rest), which moves at most a third of the dimension. The two parts of an activity's "
    "exposure are summed because that brings its scale to the ratings'.",
    "skills": "Up to 6 knowledge areas (the most important of the occupation that are neither suppressed nor not "
    "relevant) and up to 6 technology groups (by technologies in demand, then hot, then name). Weights follow "
    "importance (groups 4 if anything in them is in demand, else 3). Required level from the O*NET level: under 2.5 → 1, "
    "under 4 → 2, under 5.5 → 3, else 4 (groups 3 if in demand, else 2). H is 4.1 years for technologies and 7.0 for "
    "knowledge, from 57 % and 39 % of core skills changing in five years (World Economic Forum), "
    "$H = 5 \\ln 2 / -\\ln(1 - p)$; which class a skill has is our choice.",
    "ai": "The last three months: 0 never, 1 tried once, 2 monthly, 3 weekly, 4 daily or standard practice.",
    "learning": "The last three months. Planned learning: none, under 1, 1 to 3, 3 to 5, over 5 hours a month; the others "
    "never, once, monthly, weekly, several times a week.",
    "market": "United States. A missing projection is taken from the broader code, marked, else it gives an interval.",
    "transfer": "Twelve areas that everyone is asked, against the growing occupation with the most annual openings in "
    "each of the 22 major groups. Recency does not count.",
    "income": "Only in the profile `core+income`. No concentration index and no volatility: both would punish earning "
    "more. An employee with one employer has 0 in the first part, by design.",
}
"""By dimension, in English, as Markdown."""
