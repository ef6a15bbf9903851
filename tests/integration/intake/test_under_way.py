"""An erasure while a delivery is under way: the key that opened a result is in hand until the result is sent.

So its revocation is acknowledged after that, and the stores delete after that: nothing is told of the erased later.
"""

import json
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from infra.http.outside import Outside
from services.intake.direct.outbound import Outbound
from services.intake.direct.sealing import OrganisationKey
from services.intake.results.views import Views
from services.intake.webhooks.sender import Sender
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Clock, Receiver, subscribed
from tests.integration.intake.test_delivery import staff
from tests.integration.intake.test_direct import outbound_of
from tests.twins.broker import Broker


@pytest.fixture
def in_hand(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether anybody's key was in hand, each time that something was recorded or sent."""
    found: list[bool] = []

    def watch(owner: type, name: str) -> None:
        real = getattr(owner, name)

        async def watched(*arguments: object) -> object:
            found.append(intake.ledger.cache.busy)
            given = await real(*arguments)
            found.append(intake.ledger.cache.busy)
            return given

        monkeypatch.setattr(owner, name, watched)

    for owner, name in ((Views, "seen"), (Outside, "send"), (Broker, "send")):
        watch(owner, name)
    return found


async def assert_held(intake: Intake, in_hand: list[bool], told: int) -> None:
    assert in_hand == [True] * told
    assert not intake.ledger.cache.busy
    assert [one["type"] for one in await intake.entries()] == ["delivered"]


@pytest.mark.parametrize("path", ["/v1/results", "/v1/assessments/{id}"])
async def test_until_it_is_recorded_for_who_asks(intake: Intake, in_hand: list[bool], path: str) -> None:
    (assessment,) = await staff(intake, "one")
    in_hand.clear()
    status, _, _ = await intake.call("GET", path.format(id=assessment), Authorization=intake.bearer)
    assert status == 200
    await assert_held(intake, in_hand, 2)


async def test_until_a_webhook_has_it(
    intake: Intake, in_hand: list[bool], receiver: Receiver, sender: Sender
) -> None:
    await subscribed(intake, receiver)
    await staff(intake, "one")
    in_hand.clear()
    await sender.step()
    assert len(receiver.came) == 1
    await assert_held(intake, in_hand, 4)


async def test_also_while_a_webhook_is_tried_again(
    intake: Intake, in_hand: list[bool], receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    await subscribed(intake, receiver)
    await staff(intake, "one")
    receiver.status = 500
    await sender.step()
    in_hand.clear()
    clock.at += timedelta(hours=1)
    await sender.step()
    assert len(receiver.came) == 2
    await assert_held(intake, in_hand, 2)


async def test_until_a_topic_has_it(intake: Intake, in_hand: list[bool]) -> None:
    key = OrganisationKey(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
    outbound: Outbound = outbound_of(intake, intake.broker)
    await staff(intake, "one")
    in_hand.clear()
    assert await outbound.publish("acme", key) == 1
    await assert_held(intake, in_hand, 4)
