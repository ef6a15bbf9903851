"""Inviting an employee, and what a code opens afterwards."""

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta

from infra.clock import now, written
from infra.crypto.claim_code import NotAClaimCode, spelt
from infra.crypto.safe import Safe
from infra.http.outside import NotAnAddress, Outside
from infra.http.problems import Problem, invalid
from schemas.faults import Fault
from services.intake.handing_in.idempotency import IdempotencyKeys, key_reused
from services.intake.invitations.sealing import digest, opened, seal
from services.intake.invitations.store import Invitation, InvitationStore
from services.intake.organisations.register import Organisations, Terms

HOLDS = timedelta(days=56)
"""As long as applicant-tracking systems ask for a test's status."""
_CODE_BYTES = 17


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with the code that opens it."""

    id: str
    code: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code opens: the invitation, on whose terms, and the employee's name until the form is handed in."""

    invitation: Invitation
    organisation: str
    terms: Terms
    external_id: str | None


class Inviting:
    """Makes invitations and opens them."""

    def __init__(
        self,
        *,
        store: InvitationStore,
        organisations: Organisations,
        keys: IdempotencyKeys,
        outside: Outside,
        safe: Safe,
    ) -> None:
        self._store = store
        self._organisations = organisations
        self._keys = keys
        self._outside = outside
        self._safe = safe

    async def invite(
        self,
        tenant: str,
        key: str | None,
        external_id: str,
        call_back: str | None = None,
        *,
        pointer: str = "/call_back",
    ) -> Invited:
        """An invitation; the same again for the same key, also when its form has been handed in. `pointer` says where
        the address stood.

        Raises Problem: 409 where the terms that the employee must be shown are not known, 422 for an address that
        cannot be called, and for another employee or address under the same key.
        """
        if await self._organisations.terms(tenant) is None:
            raise Problem(
                409,
                "no-terms",
                "The terms are not known",
                "The employee is shown your legal basis and notice. The operator registers them by 'org add' again.",
            )
        # A space stands in no key of a caller's, so that no hand-in has the same event id.
        events = await self._keys.events(tenant, None if key is None else f"invitation {key}")
        invitation, code = events.event_id(1), spelt(events.derived("invitation code")[:_CODE_BYTES])
        at = now()
        new = Invitation(
            invitation,
            tenant,
            digest(code),
            seal(code, external_id, invitation),
            self._sealed(call_back, invitation, pointer),
            written(at),
            written(at + HOLDS),
            # Under the secret of the key's day, with which it ends to tell anything of whom the invitation was for.
            mac=hmac.digest(events.derived("invitation"), json.dumps([external_id, call_back]).encode(), "sha256"),
            due_at=None if call_back is None else written(at),
        )
        kept = await self._store.add(new)
        if kept.mac is None or not hmac.compare_digest(kept.mac, new.mac or b""):
            raise key_reused()
        return Invited(invitation, code, kept.expires_at)

    def key_of(self, *told: str) -> str:
        """An Idempotency-Key for a request that brings none: the same as often as the same is told."""
        return self._safe.blinded(json.dumps(told))

    async def opened(self, code: str) -> Opened | None:
        """What this code opens; None for a wrong one and for one that no longer holds."""
        try:
            found = await self._store.of_code(digest(code), written(now()))
        except NotAClaimCode:
            return None
        told = None if found is None else await self._organisations.terms(found.tenant)
        if found is None or told is None:
            return None
        name = None if found.external_id is None else opened(code, found.external_id, found.id)
        return Opened(found, *told, name)

    async def used(self, invitation: str) -> None:
        """The form is handed in."""
        await self._store.used(invitation)

    def _sealed(self, call_back: str | None, invitation: str, pointer: str) -> bytes | None:
        if call_back is None:
            return None
        try:
            return self._safe.seal(self._outside.checked(call_back), f"{invitation}/call-back")
        except NotAnAddress as error:
            raise invalid([Fault(pointer, str(error))]) from None
