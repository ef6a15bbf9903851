"""The key API of consent: JSON over a socket of its own, up to 2,000 persons in one call.

`POST /keys/create`, `POST /keys/release`, `POST /claims/resolve`, `POST /reviews/ask`, `POST /tenants/register`,
`POST /tenants/release`; each caller has an `Authorization: Bearer` token of its own which says what it may ask for,
and names itself in `Instance`.
"""

from typing import Literal

import msgspec

from schemas.purposes import LegalBasis, Purpose

BATCH = 2_000

Domain = Literal["answers", "result", "detail", "trail", "reference", "statistics"]
TenantDomain = Literal["statistics", "workforce"]
"""What is kept over all people of an organisation and holds nothing of any one: counts, and what it was told."""
Operation = Literal["seal", "open"]
HandInPurpose = Literal["scoring", "draft"]
"""What a person may bring answers for: to be scored, or to be kept until they go on."""


class Subkey(msgspec.Struct, frozen=True):
    """A key for one domain of one person (32 bytes) and the commitment that binds ciphertext to it (32 bytes)."""

    key: bytes
    commitment: bytes


class RecordDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One consent record to be written with the person's key: the purpose, its basis, and the notice given."""

    purpose: Purpose
    legal_basis: LegalBasis
    notice: str
    language: str


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hand-in that needs a person: a new one, or the one whom `external_id` or `claim_code` names.

    `alias` is the person of an assessment that is corrected; whoever else is named beside it must be the same.
    `purpose` is the one whose record must allow it. `invited`: an employee filled in the form by an invitation of
    their organisation, and is told their claim code; who was told one before proves it by `claim_code`.
    """

    event_id: str
    records: tuple[RecordDraft, ...]
    external_id: str | None = None
    claim_code: str | None = None
    alias: str | None = None
    purpose: HandInPurpose = "scoring"
    invited: bool = False


class CreateKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most `BATCH` hand-ins of one tenant; repeated event ids give the same answer again."""

    tenant: str
    persons: tuple[NewPerson, ...]


class CreatedKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """`active`: subkeys to seal with. `gone`: the person of this event was erased. `refused`: `reason` says why.

    `claim_code` is given for a person of the tenant `individuals`, and once for one who was invited, to be shown
    once.
    """

    event_id: str
    status: Literal["active", "gone", "refused"]
    alias: str = ""
    key_id: str = ""
    sequence: int = 0
    subkeys: dict[Domain, Subkey] = {}
    claim_code: str | None = None
    reason: str | None = None


class CreatedKeys(msgspec.Struct, frozen=True):
    """One answer for each person asked for, in the same order."""

    persons: tuple[CreatedKey, ...]


class ReleaseKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of at most `BATCH` aliases for one purpose; the purpose table decides which domains."""

    purpose: Purpose
    aliases: tuple[str, ...]


class ReleasedKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """`released` with the subkeys the purpose allows, or `refused` with the purpose table's reason; `unknown` and
    `key-unreadable` are those of whom it was not asked, or whose key does not open any more.
    """

    alias: str
    status: Literal["released", "refused"]
    key_id: str = ""
    sequence: int = 0
    subkeys: dict[Domain, Subkey] = {}
    reason: str | None = None


class ReleasedKeys(msgspec.Struct, frozen=True):
    """One answer for each alias asked for, in the same order; `sequence` is the ledger's at the release."""

    sequence: int
    keys: tuple[ReleasedKey, ...]


class ResolveClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose claim code is this?"""

    claim_code: str


class ResolvedClaim(msgspec.Struct, frozen=True):
    """The alias behind a claim code, or None for a wrong code and for an erased person alike."""

    alias: str | None


class AskHolds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which of at most `BATCH` aliases is nothing to be deleted?"""

    aliases: tuple[str, ...]


class HeldAliases(msgspec.Struct, frozen=True):
    """Those under a legal hold (GDPR Art. 17(3)(e)), and those who restricted the processing (Art. 18(2))."""

    aliases: tuple[str, ...]


class RegisterTenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation as controller of its employees' data, and the basis on which it hands them in.

    `contact` is where it is reached; `agreement` the works-council agreement or national law on which
    `employment-law` rests, by reference. `instructs` are the types of requests that the operator carries out by
    standing instruction; every other one waits for the organisation's word. `research`: it has instructed research.
    """

    tenant: str
    controller: str
    legal_basis: LegalBasis
    notice: str
    contact: str = ""
    agreement: str | None = None
    instructs: tuple[str, ...] = ()
    research: bool = False


class ReleaseTenants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of these tenants for one domain."""

    tenants: tuple[str, ...]
    domain: TenantDomain


class TenantKey(msgspec.Struct, frozen=True):
    """A tenant's own subkey for one domain."""

    key_id: str
    subkey: Subkey


class TenantKeys(msgspec.Struct, frozen=True):
    """By tenant; an unknown one has none."""

    keys: dict[str, TenantKey]


class NewReview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A review by a human that a rule asks for, by its number; `statement` says why, sealed for `trail`."""

    alias: str
    assessment: str
    request: str
    statement: bytes


class AskReviews(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most `BATCH` reviews; one that is asked for again is the same one."""

    reviews: tuple[NewReview, ...]


class EndTenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contract with an organisation has ended: all of its people are erased (GDPR Art. 28(3)(g))."""

    tenant: str
