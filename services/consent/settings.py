"""What the consent service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, validate

from infra.configuration import effective
from services.consent.stores import BACKUP_WINDOW_DAYS, ROTATION_DAYS

UNNAMED = "the operator of this service"
"""What the operator is called where OPERATOR_NAME says nothing."""
_NOT_NEGATIVE = validate.Range(min=0)
_A_DAY_AT_LEAST = validate.Range(min=1)  # a release that is under way may still use the old epoch


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once at start. `erasure_window_seconds` is how long a person may cancel an erasure,
    `backup_window_days` how long backups of the key store are kept, `rotation_days` how often the root key is rotated
    (0: by command only), `self_test_hours` the time between two canaries
    (0: none but by command), `proxies` how many reverse proxies of one's own
    stand in front. `root_key` says what holds the root key (`infra.crypto.root_keys.chosen`). `operator` is who runs
    the service, controller for individuals and processor for organisations, and `operator_contact` where it is
    reached; `public_url` is the address under which people find it, `intake_url` where they look up the methodology,
    `audit_url` where officers are; `intake_inside_url` is where this service itself reaches intake. `effective` is
    all that was read, by the names of the variables.
    """

    host: str
    port: int
    bootstrap: str
    database_url: str
    data_dir: Path
    secrets_dir: Path
    root_key: str
    keys_socket: Path
    admin_socket: Path
    erasure_window_seconds: int
    backup_window_days: int
    rotation_days: int
    self_test_hours: int
    proxies: int
    operator: str
    operator_contact: str
    public_url: str
    intake_url: str
    audit_url: str
    intake_inside_url: str
    effective: Mapping[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> dict[str, str]:
        """The public address of each service that has pages."""
        return {"intake": self.intake_url, "consent": self.public_url, "audit": self.audit_url}


def from_environment() -> Settings:
    """The settings, or environs' error naming the variable."""
    env = Env()
    data_dir = Path(env.str("DATA_DIR", ".careerpulse")).absolute()
    database = data_dir / "consent" / "consent.db"
    host, port = env.str("SERVICE_HOST", "127.0.0.1"), env.int("SERVICE_PORT", 8081)
    intake_url = env.str("INTAKE_URL", "http://127.0.0.1:8080").rstrip("/")
    return Settings(
        host=host,
        port=port,
        bootstrap=env.str("KAFKA_BOOTSTRAP_SERVERS"),
        database_url=env.str("DATABASE_URL", f"sqlite:///{database}"),
        data_dir=data_dir,
        secrets_dir=Path(env.str("SECRETS_DIR", str(data_dir / "secrets"))).absolute(),
        root_key=env.str("ROOT_KEY", "file:"),
        keys_socket=Path(env.str("KEYS_SOCKET", str(data_dir / "keys.sock"))).absolute(),
        admin_socket=Path(env.str("ADMIN_SOCKET", str(data_dir / "consent-admin.sock"))).absolute(),
        erasure_window_seconds=env.int("ERASURE_WINDOW_SECONDS", 86_400, validate=_NOT_NEGATIVE),
        backup_window_days=env.int("BACKUP_WINDOW_DAYS", BACKUP_WINDOW_DAYS, validate=_A_DAY_AT_LEAST),
        rotation_days=env.int("ROTATION_DAYS", ROTATION_DAYS, validate=_NOT_NEGATIVE),
        self_test_hours=env.int("SELF_TEST_HOURS", 24, validate=_NOT_NEGATIVE),
        proxies=env.int("PROXIES", 0, validate=_NOT_NEGATIVE),
        operator=env.str("OPERATOR_NAME", UNNAMED),
        operator_contact=env.str("OPERATOR_CONTACT", ""),
        public_url=env.str("CONSENT_URL", f"http://{host}:{port}").rstrip("/"),
        intake_url=intake_url,
        audit_url=env.str("AUDIT_URL", "http://127.0.0.1:8082").rstrip("/"),
        intake_inside_url=env.str("INTAKE_INSIDE_URL", intake_url).rstrip("/"),
        effective=effective(env),  # the last, when all is read
    )
