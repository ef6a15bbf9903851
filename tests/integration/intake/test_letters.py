"""The written explanation goes to the person alone, in a language and a form of their choice, and leaves an entry."""

import io

import aiohttp
from pypdf import PdfReader

from schemas.purposes import INDIVIDUALS
from tests.integration.intake.door import JSON, Intake
from tests.unit.intake.examples import employee, person, raw


async def fetched(intake: Intake, path: str, authorization: str) -> tuple[int, str, bytes]:
    headers = {"Authorization": authorization}
    response: aiohttp.ClientResponse
    async with intake.client.get(path, headers=headers) as response:
        return response.status, response.content_type, await response.read()


async def test_a_person_gets_the_letter_as_a_page_and_as_a_pdf(intake: Intake) -> None:
    place, claim = await intake.scored()
    page = await fetched(intake, f"{place}/letter?lang=de", claim)
    paper = await fetched(intake, f"{place}/letter?format=pdf", claim)
    assert page[:2] == (200, "text/html")
    assert "Wo Sie sich beschweren können" in page[2].decode()
    assert paper[:2] == (200, "application/pdf")
    text = " ".join(PdfReader(io.BytesIO(paper[2])).pages[0].extract_text().split())
    assert "How your score came about" in text
    assert [one["type"] for one in await intake.entries()] == ["viewed", "viewed"]


async def test_an_employee_gets_the_letter_with_their_own_code_though_their_employer_handed_in(
    intake: Intake,
) -> None:
    # Given an employee whose employer handed in, of whose answers no copy is kept here, with a claim code
    _, accepted, _ = await intake.hand_in(employee(), Authorization=intake.bearer)
    await intake.score()
    place = accepted["links"]["self"]
    row = await intake.store.get(accepted["id"])
    intake.ledger.handles[INDIVIDUALS, "CODE"] = (row and row.alias) or ""
    # Then the letter explains the decision, all but the smallest change, in both languages
    for language, said in (("en", "The main reasons"), ("de", "Ihr Arbeitgeber hat sie eingereicht")):
        status, _, letter = await fetched(intake, f"{place}/letter?lang={language}", "Claim CODE")
        assert (status, said in letter.decode()) == (200, True)
    # And the employer gets none, and a stranger none
    assert (await fetched(intake, f"{place}/letter", intake.bearer))[0] == 403
    stranger = await intake.scored()
    assert (await fetched(intake, f"{place}/letter", stranger[1]))[0] == 404
    # And other answers are the employer's to hand in
    body = raw(person())
    status, problem, _ = await intake.call("POST", f"{place}/corrections", body, Authorization="Claim CODE", **JSON)
    assert (status, problem["type"]) == (403, "urn:careerpulse:problem:controllers-to-decide")


async def test_nobody_else_gets_it_and_no_language_is_made_up(intake: Intake) -> None:
    place, claim = await intake.scored()
    assert (await fetched(intake, f"{place}/letter", "Claim WRONG"))[0] == 401
    assert (await fetched(intake, f"{place}/letter?lang=tlh", claim))[0] == 422
    _, accepted, _ = await intake.hand_in({"assessment": person()["assessment"]}, Authorization=intake.bearer)
    assert (await fetched(intake, f"{accepted['links']['self']}/letter", intake.bearer))[0] == 403
    assert await intake.entries() == []
