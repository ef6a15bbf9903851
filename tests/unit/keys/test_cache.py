"""A cache of keys never serves past a revocation, past 30 seconds, or another purpose."""

from infra.keys.cache import LIFETIME_SECONDS, KeyCache
from schemas.keys import ReleasedKey

ALIAS, OTHER = "a" * 32, "b" * 32


def released(alias: str = ALIAS, sequence: int = 5) -> ReleasedKey:
    return ReleasedKey(alias=alias, status="released", sequence=sequence)


def test_an_entry_serves_the_purpose_it_was_released_for_and_no_other() -> None:
    cache = KeyCache()
    cache.put("scoring", [released()], asked_at=0.0)
    assert cache.get(ALIAS, "scoring", 1.0) == released()
    assert cache.get(ALIAS, "access", 1.0) is None


def test_an_entry_ends_thirty_seconds_after_it_was_asked_for() -> None:
    cache = KeyCache()
    cache.put("scoring", [released()], asked_at=100.0)
    assert cache.get(ALIAS, "scoring", 100.0 + LIFETIME_SECONDS - 0.001) is not None
    assert cache.get(ALIAS, "scoring", 100.0 + LIFETIME_SECONDS) is None


def test_a_revocation_takes_every_key_of_the_alias_and_none_of_another() -> None:
    cache = KeyCache()
    cache.put("scoring", [released(), released(OTHER)], asked_at=0.0)
    cache.put("access", [released()], asked_at=0.0)
    cache.revoke(ALIAS, sequence=6, now=1.0)
    assert cache.get(ALIAS, "scoring", 1.0) is None
    assert cache.get(ALIAS, "access", 1.0) is None
    assert cache.get(OTHER, "scoring", 1.0) is not None


def test_a_release_answered_before_the_revocation_is_not_cached_after_it() -> None:
    # Given a revocation at ledger sequence 6 that was applied while a release was under way
    cache = KeyCache()
    cache.revoke(ALIAS, sequence=6, now=1.0)
    # When the release, answered at sequence 5, arrives late
    cache.put("scoring", [released(sequence=5)], asked_at=0.9)
    # Then it serves nobody; a release at or after the revocation would
    assert cache.get(ALIAS, "scoring", 1.1) is None
    cache.put("access", [released(sequence=6)], asked_at=1.2)
    assert cache.get(ALIAS, "access", 1.3) is not None


def test_an_older_revocation_that_arrives_again_does_not_lower_the_floor() -> None:
    cache = KeyCache()
    cache.revoke(ALIAS, sequence=9, now=1.0)
    cache.revoke(ALIAS, sequence=6, now=2.0)
    assert cache.overtaken(released(sequence=8))


def test_a_running_batch_holds_the_revocation_of_its_own_aliases_only() -> None:
    cache = KeyCache()
    hold = cache.hold([ALIAS])
    assert cache.running(cache.holding(ALIAS))
    assert not cache.running(cache.holding(OTHER))
    owed = cache.holding(ALIAS)
    cache.let_go(hold)
    assert not cache.running(owed)


def test_a_refusal_is_never_kept() -> None:
    cache = KeyCache()
    cache.put("scoring", [ReleasedKey(alias=ALIAS, status="refused", reason="withdrawn")], asked_at=0.0)
    assert cache.get(ALIAS, "scoring", 0.0) is None


def test_the_oldest_entries_go_when_the_cache_is_full() -> None:
    cache = KeyCache(capacity=2)
    for number in range(4):
        cache.put("scoring", [released(f"{number:032x}")], asked_at=float(number))
    kept = [number for number in range(4) if cache.get(f"{number:032x}", "scoring", 4.0)]
    assert kept == [2, 3]


def test_a_batch_that_does_not_know_yet_whose_keys_it_gets_holds_back_every_revocation() -> None:
    # Given a batch that asks for keys of people who have no alias yet
    cache = KeyCache()
    hold = cache.hold(None)
    assert cache.running(cache.holding(ALIAS))
    # When it knows
    hold.aliases = frozenset([OTHER])
    # Then it holds back theirs only
    assert not cache.running(cache.holding(ALIAS))
    assert cache.running(cache.holding(OTHER))
