"""The low-rate agents of intake, by Faust: orders and notices from consent, and what is done every minute."""

from collections.abc import Awaitable, Callable

import faust
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned, dead_letter, demand_genuine
from infra.kafka.lifecycle import faust_app
from infra.kafka.producer import Producer
from infra.kafka.record_tag import RecordTags
from schemas.topics import DEAD_INTAKE, PRIVACY_NOTICES, PRIVACY_REQUESTS
from services.intake.housekeeping import Housekeeping
from services.intake.privacy.orders import Orders
from services.intake.results.notices import Notices
from services.intake.settings import Settings

_HOUSEKEEPING_SECONDS = 60.0


def agents(
    service: str,
    settings: Settings,
    orders: Orders,
    notices: Notices,
    house: Housekeeping,
    *,
    producer: Producer,
    tags: RecordTags,
) -> faust.App:
    """The app that runs them. What consent has not written goes to `dead.intake`, like what cannot be read."""
    app = faust_app(service, settings.bootstrap, settings.data_dir)

    @app.agent(app.topic(PRIVACY_REQUESTS.name, key_type=bytes, value_type=bytes))  # type: ignore[untyped-decorator]
    async def privacy_orders(stream: "faust.Stream[bytes]") -> None:
        await listen(stream, orders.take)

    @app.agent(app.topic(PRIVACY_NOTICES.name, key_type=bytes, value_type=bytes))  # type: ignore[untyped-decorator]
    async def privacy_notices(stream: "faust.Stream[bytes]") -> None:
        await listen(stream, notices.take)

    async def listen(stream: "faust.Stream[bytes]", take: Callable[[ConsumerRecord], Awaitable[None]]) -> None:
        async for event in stream.noack().events():
            try:
                demand_genuine(tags, event.message)
                await take(event.message)
            except Poisoned as poisoned:
                await producer.send([dead_letter(DEAD_INTAKE, service, event.message, poisoned)])
            except Exception as error:
                # Unacknowledged: the process ends, and the next one reads this record again.
                await app.crash(error)
                raise
            await stream.ack(event)

    @app.timer(interval=_HOUSEKEEPING_SECONDS)  # type: ignore[untyped-decorator]
    async def housekeeping() -> None:
        await house.keep()

    return app
