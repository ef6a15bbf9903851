"""The processes of a stack: what each is called, where it listens, what it is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, its usual port, whether it stores and whether it keeps the log."""

    name: str
    port: int
    stores: bool = True
    logs: bool = False


SERVICES = (
    Service("consent", 8081),
    Service("audit", 8082, logs=True),
    Service("scoring", 8083, stores=False),
    Service("intake", 8080),
)
"""They start side by side; the front door ends first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack lives: its data and sockets, the broker, and the public address of each service."""

    data: Path
    run: Path
    host: str
    bootstrap: str
    ports: Mapping[str, int]
    databases: Mapping[str, str]
    broker: str

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    def url(self, service: str) -> str:
        return f"http://{self.host}:{self.ports[service]}"

    def admin_socket(self, service: str) -> Path:
        return self.run / f"{service}-admin.sock"


_OURS = frozenset({"KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "AUDIT_LOG_DIR", "CAREERPULSE_BROKER"})


def environment(
    service: Service, place: Place, inherited: Mapping[str, str], extra: Mapping[str, str]
) -> dict[str, str]:
    """All variables of one service. Of what is inherited, the addresses of other stores do not reach it."""
    variables = {name: value for name, value in inherited.items() if name not in _OURS}
    variables |= {
        "SERVICE_HOST": place.host,
        "SERVICE_PORT": str(place.ports[service.name]),
        "KAFKA_BOOTSTRAP_SERVERS": place.bootstrap,
        "BROKER": place.broker,
        "DATA_DIR": str(place.data),
        "SECRETS_DIR": str(place.secrets),
        "KEYS_SOCKET": str(place.run / "keys.sock"),
        "ADMIN_SOCKET": str(place.admin_socket(service.name)),
        "INTAKE_URL": place.url("intake"),
        "CONSENT_URL": place.url("consent"),
        "AUDIT_URL": place.url("audit"),
    }
    if service.stores:
        variables["DATABASE_URL"] = place.databases[service.name]
    if service.logs:
        variables["AUDIT_LOG_DIR"] = str(place.data / "log")
    return variables | dict(extra)
