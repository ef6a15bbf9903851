"""The keys of an issuer outside: a JWK Set (RFC 7517) that lies in a file, or that the issuer publishes at a URL.

What is published is kept, and asked for again when it is old or a token names a key that is not in it, however many
tokens name unknown keys at most once in `COOL_DOWN`. An issuer that does not answer ends no token whose key is kept;
what was kept for `LONGEST` without an answer is not believed any more.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from infra.http.outside import NotAnAddress, NotFetched, Outside
from infra.http.problems import unavailable

FRESH = 600.0
"""Seconds for which what was fetched is taken as it is."""
COOL_DOWN = 30.0
LONGEST = 24 * 3_600.0
_KINDS = ("RSA", "EC", "OKP")
"""Of keys that verify: one that is shared could be taken for a secret of ours (RFC 8725, 3.1)."""
_LARGEST = 256 * 1024
log = structlog.get_logger(__name__)


class IssuerKeys(Protocol):
    """Where an issuer's keys come from."""

    def held(self) -> KeySet:
        """The keys that are known now. Raises Problem (503) where none are."""

    async def look(self, kid: str | None) -> None:
        """Have the key of this name, if that is possible."""


class KeysInFile:
    """Keys that the operator was given. Raises OSError, or ValueError where it is no JWK Set."""

    def __init__(self, place: Path) -> None:
        self._keys = key_set(place.read_bytes())

    def held(self) -> KeySet:
        """As `IssuerKeys.held`."""
        return self._keys

    async def look(self, kid: str | None) -> None:
        """There are no others until the next start."""


class KeysPublished:
    """Keys at a URL; `clock` gives seconds."""

    def __init__(self, url: str, outside: Outside, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = outside.checked(url)
        self._outside = outside
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = self._tried_at = -LONGEST
        self._fetching = asyncio.Lock()

    def held(self) -> KeySet:
        """As `IssuerKeys.held`."""
        if self._keys is None or self._clock() - self._fetched_at > LONGEST:
            raise unavailable("The issuer of this access token", round(COOL_DOWN))
        return self._keys

    async def look(self, kid: str | None) -> None:
        """Fetch what is missing or old; of those who wait for the same answer one asks."""
        if not self._wanting(kid):
            return
        async with self._fetching:
            if self._wanting(kid):
                await self._fetch()

    def _wanting(self, kid: str | None) -> bool:
        moment = self._clock()
        if moment - self._tried_at < COOL_DOWN:
            return False
        if self._keys is None:
            return True
        return moment - self._fetched_at >= FRESH or kid not in {key.kid for key in self._keys.keys}

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            self._keys = key_set(await self._outside.fetch(self._url, _LARGEST))
        except (aiohttp.ClientError, TimeoutError, NotAnAddress, NotFetched, ValueError) as error:
            log.warning("issuer-keys-not-fetched", reason=type(error).__name__)
        else:
            self._fetched_at = self._tried_at


def key_set(raw: bytes) -> KeySet:
    """Those of a JWK Set that verify signatures; others are passed over (RFC 7517, 5). Raises ValueError."""
    try:
        listed = msgspec.json.decode(raw)["keys"]
        usable = [one for one in listed if one.get("kty") in _KINDS and one.get("use", "sig") == "sig"]
    except (msgspec.DecodeError, TypeError, KeyError, AttributeError):
        raise ValueError("is no JWK Set: a JSON object with the member keys") from None
    if found := [key for key in map(_key, usable) if key is not None]:
        return KeySet(found)
    raise ValueError(f"holds no public key of the kinds {', '.join(_KINDS)}")


def _key(one: dict[str, Any]) -> Key | None:
    try:
        return JWKRegistry.import_key(one)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
