"""The ways of data subjects and of officers by the keyboard alone (WCAG 2.1.1): no pointer touches a page.

That of the assessment stands with its other ways, and so does that of an incident.
"""

from collections.abc import Callable
from typing import Any

from tests.browser.test_console import OWN_PASSWORD, Officer, appointed, decided, filed, queued
from tests.browser.test_privacy import reached
from tests.browser.visitor import SCRIPTS_FIRST, Visitor
from tests.running import Running

Visit = Callable[..., Any]


async def log_in(visitor: Visitor, officer: Officer) -> None:
    """For the first time, so that a password of their own comes next."""
    await visitor.open(f"{officer.audit}/login")
    await visitor.type_into("#name", officer.name)
    await visitor.type_into("#password", officer.password)
    await visitor.type_into("#code", officer.code())
    await visitor.enter("main .actions button")
    await visitor.type_into("#password", OWN_PASSWORD)
    await visitor.enter("main .actions button")


async def ask(visitor: Visitor, right: str) -> None:
    """Ask for a right by its form."""
    await visitor.enter(".tabs a[href='/rights']")
    await visitor.enter(f"#right-{right} form button")


@SCRIPTS_FIRST
async def test_it_leads_from_the_claim_code_over_the_rights_to_a_verified_receipt(
    running: Running, visit: Visit, javascript: bool
) -> None:
    assessed = await running.person.assess()
    async with visit(javascript=javascript) as visitor:
        # When somebody who has no pointer types the code, and presses a switch
        await visitor.open(f"{running.stack.urls['consent']}/")
        await visitor.type_into("#claim", assessed.claim_code)
        await visitor.enter("main form button")
        await visitor.enter(".tabs a[href='/consents']")
        await visitor.enter("#switch-research")
        assert await visitor.page.get_attribute("#switch-research", "aria-checked") == "true"
        # and asks for a review, takes that back, and has everything erased
        await ask(visitor, "review")
        await visitor.enter("#cancel")
        assert await visitor.sees("Cancelled")
        await visitor.enter(".tabs a[href='/']")
        await visitor.enter("a[href='/erasure']")
        await visitor.tab_to("#sure")
        await visitor.page.keyboard.press("Space")
        await visitor.enter("button.danger")
        await reached(visitor, ".tag.good")
        await visitor.enter("main .card .button")
        # Then the receipt is verified
        assert await visitor.sees("This receipt is genuine")


@SCRIPTS_FIRST
async def test_it_leads_an_auditor_from_the_log_in_to_an_opened_decision(
    running: Running, visit: Visit, javascript: bool
) -> None:
    index = await decided(running)
    auditor = await appointed(running, f"gus-{javascript}".lower(), "auditor")
    async with visit(javascript=javascript) as visitor:
        await log_in(visitor, auditor)
        await visitor.enter("nav.menu a[href='/entries']")
        await visitor.choose("#type", "scored")
        await visitor.type_into("#purpose", "file 7")
        await visitor.enter("main .row button")
        await visitor.enter(f"a[href='/entries/{index}']")
        await visitor.choose("[name=key]", "review")
        await visitor.type_into("#purpose", "file 7")
        await visitor.enter("main .row button")
        assert await visitor.sees("found to be what the entry's commitment binds")
        await visitor.enter(".leave button")
        assert visitor.page.url.endswith("/login")


@SCRIPTS_FIRST
async def test_it_leads_an_overseer_to_a_decided_review(running: Running, visit: Visit, javascript: bool) -> None:
    assessed = await running.person.assess()
    asked = {"type": "review", "assessment": assessed.assessment, "statement": "They counted my pause twice."}
    request = await filed(running, assessed.claim_code, asked)
    overseer = await appointed(running, f"hal-{javascript}".lower(), "overseer")
    async with visit(javascript=javascript) as visitor:
        await log_in(visitor, overseer)
        await queued(visitor, overseer, request)
        await visitor.enter(f"a[href='/reviews/{request}']")
        await visitor.type_into("#purpose", "the review itself")
        await visitor.enter("main form button")
        assert await visitor.sees("They counted my pause twice.")
        await visitor.choose("[name=decision]", "overruled")
        await visitor.type_into("#reason", "The pause was counted in two dimensions.")
        await visitor.enter("main form button")
        row = visitor.page.locator("tr", has_text=overseer.name)
        assert (await row.locator("td").all_inner_texts()) == ["0", "0", "1", "0%"]
