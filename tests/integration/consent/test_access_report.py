"""Access gives everything that consent itself holds of a person, with the reasons that lie sealed under their key."""

from infra.crypto.sealed import seal
from schemas.employees import InstructRequest
from schemas.rights import Part, Reviewed
from services.consent import ledger
from services.consent.retention.terms import DEFAULT_DAYS, set_days
from services.consent.rights.asked import Asked
from services.consent.rights.reviewed import review_place
from tests.integration.consent.conftest import Running

EVENT = "e" * 32
DECIDED_AT = "2026-11-24T18:00:00Z"


async def report(running: Running, alias: str) -> dict:
    """The report of a request for which the other stores hold nothing."""
    asked = (await running.stores.disclosures.open(alias, "access")).request
    await running.worker.once()
    for store in ("intake", "audit"):
        await running.stores.disclosures.take(alias, Part(store, asked, "c", 0, 0))
    return await running.stores.results.of(alias, await running.stores.register.filed(alias, asked))


async def decided(running: Running, alias: str, request: str, reason: bytes) -> None:
    """A human has looked at it."""
    async with running.stores.database.read() as connection:
        standing = (await ledger.standings(connection, [alias]))[alias]
    sealed = seal(running.stores.keystore.trail_of(standing), reason, review_place(standing, request))
    await running.stores.reviews.take(alias, Reviewed(request, "confirmed", sealed, DECIDED_AT))


async def test_an_employees_report_tells_what_was_refused_held_reviewed_and_issued(running: Running) -> None:
    # Given an employee with a code, whose employer has refused what they asked for
    (employee,) = await running.hand_in(EVENT, tenant="acme", external_id="E-17")
    stores, alias = running.stores, employee.alias
    invited = await stores.employees.invite("acme", "E-17")
    await stores.employees.redeem(invited.code)
    refused = await stores.instructions.hold(alias, Asked("restriction"))
    await stores.instructions.instruct(InstructRequest("acme", refused.id, "refuse", "A lawsuit is pending."))
    # and who has one review decided and another one on its way, and is held
    first = (await stores.reviews.open(alias, EVENT, "My view of it.")).request
    await decided(running, alias, first, b'{"reason":"It was looked at."}')
    second = (await stores.reviews.open(alias, EVENT, "Again, please.")).request
    held = await stores.holds.set(EVENT, "a lawsuit with a former employer")
    # and whose organisation keeps assessments for a year
    async with stores.database.write() as connection:
        await set_days(connection, "acme", "assessments", 365)
    # When they ask for everything
    told = await report(running, alias)
    # Then it says what was refused and why, and what is held and why
    (forwarded,) = told["forwarded"]
    assert (forwarded["id"], forwarded["reason"]) == (refused.id, "A lawsuit is pending.")
    hold = {"id": held.id, "reason": "a lawsuit with a former employer", "set_at": held.set_at, "lifted_at": None}
    assert told["holds"] == [hold]
    # and who issued the code that led to them, and when it was taken
    (code,) = told["codes"]
    assert (code["issued_by"], code["taken_at"] is None) == ("organisation", False)
    # and their own words in each review, with the decision where there is one
    reviews = {one["request"]: (one["statement"], one["decision"], one["reason"]) for one in told["reviews"]}
    assert reviews == {
        first: ("My view of it.", "confirmed", "It was looked at."),
        second: ("Again, please.", None, None),
    }
    # and for how many days what is kept
    assert told["retention"]["days"] == {**DEFAULT_DAYS, "assessments": 365}
    assert "365 days" in told["retention"]["assessments"]
