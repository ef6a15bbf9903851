"""Scoring: listens to `assessments.submitted` and `keys.revoked`, emits `assessments.scored`,
`assessments.refused` and `dead.scoring`, serves its health and nothing else. It stores nothing.
"""

from collections.abc import AsyncIterator

from aiohttp import web

from infra.http.openapi import Interface
from infra.http.problems import problem_details
from infra.http.server import Listener, health_routes, run
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.lifecycle import Loop, faust_app, running
from infra.kafka.presence import topics_present
from infra.kafka.producer import Producer
from infra.keys.client import KeyClient
from infra.keys.revocations import Revocations
from schemas.topics import SCORING_GROUP, SUBMITTED, TOPICS
from services.methodology.version import load
from services.scoring.batch import Scoring
from services.scoring.settings import Settings, read_settings

INTERFACE = Interface("CareerPulse scoring", "Health and nothing else: scoring is asked over Kafka.")


async def build(settings: Settings) -> list[Listener]:
    """The service, ready to be served."""
    keys = KeyClient(settings.keys_socket, settings.token)
    producer = Producer(settings.bootstrap, "scoring", settings.tags)
    scoring = Scoring(load(), keys, producer)
    batches = BatchLoop(settings.bootstrap, SCORING_GROUP, [SUBMITTED], scoring.work)
    revocations = Revocations(settings.bootstrap, "scoring", keys, producer, settings.tags)

    async def connected(_: web.Application) -> AsyncIterator[None]:
        async with keys, producer:
            yield

    def missing() -> str | None:
        if not revocations.ready.is_set():
            return "the revocations have not been read to their end"
        return None if batches.ready.is_set() else "the batch loop has not joined its group"

    app = web.Application(middlewares=[problem_details])
    app.add_routes(INTERFACE.served(health_routes(missing)))
    app.cleanup_ctx.append(connected)
    app.cleanup_ctx.append(
        running(
            faust_app("scoring", settings.bootstrap, settings.data_dir),
            Loop("revocations", revocations.run),
            Loop("batches", batches.run),
        )
    )
    return [Listener(app, settings.host, settings.port)]


def main() -> None:
    """Run scoring until a signal ends it."""
    settings = read_settings()
    run("scoring", lambda: build(settings), after=lambda: topics_present(settings.bootstrap, TOPICS))
