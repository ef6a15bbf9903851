"""A real Apache Kafka whose clients log in by SCRAM, and may do what its access lists say."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from infra.local.apache import ApacheKafka
from infra.local.broker import choose
from infra.local.supervisor import Supervisor
from tests.conftest import DATA

ADMIN = "admin"
_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class SecuredKafka(ApacheKafka):
    """One node; `users` are made while its storage is formatted. Only the controller's own listener is open."""

    users: Mapping[str, str] = field(default_factory=dict)

    def _render(self) -> int:
        port = super()._render()
        plain = self._properties.read_text()
        secured = plain.replace("PLAINTEXT://127.0.0.1:" + str(port), f"SASL_PLAINTEXT://127.0.0.1:{port}").replace(
            "PLAINTEXT:PLAINTEXT", "SASL_PLAINTEXT:SASL_PLAINTEXT"
        )
        secured += (
            "\nsecurity.inter.broker.protocol=SASL_PLAINTEXT\nsasl.mechanism.inter.broker.protocol=SCRAM-SHA-512\n"
            "sasl.enabled.mechanisms=SCRAM-SHA-512\n"
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
            f"super.users=User:{ADMIN};User:ANONYMOUS\n"
            f"listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config={_LOGIN} required "
            f'username="{ADMIN}" password="{self.users[ADMIN]}";\n'
        )
        self._properties.write_text(secured)
        return port

    def _argv(self, main: str, *arguments: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        if main == "kafka.tools.StorageTool":
            for name, password in self.users.items():
                arguments += ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        return super()._argv(main, *arguments, options=options)

    def allow(self, bootstrap: str, user: str, kind: ResourceType, name: str, operation: AclOperation) -> None:
        """Add to the access lists."""
        operator = AdminClient(
            {
                "bootstrap.servers": bootstrap,
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": ADMIN,
                "sasl.password": self.users[ADMIN],
            }
        )
        pattern, allowed = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
        binding = AclBinding(kind, name, pattern, f"User:{user}", "*", operation, allowed)
        for made in operator.create_acls([binding]).values():
            made.result()


@asynccontextmanager
async def secured_kafka(home: Path, users: Mapping[str, str]) -> AsyncIterator[tuple[SecuredKafka, str]]:
    """The node and its address."""
    choice = await choose("apache", DATA)
    assert choice.java is not None
    assert choice.lib is not None
    node = SecuredKafka(home / "kafka", choice.java, choice.lib, users)
    async with Supervisor(home / "logs") as supervisor:
        bootstrap, command = await node.prepare()
        await supervisor.start(command)
        yield node, bootstrap
