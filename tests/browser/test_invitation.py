"""An employee follows the address that the employer has passed on, and comes to the result without any barrier."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from services.intake.cli import register
from tests.browser.assessing import habits, onward, skills
from tests.browser.visitor import Visitor
from tests.running import Running

Visit = Callable[..., Any]


async def invited(running: Running, name: str) -> str:
    """The address that the employer passes on to the employee of this name, as the platform gets it."""
    socket = running.stack.place.admin_socket("intake")
    terms = {"contact": "dpo@inviting.example"}
    client = await register(
        socket, "inviting", "Inviting Ltd", "employment-law", "employees-1", **terms, agreement="7"
    )
    form = {"grant_type": "client_credentials", **client}
    async with aiohttp.ClientSession(running.intake) as http:
        async with http.post("/v1/oauth/token", data=form) as response:
            headers = {"Authorization": f"Bearer {(await response.json())['access_token']}"}
        async with http.post("/v1/invitations", json={"external_id": name}, headers=headers) as response:
            found: str = (await response.json())["address"]
    return found


async def seen(visitor: Visitor, name: str) -> None:
    await visitor.look(f"invitation-{name}")
    assert await visitor.barriers() == [], name
    assert not await visitor.overflows(), name


async def test_without_scripts_the_code_is_typed_and_the_way_leads_to_the_result(
    running: Running, visit: Visit
) -> None:
    address, _, code = (await invited(running, "e-typed")).partition("#")
    async with visit(javascript=False, width=360) as visitor:
        # When the employee types the code, which the address tells, they read who asks, and come to the result
        await visitor.open(address)
        assert await visitor.sees("behind the # of the address")
        await visitor.write("#code", code.lower())
        await visitor.go("main form .button")
        await visitor.go(".actions a.button")
        await visitor.write("#q", "nurse")
        await visitor.go(".search button")
        await visitor.go(".found button >> nth=0")
        for _ in range(5):
            await onward(visitor)
        # Then the score stands there with the claim code that the employer does not know
        assert visitor.page.url.endswith("/invitation/result")
        assert await visitor.page.locator("#claim-code").count() == 1
        assert (visitor.queries, visitor.troubles) == (set(), [])


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("de", 360)])
async def test_the_code_is_carried_from_the_address_into_the_form_and_the_way_leads_to_the_result(
    running: Running, visit: Visit, language: str, width: int
) -> None:
    address = await invited(running, f"e-{language}")
    async with visit(language=language, width=width) as visitor:
        # When the employee opens the address, the code is in the form and no longer in the address
        await visitor.open(address)
        code = address.partition("#")[2]
        await visitor.page.wait_for_function("document.getElementById('code').value !== ''")
        assert (await visitor.page.input_value("#code"), code in visitor.page.url) == (code, False)
        await seen(visitor, f"entrance-{language}")
        await visitor.go("main form .button")
        # and is told who asks, before anything is asked
        assert await visitor.sees("Inviting Ltd")
        await seen(visitor, f"terms-{language}")
        await visitor.go(".actions a.button")
        await visitor.write("#q", "nurse")
        await visitor.page.wait_for_selector(".found button")
        await visitor.go(".found button >> nth=0")
        await onward(visitor)
        await onward(visitor)
        await skills(visitor)
        await onward(visitor)
        await habits(visitor)
        await onward(visitor)
        # and nothing is agreed to in advance, statistics being all that consent is asked for
        boxes = visitor.page.locator("main input[type=checkbox]")
        assert await boxes.evaluate_all("all => all.map(one => [one.name, one.checked])") == [["statistics", False]]
        await seen(visitor, f"hand-in-{language}")
        await onward(visitor)
        # Then the score stands there, and the code was part of no query
        assert visitor.page.url.endswith("/invitation/result")
        await seen(visitor, f"result-{language}")
        assert visitor.queries <= {"q", "limit", "lang"}
        assert visitor.troubles == []
