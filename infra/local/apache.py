"""A real Apache Kafka: one KRaft node on loopback, without a container."""

import asyncio
import base64
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from string import Template

from infra.local.child import Command
from infra.local.java import Java
from infra.local.ports import LOOPBACK, port_again
from infra.local.probe import kafka_ready
from infra.local.tether import tethered

_SETTINGS = Path(__file__).parent / "kafka"
_HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC")


class ApacheError(Exception):
    """The node's storage could not be prepared."""


@dataclass(frozen=True, slots=True)
class ApacheKafka:
    """A node in `home` (`server.properties`, `data/`), run by `java` from the jars in `lib`."""

    home: Path
    java: Java
    lib: Path

    async def prepare(self) -> tuple[str, Command]:
        """Render the settings and format a new storage; returns the bootstrap address and what to run.

        A node keeps its data, and its port if that is free. Raises ApacheError.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        port = self._render()
        if not (self._log_dir / "meta.properties").exists():
            await self._format()
        bootstrap = f"{LOOPBACK}:{port}"
        argv = self._argv("kafka.Kafka", str(self._properties), options=_HEAP)
        return bootstrap, Command("kafka", argv, kafka_ready(bootstrap))

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    @property
    def _log_dir(self) -> Path:
        return self.home.absolute() / "data"

    def _argv(self, main: str, *arguments: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        logging = f"-Dlog4j2.configurationFile={_SETTINGS / 'log4j2.properties'}"
        return (self.java.path, *options, logging, "-cp", f"{self.lib}/*", main, *arguments)

    def _render(self) -> int:
        last = self._properties.read_text() if self._properties.exists() else ""
        port = port_again(_port_of("PLAINTEXT", last))
        controller_port = port_again(_port_of("CONTROLLER", last))
        template = Template((_SETTINGS / "server.properties").read_text())
        self._properties.write_text(
            template.substitute(port=port, controller_port=controller_port, log_dir=self._log_dir)
        )
        return port

    async def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        tool = ("format", "--ignore-formatted", f"--cluster-id={cluster}", "-c", str(self._properties))
        process = await asyncio.create_subprocess_exec(
            *tethered(self._argv("kafka.tools.StorageTool", *tool, options=("-XX:TieredStopAtLevel=1",))),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise ApacheError(f"the storage of Apache Kafka was not formatted: {output.decode().strip()}")


def _port_of(listener: str, properties: str) -> int | None:
    found = re.search(rf"^listeners=.*{listener}://[^:]+:(\d+)", properties, re.MULTILINE)
    return int(found[1]) if found else None
