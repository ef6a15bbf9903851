"""Within its window an erasure is undone, and everything goes on as before."""

import msgspec
import pytest

from schemas.keys import ReleaseKeys
from schemas.rights import DisclosureOrder, Order, Part
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.steps import NotCancellable
from services.consent.worker import Worker
from tests.integration.consent.conftest import Running, entries


async def test_a_cancelled_erasure_leaves_the_person_as_before(running: Running, patient: PrivacyRequests) -> None:
    # Given an erasure within its window
    (created,) = await running.hand_in("event-1")
    opened = await patient.open_erasure(created.alias)
    await Worker(running.stores, running.topics).once()
    assert (await patient.find(opened.request)).state == "pending"
    # When it is cancelled
    cancelled = await patient.cancel(opened.request, created.alias)
    # Then keys are released again, and both changes are logged
    assert cancelled.state == "cancelled"
    released = await running.stores.keystore.release(ReleaseKeys("scoring", (created.alias,)))
    assert released.keys[0].status == "released"
    await running.worker.once()
    assert entries(running)[-2:] == ["request-opened", "request-closed"]
    # And it is over: it cannot be cancelled twice, while a new one can be opened
    with pytest.raises(NotCancellable):
        await patient.cancel(opened.request, created.alias)
    assert (await patient.open_erasure(created.alias)).request != opened.request


async def test_a_release_after_the_cancellation_is_younger_than_the_revocation(
    running: Running, patient: PrivacyRequests
) -> None:
    (created,) = await running.hand_in("event-1")
    before = (await running.stores.keystore.release(ReleaseKeys("scoring", (created.alias,)))).sequence
    opened = await patient.open_erasure(created.alias)
    await patient.cancel(opened.request, created.alias)
    after = (await running.stores.keystore.release(ReleaseKeys("scoring", (created.alias,)))).sequence
    assert after == before + 2


async def test_a_file_that_was_asked_for_before_is_ordered_again(running: Running, patient: PrivacyRequests) -> None:
    # Given a file that intake is told to give, and that it gives nothing of while an erasure is pending
    (created,) = await running.hand_in("event-1")
    disclosures = running.stores.disclosures
    filed = await disclosures.open(created.alias, "portability")
    await running.worker.once()
    opened = await patient.open_erasure(created.alias)
    refused = await running.stores.keystore.release(ReleaseKeys("portability", (created.alias,)))
    assert refused.keys[0].reason == "erasure-pending"
    # When the erasure is cancelled
    await patient.cancel(opened.request, created.alias)
    await running.worker.once()
    # Then intake is told once more, and what it gives now ends the same request
    told = [msgspec.msgpack.decode(one.value, type=Order) for one in running.topics.of("privacy.requests")]
    assert told == [DisclosureOrder(filed.request, "portability")] * 2
    await disclosures.take(created.alias, Part("intake", filed.request, "a", 0, 0))
    assert (await running.stores.register.filed(created.alias, filed.request)).state == "complete"
    assert (await disclosures.open(created.alias, "portability")).request != filed.request
