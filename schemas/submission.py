"""A hand-in: the answers, and on whose word they may be used."""

from typing import Any

from marshmallow import fields

from schemas.answers import Answers
from schemas.fields import Flag, Items, Line, Strict, Text
from schemas.privacy_notice import NEWEST
from schemas.purposes import Purpose
from schemas.statistics import ToldForStatistics

GIVEN_PURPOSES: tuple[Purpose, ...] = ("scoring", "statistics", "research")
"""What a person may consent to at the hand-in; `scoring` is needed for a result."""


def language(**kwargs: Any) -> Text:
    """A language tag (RFC 5646) such as `en` or `de-AT`."""
    return Text(35, pattern=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", example="en", **kwargs)


def notice_version(**kwargs: Any) -> Text:
    """The version of the privacy notice that was shown."""
    return Text(40, pattern=r"[A-Za-z0-9][A-Za-z0-9.\-]*", example="individuals-2", **kwargs)


UNKEPT = ("of_age", "country")
"""What is asked to turn people away who are too young, and kept nowhere."""


class GivenConsent(Strict):
    """What a person said yes to, having seen which notice. Nobody under the age of consent is taken (Art. 8).

    `of_age`: old enough to consent alone in `country`, which has an age of its own (`schemas.ages`); without a
    country 16. Neither is stored.
    """

    notice = notice_version(required=True)
    language = language(required=True)
    purposes = Items(Text(20, choices=GIVEN_PURPOSES), len(GIVEN_PURPOSES), minimum=1, required=True)
    of_age = Flag(required=True)
    country = Text(2, minimum=2, pattern="[A-Z]{2}", example="AT")


class PersonHandIn(Strict):
    """One person's own assessment. `statistics` is taken only with a consent that names that purpose; it is counted
    in groups, kept nowhere, and no part of the answers.
    """

    assessment = fields.Nested(Answers, required=True)
    consent = fields.Nested(GivenConsent, required=True)
    statistics = fields.Nested(ToldForStatistics)


class EmployeeStatistics(ToldForStatistics):
    """What an employee tells for statistics, and the notice and language of their own consent to them: it is theirs
    to give or not, whatever basis the assessment itself rests on.
    """

    notice = notice_version(required=True)
    language = language(required=True)


class EmployeeHandIn(Strict):
    """One employee's assessment from an HR platform. `external_id` is the platform's name for the employee:
    the same one is the same person; without one each hand-in is a new person. `statistics` is for whoever consented
    to statistics themselves.
    """

    assessment = fields.Nested(Answers, required=True)
    external_id = Line(200)
    statistics = fields.Nested(EmployeeStatistics)


def handed_in_again(kept: dict[str, Any]) -> dict[str, Any]:
    """A hand-in that was kept, as its person can hand it in again: who was taken was of age, which is not kept.

    An employee who was invited agreed to nothing; whoever hands the answers in by themselves agrees to their scoring.
    """
    agreed = kept.get("consent") or {"notice": NEWEST, "language": "en", "purposes": ["scoring"]}
    return {"assessment": kept["assessment"], "consent": {**agreed, "of_age": True}}
