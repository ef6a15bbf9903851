"""An employee follows the address that the employer has passed on, and uses each right on the pages."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from services.methodology.specimen import specimen
from tests.browser.visitor import SCRIPTS_FIRST, Visitor
from tests.running import Running

Visit = Callable[..., Any]
RIGHTS = ("access", "review", "rectification", "restriction")


async def passed_on(running: Running) -> str:
    """The address with a single-use code for an employee who was assessed."""
    name = f"E-{uuid.uuid4()}"
    headers = running.headers | {"Content-Type": "application/json"}
    body = json.dumps({"external_id": name, "assessment": specimen("employee")}).encode()
    assert (await running.post("/v1/assessments?wait=20", body, headers))[0] == 200
    status, issued = await running.post("/v1/employees/codes", json.dumps({"external_id": name}).encode(), headers)
    assert status == 201
    return str(issued["address"])


async def seen(visitor: Visitor, name: str, *, javascript: bool) -> None:
    await visitor.look(f"employee-{name}")
    if javascript:  # axe waits by a page's own timers, which a page without scripts never sets
        assert await visitor.barriers() == [], name
    assert not await visitor.overflows(), name


async def arrive(visitor: Visitor, address: str, *, javascript: bool) -> None:
    """Open the address until the code is in the form; without scripts it is typed."""
    await visitor.open(address)
    if javascript:
        await visitor.page.wait_for_function("document.getElementById('code').value !== ''")
    else:
        await visitor.write("#code", address.partition("#")[2])


@SCRIPTS_FIRST
async def test_the_code_of_the_link_is_exchanged_once_and_every_right_goes_to_the_employer(
    running: Running, visit: Visit, javascript: bool
) -> None:
    address = await passed_on(running)
    async with visit(width=360, language="de", dark=True, javascript=javascript) as visitor:
        # When the employee opens the address, the code is in the form and, by a script, no longer in the address
        await arrive(visitor, address, javascript=javascript)
        code = address.partition("#")[2]
        assert (await visitor.page.input_value("#code"), code in visitor.page.url) == (code, not javascript)
        await seen(visitor, "1-code", javascript=javascript)
        await visitor.go("main form .button >> nth=0")
        claim = await visitor.page.inner_text("#claim-code")
        await seen(visitor, "2-claim", javascript=javascript)
        # which stays where the language is changed, the page is loaded anew or somebody looks back
        await visitor.go(".languages a")
        assert await visitor.language() == "en"
        await visitor.page.reload()
        assert await visitor.page.inner_text("#claim-code") == claim
        await visitor.go(".languages a")
        await visitor.go(".actions a.button")
        # Then each right is asked for on its own form, and lies with the employer
        for right in RIGHTS:
            await visitor.open(f"{running.stack.urls['consent']}/rights")
            await visitor.go(f"#right-{right} form button")
            assert "/requests/" in visitor.page.url, right
        await seen(visitor, "3-with-the-employer", javascript=javascript)
        await visitor.open(f"{running.stack.urls['consent']}/requests")
        assert await visitor.page.locator("main a[href^='/requests/']").count() >= len(RIGHTS)
        # and an erasure too
        await visitor.open(f"{running.stack.urls['consent']}/erasure")
        await visitor.tick(visitor.page.locator("#sure"))
        await visitor.go("button.danger")
        assert "/requests/" in visitor.page.url
        assert visitor.troubles == []
        # and the link opens nothing a second time
        await arrive(visitor, address, javascript=javascript)
        await visitor.go("main form .button >> nth=0")
        assert await visitor.page.locator(".mistakes li").count() == 1
