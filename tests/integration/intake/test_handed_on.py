"""What an organisation asks for on an employee's behalf comes with the letter that it hands on to them."""

import json

import pytest

from schemas.privacy_request import ABOUT_ASSESSMENTS, REQUEST_TYPES
from tests.integration.intake.door import Intake
from tests.integration.intake.test_delivery import staff


@pytest.mark.parametrize("kind", REQUEST_TYPES)
async def test_the_letter_says_what_was_asked_for_and_where_the_employee_acts_for_themself(
    intake: Intake, kind: str
) -> None:
    (assessment,) = await staff(intake, "one")
    asked = {"external_id": "staff-one", "type": kind}
    asked |= {"assessment": assessment} if kind in ABOUT_ASSESSMENTS else {}
    headers = {"Content_Type": "application/json", "Authorization": intake.bearer}
    status, answer, _ = await intake.call("POST", "/v1/employees/requests", json.dumps(asked).encode(), **headers)
    assert (status, answer["letter"].keys()) == (202, {"en", "de"})
    for text in answer["letter"].values():
        assert answer["id"] in text
        assert "/employee " in text
        # and it names nobody: who it is for is the organisation's to know
        assert "staff-one" not in text
