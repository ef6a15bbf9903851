"""A broker that asks who comes: every kind of client of ours logs in, and nobody else gets anything done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import faust
import pytest
import pytest_asyncio
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError
from confluent_kafka.admin import AclOperation, ResourceType

from infra.kafka.batch_loop import BatchLoop
from infra.kafka.lifecycle import faust_app
from infra.kafka.presence import topics_present
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.kafka.security import PASSWORD_FILE, security
from infra.kafka.tail import tail
from infra.local.topics import create
from schemas.topics import KEYS_REVOKED, TOPICS, Topic
from tests.integration.kafka.secured import ADMIN, secured_kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]
USERS = {ADMIN: "a-secret-of-the-operator", "consent": "a-secret-of-consent", "scoring": "a-secret-of-scoring"}
OPEN = Topic("open", "test", "alias", 1)


class Login:
    """Lets the process be one of the users, or nobody."""

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self._directory = directory
        self._patch = patch

    def __call__(self, user: str | None, password: str | None = None) -> None:
        security.cache_clear()
        if user is None:
            self._patch.delenv("KAFKA_SECURITY_PROTOCOL", raising=False)
            return
        file = self._directory / PASSWORD_FILE
        file.write_text(password or USERS[user])
        file.chmod(0o600)
        self._patch.setenv("SECRETS_DIR", str(self._directory))
        self._patch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
        self._patch.setenv("KAFKA_SASL_USERNAME", user)


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    with pytest.MonkeyPatch.context() as patch:
        yield Login(tmp_path_factory.mktemp("login"), patch)
    security.cache_clear()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker(login: Login, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Consent may write and read `keys.revoked`, scoring may read it; both may do all with `open`."""
    login(ADMIN)
    async with secured_kafka(tmp_path_factory.mktemp("secured"), USERS) as (node, bootstrap):
        await create(bootstrap, [*TOPICS, OPEN])
        revoked = ResourceType.TOPIC, KEYS_REVOKED.name
        node.allow(bootstrap, "consent", *revoked, AclOperation.WRITE)
        for user in ("consent", "scoring"):
            node.allow(bootstrap, user, *revoked, AclOperation.READ)
            node.allow(bootstrap, user, ResourceType.TOPIC, OPEN.name, AclOperation.ALL)
            node.allow(bootstrap, user, ResourceType.GROUP, "*", AclOperation.ALL)
        yield bootstrap


async def test_every_client_logs_in(broker: str, login: Login, tmp_path: Path) -> None:
    login("consent")
    await topics_present(broker, [OPEN, KEYS_REVOKED])
    # the producer, and the reader without a group
    async with Producer(broker, "consent") as producer:
        (place,) = await producer.send([Outgoing(OPEN, "ab" * 16, b"by the loop")])
        async with tail(broker, OPEN, 0) as found:
            assert found.end == place.offset + 1
        # the batch loop
        came: asyncio.Queue[bytes] = asyncio.Queue()

        async def work(records) -> None:
            for record in records:
                await came.put(record.value)

        loop = asyncio.create_task(BatchLoop(broker, "secured", [OPEN], work).run())
        assert await came.get() == b"by the loop"
        loop.cancel()
        # and Faust
        app = faust_app("secured", broker, tmp_path)

        @app.agent(app.topic(OPEN.name, key_type=bytes, value_type=bytes))  # type: ignore[untyped-decorator]
        async def take(stream: "faust.Stream[bytes]") -> None:
            async for event in stream.events():
                await came.put(event.message.value)

        app.boot_strategy.enable_kafka_consumer = app.boot_strategy.enable_kafka_producer = True
        app.finalize()
        await app.start()
        try:
            while True:  # until its group has its partition
                await producer.send([Outgoing(OPEN, "ab" * 16, b"by the agent")])
                try:
                    async with asyncio.timeout(1):
                        while await came.get() != b"by the agent":
                            continue
                        break
                except TimeoutError:
                    continue
        finally:
            await app.stop()


@pytest.mark.parametrize("who", [(None, None), ("consent", "another password")], ids=["nobody", "a wrong password"])
async def test_who_does_not_log_in_is_answered_nothing(broker: str, login: Login, who: tuple[str, str]) -> None:
    login(*who)
    with pytest.raises((BrokerUnavailable, KafkaConnectionError)):
        async with asyncio.timeout(60), Producer(broker, "somebody"):
            pass


async def test_who_may_read_the_revocations_forges_none(broker: str, login: Login) -> None:
    login("scoring")
    async with tail(broker, KEYS_REVOKED, 0) as before:
        pass
    async with Producer(broker, "scoring") as producer:
        with pytest.raises((BrokerUnavailable, TopicAuthorizationFailedError)):
            await producer.send([Outgoing(KEYS_REVOKED, "ab" * 16, b"forged")])
    login("consent")
    async with tail(broker, KEYS_REVOKED, 0) as after:
        assert after.end == before.end
