"""One holder at a time of something that lies in an object store, which knows no locks: a lease that is renewed.

The lease is one object. Who finds one that is not renewed for `LEASE_SECONDS` by its own clock takes it over by a
conditional put; who finds it renewed is told so. The holder stops as soon as it could not renew it for half of that
time, long before anybody else may take it: so two never write at once, unless a request outlives the lease on its
way. No clock of another machine is trusted.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final, Protocol

import structlog

from services.audit.tlog.lock import LockedError
from services.audit.tlog.storage import SupersededError

PATH: Final = "lease"
LEASE_SECONDS: Final = 60.0
_RENEWED_EVERY_SECONDS: Final = 5.0
_LOOK_EVERY_SECONDS: Final = 1.0
log = structlog.get_logger(__name__)


class ConditionFailedError(Exception):
    """A conditional put was not done: the object is another one than the condition says."""


class Objects(Protocol):
    """What a lease asks of a store: objects with a tag that changes with their content, and conditional puts."""

    def get(self, path: str) -> tuple[bytes, str]:
        """Content and tag; FileNotFoundError where there is none."""

    def put(self, path: str, data: bytes, condition: str | None) -> str:
        """Put it where its tag is still this one (None: where there is none yet), and give the new tag.

        Raises ConditionFailedError, or OSError: then nobody knows whether it was done.
        """


class Lease:
    """Use `held`; `check` tells whether it still is."""

    def __init__(
        self,
        store: Objects,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wait = wait
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(8)}"
        self._beat = 0
        self._tag = ""
        self._renewed_at = 0.0
        self._lost = False

    @contextmanager
    def held(self, role: str) -> Iterator[None]:
        """Hold it inside the block. Raises LockedError where somebody else does, OSError where nobody can tell."""
        self._take(role)
        self._refuse_unconditional()
        ended = Event()
        renewing = Thread(target=self._keep_renewing, args=(ended,), daemon=True, name="lease")
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            self._release()

    def check(self) -> None:
        """Raise SupersededError where somebody else holds it, OSError where it could not be renewed in time."""
        if self._lost:
            raise SupersededError("another process has taken the lease of this log; this one must not write any more")
        if self._clock() - self._renewed_at > LEASE_SECONDS / 2:
            raise OSError("the lease of this log could not be renewed; nothing is written until it is")

    def renew(self) -> None:
        """Renew it once. Raises OSError."""
        asked_at = self._clock()
        self._beat += 1
        try:
            self._tag = self._store.put(PATH, self._body(), self._tag)
        except ConditionFailedError:
            self._see_whose()
        if not self._lost:
            self._renewed_at = asked_at

    def _see_whose(self) -> None:
        """A put whose answer was lost may have been done all the same."""
        data, tag = self._store.get(PATH)
        if json.loads(data).get("holder") == self._holder:
            self._tag = tag
            return
        self._lost = True
        log.error("lease-lost", holder=json.loads(data).get("holder"))

    def _take(self, role: str) -> None:
        asked_at = self._clock()
        try:
            data, tag = self._store.get(PATH)
        except FileNotFoundError:
            condition = None
        else:
            condition = tag
            if (holder := json.loads(data).get("holder")) is not None:
                asked_at = self._outwait(role, holder, tag)
        try:
            self._tag = self._store.put(PATH, self._body(), condition)
        except ConditionFailedError as error:
            raise LockedError(f"the log has just been taken by another {role}; there is one at a time") from error
        self._renewed_at = asked_at

    def _outwait(self, role: str, holder: str, seen: str) -> float:
        """Wait until the lease was not renewed for its whole time; gives when that was sure."""
        log.info("lease-waits", holder=holder, seconds=LEASE_SECONDS)
        since = self._clock()
        while (now := self._clock()) - since < LEASE_SECONDS:
            self._wait(_LOOK_EVERY_SECONDS)
            if self._store.get(PATH)[1] != seen:
                raise LockedError(
                    f"the log already has its {role} ({holder}); there is one at a time: stop that first"
                )
        return now

    def _refuse_unconditional(self) -> None:
        """A store that ignores conditions would let two write: to put this object anew must fail."""
        try:
            self._store.put(PATH, self._body(), None)
        except ConditionFailedError:
            return
        raise OSError("this object store does not honour conditional puts (If-None-Match); a log cannot lie in it")

    def _keep_renewing(self, ended: Event) -> None:
        while not ended.wait(_RENEWED_EVERY_SECONDS) and not self._lost:
            try:
                self.renew()
            except OSError as error:
                log.warning("lease-not-renewed", reason=str(error))

    def _release(self) -> None:
        """Let the next one begin at once. Where that fails it waits."""
        try:
            self._store.put(PATH, b"{}", self._tag)
        except (ConditionFailedError, OSError) as error:
            log.warning("lease-not-released", reason=str(error))

    def _body(self) -> bytes:
        return json.dumps({"holder": self._holder, "beat": self._beat}).encode()
