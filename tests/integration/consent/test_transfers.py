"""What leaves the European Economic Area is named: in the notice, in the record of processing, in the report."""

import msgspec

from schemas.rights import Part
from schemas.transfers import DeclareRecipient
from services.consent.controllers.controller import Party
from services.consent.controllers.employee_desk import EmployeeDesk
from services.consent.paperwork import paperwork
from services.consent.paperwork.state import PrivacyStates
from services.consent.privacy_notices.texts import NoticeTexts
from tests.integration.consent.conftest import Running, entries

OPERATOR = Party("Operator Ltd")
SAFEGUARD = "Decision (EU) 2021/914, module 1"


async def declared(running: Running, webhook: str, country: str | None, safeguard: str | None = None) -> bool:
    stores = running.stores
    desk = EmployeeDesk(stores.employees, stores.instructions, stores.transfers, lambda: None)
    asked = DeclareRecipient("acme", webhook, country, safeguard)
    return (await desk.answer("recipient", msgspec.json.encode(asked))).transfer


async def test_a_webhook_outside_is_named_wherever_it_must_be_and_one_inside_is_not(running: Running) -> None:
    # Given webhooks inside, outside, and one of which nothing is declared
    found = [
        await declared(running, "inside", "NO"),
        await declared(running, "outside", "US", SAFEGUARD),
        await declared(running, "unknown", None),
    ]
    assert found == [False, True, True]
    # Then the notice of that organisation's employees names both that may leave, in their language
    texts = NoticeTexts(running.stores.database, running.stores.tenants, OPERATOR)
    told = [await texts.text("employees-2", language, "acme") for language in ("en", "de")]
    assert f"US (safeguard: {SAFEGUARD}); a country that it has not named." in told[0]
    assert f"US (Garantie: {SAFEGUARD}); ein Land, das nicht genannt ist." in told[1]
    # And the record of processing, and the access report
    state = await PrivacyStates(running.stores, OPERATOR, 0).state()
    record = paperwork(state, "2026-11-23T18:00:00Z")["record-of-processing.md"]
    assert f"acme | outside | US | {SAFEGUARD}" in record
    assert ("acme | unknown | not declared" in record, "inside" in record) == (True, False)
    (employee,) = await running.hand_in("event-1", tenant="acme")
    filed = await running.stores.disclosures.open(employee.alias, "access", "organisation")
    await running.worker.once()
    for service in ("intake", "audit"):
        await running.stores.disclosures.take(employee.alias, Part(service, filed.request, "a", 0, 0))
    done = await running.stores.register.filed(employee.alias, filed.request)
    (recipient,) = (await running.stores.results.of(employee.alias, done))["recipients"]
    assert [one["country"] for one in recipient["transfers_outside_the_eea"]] == ["US", None]
    assert entries(running).count("configuration-changed") == 4  # with that of the registration


async def test_a_declaration_takes_the_place_of_the_one_before(running: Running) -> None:
    await declared(running, "webhook", None)
    await declared(running, "webhook", "DE")
    texts = NoticeTexts(running.stores.database, running.stores.tenants, OPERATOR)
    assert "Nothing leaves it." in await texts.text("employees-2", "en", "acme")
