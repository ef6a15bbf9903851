"""What an auditor is told of the scores of groups."""

from marshmallow import fields

from schemas.drift import CountedPeriod
from schemas.fields import Flag, Integer, Items, Strict, Text
from schemas.statistics import AGE_BANDS, SEXES_BY_AGE

BY = ("sex", "age", "break")
CROSSED = "sex-age"
_MOST = 2**53 - 1
_RATE = 1_000
_GAP = 10_000


class GroupScores(Strict):
    """One group. Everything is null of a group of fewer than ten people; of the group with the highest scoring rate
    is null what compares a group to it, and `fisher_millionths` where the two have more than 10,000 people.

    `people` are rounded down to a multiple of five. `gap_hundredths` is the mean score less that of all others who
    told theirs, in hundredths of a point.
    """

    group = Text(10, required=True)
    people = Integer(0, _MOST, required=True, allow_none=True)
    scoring_rate_thousandths = Integer(0, _RATE, required=True, allow_none=True)
    impact_ratio_thousandths = Integer(0, _RATE, required=True, allow_none=True)
    below_four_fifths = Flag(required=True, allow_none=True)
    deviations_hundredths = Integer(0, _MOST, required=True, allow_none=True)
    beyond_two_deviations = Flag(required=True, allow_none=True)
    fisher_millionths = Integer(0, 10**6, required=True, allow_none=True)
    gap_hundredths = Integer(-_GAP, _GAP, required=True, allow_none=True)


class ComparedGroups(Strict):
    """The groups by one attribute. `untold` are those who prefer not to say."""

    by = Text(5, choices=BY, required=True)
    untold = Integer(0, _MOST, required=True)
    groups = Items(fields.Nested(GroupScores), len(AGE_BANDS), required=True)


class CrossedScores(GroupScores):
    """One group of one sex and one age band, such as `female-25-34`."""

    group = Text(18, choices=SEXES_BY_AGE, required=True)


class CrossedGroups(ComparedGroups):
    """The groups where sex and age band meet, of those who told both."""

    by = Text(7, choices=(CROSSED,), required=True)
    groups = Items(fields.Nested(CrossedScores), len(SEXES_BY_AGE), required=True)


class Fairness(Strict):
    """Scoring rates and impact ratios of the decisions of a period, over those who consented to statistics.

    `median_tenths` is the median score of all of them, in tenths of a point; null of fewer than twenty people.
    `limits` says what these figures are not.
    """

    organisation = Text(64, required=True)
    period = fields.Nested(CountedPeriod, required=True)
    median_tenths = Integer(0, 1_000, required=True, allow_none=True)
    compared = Items(fields.Nested(ComparedGroups), len(BY), required=True)
    crossed = fields.Nested(CrossedGroups, required=True)
    limits = Text(500, required=True)
