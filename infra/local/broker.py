"""Chooses the broker, and says why: the one that is given, else Apache Kafka, else the embedded one."""

import os
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.local.apache import ApacheKafka
from infra.local.child import Command
from infra.local.embedded import embedded_command
from infra.local.jars import JarsError, fetch_jars, jar_directory, pinned_version
from infra.local.java import Java, JavaError, find_java
from infra.local.supervisor import Supervisor
from infra.local.topics import TopicSpec, create

Kind = Literal["given", "apache", "embedded"]
Wanted = Literal["auto", "apache", "embedded"]

_CAVEAT = "for trying things out only, all data goes when it ends"


class BrokerError(Exception):
    """The broker that was asked for cannot be had."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A broker to use: its kind, the reason in one line, the address of a given one, what runs ours."""

    kind: Kind
    reason: str
    bootstrap: str = ""
    java: Java | None = None
    lib: Path | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether its records go when it ends, so that no store may outlive it."""
        return self.kind == "embedded"


async def choose(wanted: Wanted, data: Path, environ: Mapping[str, str] = os.environ) -> Choice:
    """Choose a broker, and fetch Apache Kafka's jars if it is that one.

    Raises BrokerError when `apache` is asked for and cannot be had.
    """
    given = environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if wanted == "auto" and given:
        return Choice("given", f"KAFKA_BOOTSTRAP_SERVERS names {given}", given)
    if wanted == "embedded":
        return Choice("embedded", f"embedded broker (asked for), {_CAVEAT}")
    try:
        return await _apache(jar_directory(data, environ))
    except (JavaError, JarsError) as error:
        if wanted == "apache":
            raise BrokerError(f"no Apache Kafka: {error}") from error
        return Choice("embedded", f"embedded broker ({error}), {_CAVEAT}")


async def _apache(lib: Path) -> Choice:
    java = await find_java()
    source = "its jars are here" if lib.is_dir() else "Maven found"
    await fetch_jars(lib)
    reason = f"Apache Kafka {pinned_version()} (Java {java.release} and {source})"
    return Choice("apache", reason, java=java, lib=lib)


async def start_broker(choice: Choice, supervisor: Supervisor, data: Path, topics: Sequence[TopicSpec] = ()) -> str:
    """Start what was chosen, with these topics; returns the bootstrap address when it is ready.

    Raises ChildError when it does not come up and TopicError when a topic is not what the table says.
    """
    bootstrap, coming_up = await begin_broker(choice, supervisor, data, topics)
    await coming_up
    return bootstrap


async def begin_broker(
    choice: Choice, supervisor: Supervisor, data: Path, topics: Sequence[TopicSpec] = ()
) -> tuple[str, Coroutine[None, None, None]]:
    """The bootstrap address, and what is to be awaited until the broker and its topics are there.

    Who is told the address may start meanwhile and wait for the topics itself. Raises as `start_broker` does.
    """
    if choice.kind == "embedded":
        return await _start_embedded(supervisor, data, topics), _come_up(supervisor, None, "", ())
    if choice.java and choice.lib:
        bootstrap, command = await ApacheKafka(data / "broker" / "kafka", choice.java, choice.lib).prepare()
        return bootstrap, _come_up(supervisor, command, bootstrap, topics)
    return choice.bootstrap, _come_up(supervisor, None, choice.bootstrap, topics)


async def _come_up(
    supervisor: Supervisor, command: Command | None, bootstrap: str, topics: Sequence[TopicSpec]
) -> None:
    if command is not None:
        await supervisor.start(command)
    if topics:
        await create(bootstrap, topics)


async def _start_embedded(supervisor: Supervisor, data: Path, topics: Sequence[TopicSpec]) -> str:
    address = data / "broker" / "address"
    address.parent.mkdir(parents=True, exist_ok=True)
    address.unlink(missing_ok=True)
    await supervisor.start(embedded_command(address, [(topic.name, topic.partitions) for topic in topics]))
    return address.read_text()
