"""Made-up people are the same each time, fit the questionnaire, and leave no question open."""

from services.client.sample import made_up
from services.methodology.version import load

MONTH = "2026-11"


def test_a_number_is_always_the_same_person() -> None:
    version = load()
    people = [made_up(number, MONTH, version) for number in range(10)]
    assert people == [made_up(number, MONTH, version) for number in range(10)]
    assert len({person["external_id"] for person in people}) == 10


def test_each_gives_answers_that_fit_and_make_a_score_without_an_interval() -> None:
    version = load()
    for number in range(10):
        answers = made_up(number, MONTH, version)["assessment"]
        assert list(version.validate(answers)) == []
        points = version.score(answers).result()["points"]
        assert points["low"] == points["high"]
