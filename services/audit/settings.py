"""What audit reads from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, validate

from infra.configuration import effective
from infra.crypto.root_key import secret_made_once
from infra.kafka.record_tag import RecordTags, record_tags
from schemas.topics import SCORED
from services.audit.tlog.note import SignerKey
from services.audit.tlog.places import logs_beside, place_of
from services.audit.witness.policy import NO_POLICY, Policy, parse_policy


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses and places.

    `log` is where the log lies, a directory or `s3://bucket/prefix`; `origin` is its name, in its key and under every
    checkpoint; `logs` is how many take entries, all but the first lying beside it; `policy_file` names the witnesses,
    if any; `broker` is the kind of broker where whoever started it says so.
    `proxies` is how many reverse proxies of one's own stand in front. `effective` is all that was read, by the
    names of the variables.
    """

    host: str
    port: int
    bootstrap: str
    database_url: str
    data_dir: Path
    secrets_dir: Path
    keys_socket: Path
    admin_socket: Path
    intake_url: str
    consent_url: str
    public_url: str
    log: str
    origin: str
    logs: int
    policy_file: Path | None
    proxies: int
    broker: str
    effective: Mapping[str, str] = field(default_factory=dict)

    @property
    def tags(self) -> RecordTags:
        """The tags of control records."""
        return record_tags(self.secrets_dir)

    @property
    def addresses(self) -> dict[str, str]:
        """The public address of each service that has pages."""
        return {"intake": self.intake_url, "consent": self.consent_url, "audit": self.public_url}

    @property
    def token(self) -> str:
        """This service's token for the key API."""
        return (self.secrets_dir / "audit.token").read_text().strip()

    @property
    def auditor_token(self) -> str:
        """The token of those who may read entries."""
        return (self.secrets_dir / "auditor.token").read_text().strip()

    def acts_secret(self) -> bytes:
        """What seals the acts of auditors that concern no person, made at the first start."""
        return secret_made_once(self.secrets_dir / "acts-key", os.urandom(32))

    def pages_secret(self) -> bytes:
        """What seals the sessions of officers, made at the first start."""
        return secret_made_once(self.secrets_dir / "audit-pages-key", os.urandom(32))

    def origin_of(self, number: int) -> str:
        """The name of the log of this number. Raises ValueError where the first one's does not end in its number."""
        if number == 0:
            return self.origin
        if not self.origin.endswith("/0"):
            raise ValueError(
                f"AUDIT_ORIGIN is {self.origin}; with several logs it must end in /0, the first one's number"
            )
        return f"{self.origin.removesuffix('0')}{number}"

    def signer(self, number: int = 0) -> SignerKey:
        """The key of a log, made at its first start. Raises ValueError where it is of another origin."""
        path, origin = self.secrets_dir / place_of("log-key", number), self.origin_of(number)
        signer = SignerKey.parse(secret_made_once(path, SignerKey.generate(origin).encode().encode()).decode())
        if signer.name != origin:
            raise ValueError(f"{path} is the key of {signer.name}; AUDIT_ORIGIN says {origin}")
        return signer

    def places(self) -> list[str]:
        """Where each log lies: those that take entries, and behind them those that once did."""
        wanted = [place_of(self.log, number) for number in range(self.logs)]
        return max(wanted, logs_beside(self.log), key=len)

    def policy(self) -> Policy:
        """The log's witnesses.

        Raises ValueError naming the file and the line that is wrong, or a quorum that nobody who is asked can give.
        """
        if self.policy_file is None:
            return NO_POLICY
        try:
            policy = parse_policy(self.policy_file.read_bytes())
            policy.check_reachable()
        except (OSError, ValueError) as error:
            raise ValueError(f"AUDIT_WITNESSES names {self.policy_file}: {error}") from error
        return policy


def read_settings() -> Settings:
    """The settings. Raises environs.EnvError naming a variable that is missing or malformed."""
    env = Env()
    data = env.path("DATA_DIR")
    return Settings(
        host=env.str("SERVICE_HOST", "127.0.0.1"),
        port=env.int("SERVICE_PORT", 8082),
        bootstrap=env.str("KAFKA_BOOTSTRAP_SERVERS"),
        database_url=env.str("DATABASE_URL"),
        data_dir=data,
        secrets_dir=env.path("SECRETS_DIR"),
        keys_socket=env.path("KEYS_SOCKET"),
        admin_socket=env.path("ADMIN_SOCKET"),
        intake_url=env.str("INTAKE_URL"),
        consent_url=env.str("CONSENT_URL"),
        public_url=env.str("AUDIT_URL"),
        proxies=env.int("PROXIES", 0, validate=validate.Range(min=0)),
        log=env.str("AUDIT_LOG_DIR", str(data / "log")),
        policy_file=env.path("AUDIT_WITNESSES", None),
        broker=env.str("BROKER", ""),
        origin=env.str("AUDIT_ORIGIN", "careerpulse.local/logs/0"),
        logs=env.int("AUDIT_LOGS", 1, validate=validate.Range(min=1, max=SCORED.partitions)),
        effective=effective(env),  # the last, when all is read
    )
