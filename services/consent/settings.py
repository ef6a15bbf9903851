"""What the consent service is told by its environment."""

from dataclasses import dataclass
from pathlib import Path

from environs import Env

from services.consent.stores import BACKUP_WINDOW_DAYS


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once at start. `erasure_window_seconds` is how long a person may cancel an erasure,
    `backup_window_days` how long backups of the key store are kept."""

    host: str
    port: int
    bootstrap: str
    database_url: str
    data_dir: Path
    secrets_dir: Path
    keys_socket: Path
    admin_socket: Path
    erasure_window_seconds: int
    backup_window_days: int


def from_environment() -> Settings:
    """The settings, or environs' error naming the variable."""
    env = Env()
    data_dir = Path(env.str("DATA_DIR", ".careerpulse")).absolute()
    database = data_dir / "consent" / "consent.db"
    return Settings(
        host=env.str("SERVICE_HOST", "127.0.0.1"),
        port=env.int("SERVICE_PORT", 8081),
        bootstrap=env.str("KAFKA_BOOTSTRAP_SERVERS"),
        database_url=env.str("DATABASE_URL", f"sqlite:///{database}"),
        data_dir=data_dir,
        secrets_dir=Path(env.str("SECRETS_DIR", str(data_dir / "secrets"))).absolute(),
        keys_socket=Path(env.str("KEYS_SOCKET", str(data_dir / "keys.sock"))).absolute(),
        admin_socket=Path(env.str("ADMIN_SOCKET", str(data_dir / "consent-admin.sock"))).absolute(),
        erasure_window_seconds=env.int("ERASURE_WINDOW_SECONDS", 86_400, validate=_not_negative),
        backup_window_days=env.int("BACKUP_WINDOW_DAYS", BACKUP_WINDOW_DAYS, validate=_a_day_at_least),
    )


def _not_negative(seconds: int) -> None:
    if seconds < 0:
        raise ValueError("ERASURE_WINDOW_SECONDS cannot be negative")


def _a_day_at_least(days: int) -> None:
    if days < 1:
        raise ValueError("BACKUP_WINDOW_DAYS is at least 1: running releases may still use the old epoch")
