"""How every client of ours proves to the broker who it is, and how it knows the broker: Kafka's own settings.

KAFKA_SECURITY_PROTOCOL is PLAINTEXT (default), SSL, SASL_PLAINTEXT or SASL_SSL. With SASL a service logs in as
KAFKA_SASL_USERNAME by SCRAM (RFC 5802), its password in `SECRETS_DIR/kafka.password`. With TLS KAFKA_CA_FILE names a
certificate authority of your own; without it the machine's are trusted.
"""

import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from environs import Env, validate

from infra.crypto.root_key import read_secret

PASSWORD_FILE = "kafka.password"  # noqa: S105 - the file's name
PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS: Final = ("SCRAM-SHA-512", "SCRAM-SHA-256")


@dataclass(frozen=True, slots=True)
class Security:
    """What a client needs to talk to the broker. `tls` is None where the protocol has none."""

    protocol: str = "PLAINTEXT"
    mechanism: str = MECHANISMS[0]
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None

    @property
    def logs_in(self) -> bool:
        """Whether it proves who it is."""
        return self.protocol.startswith("SASL")

    def of_aiokafka(self) -> dict[str, Any]:
        """As arguments of aiokafka's clients."""
        chosen: dict[str, Any] = {"security_protocol": self.protocol, "ssl_context": self.tls}
        if self.logs_in:
            chosen |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return chosen


@cache
def security() -> Security:
    """What the environment says, read once. Raises environs' error, naming the variable, or RootKeyError."""
    return from_environment()


def from_environment() -> Security:
    """See `security`."""
    env = Env()
    protocol = env.str("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT", validate=validate.OneOf(PROTOCOLS))
    tls = ssl.create_default_context(cafile=env.str("KAFKA_CA_FILE", None)) if protocol.endswith("SSL") else None
    if not protocol.startswith("SASL"):
        return Security(protocol, tls=tls)
    return Security(
        protocol,
        env.str("KAFKA_SASL_MECHANISM", MECHANISMS[0], validate=validate.OneOf(MECHANISMS)),
        env.str("KAFKA_SASL_USERNAME"),
        read_secret(Path(env.str("SECRETS_DIR")) / PASSWORD_FILE).decode().strip(),
        tls,
    )
