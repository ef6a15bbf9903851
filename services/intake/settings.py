"""What intake reads from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from environs import Env, validate

from infra.configuration import effective
from infra.http.outside import Network

EMBEDDED_UNFINISHED = 400
"""Assessments under way that the embedded broker's 5 MiB a partition hold with room to spare."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses and places.

    `unfinished` bounds the assessments under way, where the broker's memory is small. `webhook_networks` are private
    networks that webhooks may reach, `issuer_networks` those where issuers may publish keys. `token_issuers` names
    issuers outside (`outside_tokens`). `proxies` is how many reverse proxies of one's own stand in front.
    `effective` is all that was read, by the names of the variables.
    """

    host: str
    port: int
    bootstrap: str
    database_url: str
    data_dir: Path
    secrets_dir: Path
    keys_socket: Path
    admin_socket: Path
    issuer: str
    consent_url: str
    audit_url: str
    operator: str
    operator_contact: str
    unfinished: int | None
    webhook_networks: tuple[Network, ...]
    issuer_networks: tuple[Network, ...] = ()
    token_issuers: Path | None = None
    proxies: int = 0
    effective: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> dict[str, str]:
        """The public address of each service that has pages."""
        return {"intake": self.issuer, "consent": self.consent_url, "audit": self.audit_url}

    @property
    def token(self) -> str:
        """This service's token for the key API."""
        return (self.secrets_dir / "intake.token").read_text().strip()


def read_settings() -> Settings:
    """The settings. Raises environs.EnvError naming a variable that is missing or malformed."""
    env = Env()
    return Settings(
        host=env.str("SERVICE_HOST", "127.0.0.1"),
        port=env.int("SERVICE_PORT", 8080),
        bootstrap=env.str("KAFKA_BOOTSTRAP_SERVERS"),
        database_url=env.str("DATABASE_URL"),
        data_dir=env.path("DATA_DIR"),
        secrets_dir=env.path("SECRETS_DIR"),
        keys_socket=env.path("KEYS_SOCKET"),
        admin_socket=env.path("ADMIN_SOCKET"),
        issuer=env.str("INTAKE_URL"),
        consent_url=env.str("CONSENT_URL"),
        audit_url=env.str("AUDIT_URL"),
        webhook_networks=_networks(env, "WEBHOOK_PRIVATE_NETWORKS"),
        issuer_networks=_networks(env, "ISSUER_PRIVATE_NETWORKS"),
        token_issuers=env.path("TOKEN_ISSUERS", None),
        proxies=env.int("PROXIES", 0, validate=validate.Range(min=0)),
        operator=env.str("OPERATOR_NAME", ""),
        operator_contact=env.str("OPERATOR_CONTACT", ""),
        unfinished=EMBEDDED_UNFINISHED if env.str("BROKER", "") == "embedded" else None,
        effective=effective(env),  # the last, when all is read
    )


def _networks(env: Env, name: str) -> tuple[Network, ...]:
    listed: list[str] = env.list(name, [])
    return tuple(ip_network(one) for one in listed)
