"""A client proves who it is as the environment says, and no secret is shown by accident."""

from pathlib import Path

import pytest
from environs import EnvError

from infra.crypto.root_key import RootKeyError
from infra.kafka.security import from_environment


@pytest.fixture
def secrets_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    password = tmp_path / "kafka.password"
    password.write_text("hunter2\n")
    password.chmod(0o600)
    return tmp_path


def test_without_a_word_there_is_none() -> None:
    assert from_environment().of_aiokafka() == {"security_protocol": "PLAINTEXT", "ssl_context": None}


def test_it_logs_in_with_the_password_of_the_file(secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "consent")
    chosen = from_environment()
    told = chosen.of_aiokafka()
    assert (told["sasl_mechanism"], told["sasl_plain_username"], told["sasl_plain_password"]) == (
        "SCRAM-SHA-512",
        "consent",
        "hunter2",
    )
    assert told["ssl_context"].check_hostname
    assert "hunter2" not in repr(chosen)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("KAFKA_SECURITY_PROTOCOL", "sasl"), ("KAFKA_SASL_MECHANISM", "PLAIN"), ("KAFKA_SASL_USERNAME", None)],
)
def test_what_is_wrong_or_missing_is_named(secrets_dir, monkeypatch, variable: str, value: str | None) -> None:
    for name, good in (("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"), ("KAFKA_SASL_USERNAME", "consent")):
        monkeypatch.setenv(name, good)
    monkeypatch.delenv(variable, raising=False)
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(EnvError, match=variable):
        from_environment()


def test_a_password_that_others_may_read_is_refused(secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "consent")
    (secrets_dir / "kafka.password").chmod(0o640)
    with pytest.raises(RootKeyError, match="open to others"):
        from_environment()
