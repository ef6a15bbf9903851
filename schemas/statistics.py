"""What is told for statistics about groups, apart from the answers, and what is counted of a hand-in.

Sex and age band are optional and asked apart; neither is of a special category. Nothing of GDPR Art. 9(1), such as
ethnic origin, is asked of anybody.
"""

from typing import Annotated, Any

import msgspec

from schemas.fields import Strict, Text

SEXES = ("female", "male", "another")
AGE_BANDS = ("under-25", "25-34", "35-44", "45-54", "55-64", "65-or-over")
SEXES_BY_AGE = tuple(f"{sex}-{band}" for sex in SEXES for band in AGE_BANDS)
"""Where both meet, for those who told both."""
MAJOR_GROUPS = (11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55)
"""Of the Standard Occupational Classification (2018): the first two digits of an O*NET-SOC code."""
ANSWER_CELLS = {
    "occupation": 1 + len(MAJOR_GROUPS),
    "tasks": 5,
    "skills": 6,
    "recency": 6,
    "knowledge": 6,
    "ai": 6,
    "learning": 6,
}
"""The coarse answers, each with the number of its cells; cell 0 is for what was not answered."""
STATISTICS_SCHEMA = "statistics/1"


class ToldForStatistics(Strict):
    """What a person tells beside the answers; each is left out by whoever prefers not to say."""

    sex = Text(7, choices=SEXES)
    age_band = Text(10, choices=AGE_BANDS)


def _most(most: int) -> msgspec.Meta:
    return msgspec.Meta(ge=0, le=most)


class Counted(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What of a hand-in is counted, sealed for `statistics`: small numbers, so that every one has the same length.

    `sex` and `age_band` are places in `SEXES` and `AGE_BANDS` from 1, 0 where nothing was told; `career_break` is 1
    where a pause was told among the answers. The rest are cells of `ANSWER_CELLS`.
    """

    sex: Annotated[int, _most(len(SEXES))]
    age_band: Annotated[int, _most(len(AGE_BANDS))]
    career_break: Annotated[int, _most(1)]
    occupation: Annotated[int, _most(ANSWER_CELLS["occupation"] - 1)]
    tasks: Annotated[int, _most(ANSWER_CELLS["tasks"] - 1)]
    skills: Annotated[int, _most(ANSWER_CELLS["skills"] - 1)]
    recency: Annotated[int, _most(ANSWER_CELLS["recency"] - 1)]
    knowledge: Annotated[int, _most(ANSWER_CELLS["knowledge"] - 1)]
    ai: Annotated[int, _most(ANSWER_CELLS["ai"] - 1)]
    learning: Annotated[int, _most(ANSWER_CELLS["learning"] - 1)]


def place_of(choice: Any, choices: tuple[str, ...]) -> int:
    """The place of a choice from 1; 0 for none."""
    return choices.index(choice) + 1 if choice in choices else 0
