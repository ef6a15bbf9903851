"""A record of `assessments.submitted` as scoring reads it."""

from dataclasses import dataclass

import msgspec
from aiokafka import ConsumerRecord

from infra.crypto.sealed import Context, NotOpened, open_sealed
from infra.kafka.dead_letter import Poisoned, cause_of
from infra.kafka.record_key import alias_of
from schemas.envelope import NoEnvelope, event_id
from schemas.events import HAND_IN_SCHEMA, SUBMITTED_TYPE, Cause, Submitted
from schemas.keys import ReleasedKey
from schemas.topics import SUBMITTED

_VALUE = msgspec.msgpack.Decoder(Submitted)


@dataclass(frozen=True, slots=True)
class Submission:
    """One sealed hand-in: whose it is, which event it is, and where it stands. `statistics` stays sealed here.

    `limits` are the organisation's, packed.
    """

    event_id: str
    alias: str
    tenant: str
    sealed: bytes
    cause: Cause
    statistics: bytes | None = None
    limits: bytes | None = None


def read(record: ConsumerRecord) -> Submission:
    """The submission in a record. Raises Poisoned."""
    alias = alias_of(record.key)
    try:
        value = _VALUE.decode(record.value or b"")
        found = event_id(record.headers, SUBMITTED_TYPE)
    except msgspec.DecodeError:
        raise Poisoned("its value is not that of a submitted assessment") from None
    except NoEnvelope:
        raise Poisoned("its headers are not those of a submitted assessment") from None
    return Submission(found, alias, value.tenant, value.sealed, cause_of(record), value.statistics, value.limits)


def context(submission: Submission, topic: str, schema: str, key_id: str) -> Context:
    """Where a sealed payload of this assessment belongs."""
    return Context(submission.tenant, submission.alias, topic, schema, submission.event_id, key_id)


def opened(submission: Submission, key: ReleasedKey) -> bytes:
    """The hand-in as its bytes. Raises Poisoned where it does not open under this person's own key."""
    place = context(submission, SUBMITTED.name, HAND_IN_SCHEMA, key.key_id)
    try:
        return open_sealed(key.subkeys["answers"], submission.sealed, place)
    except NotOpened as error:
        raise Poisoned(f"the sealed answers do not open: {error}", "not-opened") from None
