"""The log says once which versions were published, when its own key changed, and which settings did."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.audit.announcements import Announcements
from services.audit.tlog.note import SignerKey
from services.methodology.version import PUBLISHED, load
from tests.integration.audit.office import Office


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is announced is a function of what was; the database is a part of no rule here."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def test_each_version_and_each_change_of_the_key_is_an_entry_once_and_a_log_without_one_says_none(
    office: Office,
) -> None:
    announcements, state = Announcements(office.database, office.acts), office.appender.state
    # At the first start, and at a second one, the versions were published, and no key has changed
    for _ in range(2):
        await announcements.make([state], {})
    published = await office.entries()
    assert [(one["type"], one["methodology"]) for one in published] == [
        ("methodology-published", load(version).hash) for version in PUBLISHED
    ]
    # When the log goes on under a new key, and under a third one before audit was started again
    keys = [SignerKey.generate(state.key.name).verifier() for _ in range(2)]
    for _ in range(2):
        await announcements.make([replace(state, key=keys[1], former=(state.key, keys[0]))], {})
    changed = (await office.entries())[len(published) :]
    assert [(one["type"], one["actor"]) for one in changed] == [("log-key-changed", "operator")] * 2
    # Then the entries bind which key came after which
    told = await office.acts.of_ours("log-key-changed")
    pairs = {(one.fields["before"], one.fields["after"]) for one in told}
    assert pairs == {(state.key.encode(), keys[0].encode()), (keys[0].encode(), keys[1].encode())}
    assert all(key.encode() not in json.dumps(changed) for key in keys)


async def test_settings_that_are_others_than_at_the_last_start_are_an_entry_that_binds_which(office: Office) -> None:
    announcements, state = Announcements(office.database, office.acts), office.appender.state
    # Given a first start
    await announcements.make([state], {"PROXIES": "0", "AUDIT_URL": "https://audit.example"})
    before = len(await office.entries())
    # When it is started again with another setting, twice
    for _ in range(2):
        await announcements.make([state], {"PROXIES": "1", "AUDIT_URL": "https://audit.example"})
    # Then there is one more entry, which says in the clear neither which nor what
    (changed,) = (await office.entries())[before:]
    assert (changed["type"], changed["actor"]) == ("configuration-changed", "operator")
    assert "PROXIES" not in json.dumps(changed)
    # And an officer can open which it was
    told = {one.fields["names"] for one in await office.acts.of_ours("configuration-changed")}
    assert told == {"AUDIT_URL, PROXIES", "PROXIES"}
