"""What a service was started with is told by the names of its variables, and nothing secret with it."""

from environs import Env

from infra.configuration import effective


def test_every_variable_that_was_read_is_named_with_its_value_or_its_default(monkeypatch) -> None:
    monkeypatch.setenv("OPERATOR_NAME", "A hospital")
    monkeypatch.setenv("NOBODY_READS_THIS", "7")
    env = Env()
    env.str("OPERATOR_NAME")
    env.int("PROXIES", 0)
    assert effective(env) == {"OPERATOR_NAME": "A hospital", "PROXIES": "0"}


def test_the_password_in_an_address_is_left_out(monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://careerpulse:CANARY@db:5432/audit")
    env = Env()
    env.str("DATABASE_URL")
    assert effective(env) == {"DATABASE_URL": "postgresql+asyncpg://careerpulse@db:5432/audit"}
