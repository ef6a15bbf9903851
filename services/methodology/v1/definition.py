"""What version 1 defines: dimensions, weights, constants and items. Every number here is a published choice.

Scales: dimension weights are percent of the score; item weights and values are parts of 10,000; errors are
hundredths of a point; shares and factors are per mille.
"""

VERSION = "1"

VALUE = 10_000
MIDDLE = 5_000
"""The middle of the scale: the point that contributions are counted from. It is not an average person."""

TASKS, SKILLS, AI, LEARNING, MARKET, TRANSFER, INCOME = range(7)
DIMENSIONS = ("tasks", "skills", "ai", "learning", "market", "transfer", "income")
CORE = "core"
CORE_INCOME = "core+income"
WEIGHTS: dict[str, tuple[int, ...]] = {
    CORE: (28, 22, 17, 11, 11, 11, 0),
    CORE_INCOME: (25, 20, 15, 10, 10, 10, 10),
}

# Task resilience: T = 1 - (h + d + sum s*e) / 3
HUMAN_WEIGHT = 3_333
MODEL_WEIGHT = 3_333
MIX_WEIGHT = 3_334
ACTIVITIES_ASKED = 8
REST = "rest"
FACTORS = (0, 500, 1000, 2000, 4000)
TYPICAL_FACTOR = 1_000
MIX_SCALE = 1_000_000
"""Shares of activities are kept in parts per million of an occupation's work."""

# Skill currency: min(level, r) / r * 2^(-m / (12 H))
KNOWLEDGE_ASKED = 6
GROUPS_ASKED = 6
LEVELS = (0, 1, 2, 3, 4)
MONTHS_MAXIMUM = 720
HALF_LIFE_TENTHS = {"technology": 41, "knowledge": 70}
"""Years times ten. World Economic Forum, Future of Jobs: 57 % and 39 % of core skills changing in five years;
H = 5 ln 2 / -ln(1 - p). Which class a skill has is our choice."""
LEVEL_STEPS = ("2.5", "4", "5.5")
"""O*NET level below the first asks level 1, below the second 2, below the third 3, else 4."""
GROUP_IMPORTANCE = {True: 400, False: 300}
GROUP_LEVEL = {True: 3, False: 2}
RELATED_USED = 5
RELATED_NEEDED = 3

# AI leverage and learning: 2,500 * level
BEHAVIOUR_STEP = 2_500
AI_ITEMS = ("ai.used", "ai.checked", "ai.context", "ai.workflow", "ai.unfit", "ai.built")
LEARNING_ITEMS = (
    "learning.planned",
    "learning.applied",
    "learning.feedback",
    "learning.read",
    "learning.outside",
    "learning.shown",
)
BEHAVIOUR_WEIGHTS = (1_667, 1_667, 1_667, 1_667, 1_666, 1_666)

# Market demand: clamp((g + 10) / 25, 0, 1), g in percent over ten years, United States
GROWTH_FLOOR = 10
GROWTH_SPAN = 25

# Transferability: twelve areas that everyone is asked
TRANSFER_AREAS = (
    "English Language",
    "Customer and Personal Service",
    "Administration and Management",
    "Mathematics",
    "Public Safety and Security",
    "Computers and Electronics",
    "Education and Training",
    "Psychology",
    "Production and Processing",
    "Administrative",
    "Transportation",
    "Sales and Marketing",
)

# Income resilience
INCOME_ITEMS = ("income.other_sources", "income.reserve", "income.months_covered")
INCOME_WEIGHTS = (4_000, 3_500, 2_500)
RESERVE_MONTHS = 6
MONTHS_OF_YEAR = 12

# Uncertainty, hundredths of a point
SEM = (300, 600, 900, 1_000, 0, 700, 500)
SEM_TYPICAL_MIX = 600
SE_REFERENCE = (0, 300, 0, 0, 2_000, 400, 0)
"""Task resilience has one for each occupation, at least ``SE_TASKS_MINIMUM``."""
SE_TASKS_MINIMUM = 300
SE_ESTIMATED = 300
"""Added to the reference error of skill currency where the skills come from related occupations."""
Z_PERCENT = 196

# Response quality
SECONDS_PER_ANSWER = 2
"""Huang et al. (2012), Journal of Business and Psychology 27: under two seconds an item is not reading."""
UNIFORM_ANSWERS = 12
INSTRUCTED_LEVEL = 2
CONTRADICTIONS = (
    ("ai.used", "ai.checked", 3),
    ("ai.used", "ai.built", 2),
    ("learning.planned", "learning.shown", 3),
)
"""The first never, and yet the second at least as often as given."""
FLAG_GROUPS = 2
