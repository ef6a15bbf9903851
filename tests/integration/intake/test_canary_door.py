"""The canary's way in, at the real front door: what is asked of it there is answered as the canary expects."""

import asyncio
import secrets

from infra.clock import now
from schemas.topics import SUBMITTED
from services.consent.erasure.canary_assessment import REFUSED, TOLD
from services.consent.erasure.front_door import NOBODY, FrontDoor
from services.methodology.specimen import specimen
from tests.integration.intake.door import Intake


async def test_a_canary_is_scored_and_read_and_refused_after_its_erasure(intake: Intake) -> None:
    # Given somebody whom consent knows, and the door
    _, claim = await intake.scored()
    code, key = claim.removeprefix("Claim "), secrets.token_hex(32)
    door = FrontDoor(str(intake.client.make_url("")).rstrip("/"))
    answers = specimen("canary", as_of=f"{now():%Y-%m}")
    # When it hands in and waits
    waiting, before = asyncio.create_task(door.hand_in(code, key, answers)), len(intake.broker.of(SUBMITTED.name))
    while len(intake.broker.of(SUBMITTED.name)) == before:
        await asyncio.sleep(0.01)
    await intake.score()
    taken = await waiting
    # Then it is told the result, and all that is told of it
    assert (taken.status, bool(taken.document["result"])) == (200, True)
    read = {part: (await door.read(code, taken.document["id"], part)).status for part in TOLD}
    assert set(read.values()) == {200}, read
    # And after the erasure nothing of it, and it is taken no second time
    intake.ledger.erase(intake.broker.of(SUBMITTED.name)[-1].key.decode())
    for part in TOLD:
        assert (await door.read(code, taken.document["id"], part)).status in REFUSED
    assert (await door.hand_in(code, key, answers)).status in REFUSED


async def test_a_door_at_which_nobody_is_says_so() -> None:
    assert (await FrontDoor("http://127.0.0.1:9").read("code", "0" * 32)).status == NOBODY
