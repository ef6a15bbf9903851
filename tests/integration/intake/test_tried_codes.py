"""Nobody guesses a claim code at intake either: wrong ones are limited by address, and each code by itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.db.engine import Database
from infra.http.attempts import Attempts
from infra.http.claim_attempts import ClaimAttempts
from tests.integration.intake.conftest import opened
from tests.integration.intake.door import JSON, Intake
from tests.unit.intake.examples import person, raw

FAILURES, USES = 3, 6
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
UNKNOWN = "0000-0000-0000-0000-0000-0000-0000"


@pytest.fixture
async def intake(database: Database, tmp_path: Path) -> AsyncIterator[Intake]:
    """One proxy stands in front; an hour passes before an attempt is gained."""
    attempts = ClaimAttempts(1, Attempts(FAILURES, 3_600), Attempts(USES, 3_600))
    async with opened(database, tmp_path, proxies=1, attempts=attempts) as intake:
        yield intake


async def read(intake: Intake, place: str, claim: str, address: str = HERE) -> tuple[int, dict[str, str]]:
    status, _, headers = await intake.call("GET", place, Authorization=claim, X_Forwarded_For=address)
    return status, headers


async def test_wrong_codes_from_one_address_are_stopped_and_then_the_right_one_is_too(intake: Intake) -> None:
    place, claim = await intake.scored()
    wrong = [(await read(intake, place, f"Claim WRONG-{number}"))[0] for number in range(FAILURES + 1)]
    assert wrong == [401] * FAILURES + [429]
    # A guess that comes after tells nothing, not even when it is right
    status, headers = await read(intake, place, claim)
    assert (status, 0 < int(headers["Retry-After"]) <= 3_600) == (429, True)
    # And the person, who comes from elsewhere, is not locked out
    assert (await read(intake, place, claim, ELSEWHERE))[0] == 200


async def test_a_wrong_code_counts_where_an_assessment_is_handed_in_under_it(intake: Intake) -> None:
    statuses = []
    for number in range(FAILURES + 1):
        headers = {"Authorization": f"Claim WRONG-{number}", "X_Forwarded_For": HERE}
        statuses.append((await intake.hand_in(person(), **headers))[0])
    assert statuses == [403] * FAILURES + [429]


async def test_a_wrong_code_counts_where_a_file_is_handed_in_whose_parts_are_refused_one_by_one(
    intake: Intake,
) -> None:
    body = raw({"format": "careerpulse/portable/1", "hand_ins": [person()]})
    statuses = []
    for number in range(FAILURES + 1):
        headers = {"Authorization": f"Claim WRONG-{number}", "Idempotency_Key": f"{number:032x}"}
        told = await intake.call("POST", "/v1/assessments/import", body, **JSON, **headers, X_Forwarded_For=HERE)
        statuses.append(told[0])
    assert statuses == [202] * FAILURES + [429]


async def test_codes_that_are_right_cost_their_address_nothing(intake: Intake) -> None:
    own = [await intake.scored() for _ in range(FAILURES + 2)]
    assert [(await read(intake, place, claim))[0] for place, claim in own] == [200] * (FAILURES + 2)


async def test_one_code_is_limited_from_wherever_it_comes_known_or_not(intake: Intake) -> None:
    place, claim = await intake.scored()
    for code, status in ((claim, 200), (f"Claim {UNKNOWN}", 401)):
        answers = [(await read(intake, place, code, f"192.0.2.{number}"))[0] for number in range(USES + 1)]
        assert answers == [status] * USES + [429]


async def test_while_the_ledger_is_away_nobody_is_blamed(intake: Intake) -> None:
    place, claim = await intake.scored()
    intake.ledger.away = True
    tried = [(await read(intake, place, f"Claim WRONG-{number}"))[0] for number in range(FAILURES + 2)]
    assert tried == [503] * (FAILURES + 2)
    intake.ledger.away = False
    assert (await read(intake, place, claim))[0] == 200


async def test_an_organisation_is_not_counted_by_what_it_proves_itself_with(intake: Intake) -> None:
    for _ in range(FAILURES + 2):
        status, _, _ = await intake.call("GET", f"/v1/assessments/{'0' * 32}", Authorization="Bearer wrong")
        assert status == 401
