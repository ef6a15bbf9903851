"""What scoring reads from its environment."""

from dataclasses import dataclass
from pathlib import Path

from environs import Env

from infra.kafka.record_tag import RecordTags, record_tags


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses and places; `token` is this service's token for the key API, `tags` those of control records."""

    host: str
    port: int
    bootstrap: str
    data_dir: Path
    keys_socket: Path
    token: str
    tags: RecordTags


def read_settings() -> Settings:
    """The settings. Raises environs.EnvError naming a variable that is missing or malformed."""
    env = Env()
    secrets = env.path("SECRETS_DIR")
    return Settings(
        host=env.str("SERVICE_HOST", "127.0.0.1"),
        port=env.int("SERVICE_PORT", 8083),
        bootstrap=env.str("KAFKA_BOOTSTRAP_SERVERS"),
        data_dir=env.path("DATA_DIR"),
        keys_socket=env.path("KEYS_SOCKET"),
        token=(secrets / "scoring.token").read_text().strip(),
        tags=record_tags(secrets),
    )
