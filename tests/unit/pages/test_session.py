"""Sessions: sealed, bound to their cookie, and gone by themselves."""

import time

import pytest

from infra.pages.session import LIFETIME_SECONDS, Sealer, Session

SEALER = Sealer(bytes(32), "careerpulse-one")


def begun(**values: str) -> Session:
    session = Session()
    session.begin(**values)
    return session


def test_what_is_sealed_is_opened_again_and_reads_as_nothing_in_between() -> None:
    sealed = SEALER.sealed(begun(claim="CP-SECRET"))

    assert SEALER.opened(sealed).get("claim") == "CP-SECRET"
    assert "SECRET" not in sealed


@pytest.mark.parametrize("other", [Sealer(bytes(31) + b"1", "careerpulse-one"), Sealer(bytes(32), "careerpulse-two")])
def test_another_service_reads_no_session(other: Sealer) -> None:
    assert not other.opened(SEALER.sealed(begun(claim="x")))


def test_what_is_changed_malformed_or_missing_is_no_session() -> None:
    sealed = SEALER.sealed(begun(claim="x"))
    changed = ("A" if sealed[20] != "A" else "B").join((sealed[:20], sealed[21:]))

    assert not any(map(SEALER.opened, (None, "", "no base64", "AAAA", changed, "A" * 10_000)))


def test_a_session_ends_by_itself_and_is_renewed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = SEALER.sealed(begun(claim="x"))
    start = time.time()

    monkeypatch.setattr(time, "time", lambda: start + LIFETIME_SECONDS // 2)
    assert SEALER.opened(sealed).changed
    monkeypatch.setattr(time, "time", lambda: start + LIFETIME_SECONDS + 2)
    assert not SEALER.opened(sealed)


def test_beginning_again_takes_another_id() -> None:
    session = begun(claim="x")
    first = session.id
    session.begin(claim="y")

    assert session.id != first


def test_what_no_browser_would_keep_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit into a cookie"):
        SEALER.sealed(begun(claim="x" * 5000))
