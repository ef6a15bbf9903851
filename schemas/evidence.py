"""What an auditor asks of the evidence: to open a trail, or for a pack of evidence."""

from marshmallow import fields

from schemas.entry import PLACE_MAXIMUM, sha256_name
from schemas.fields import Flag, Integer, Items, Line, Open, Strict, Text
from schemas.log import MOST_LOGS

KEY_PURPOSES = ("review", "access")
MOST_DECISIONS = 200
LANGUAGES = ("en", "de")


def stated_purpose() -> Line:
    """Why an auditor looks. It is kept sealed and bound to the entry; it names no person."""
    return Line(300, minimum=3, required=True)


class OpenTrail(Strict):
    """Open the trail of one decision; `key` is the purpose for which the ledger is asked."""

    purpose = stated_purpose()
    key = Text(6, choices=KEY_PURPOSES)


class Period(Strict):
    """From a day to the day before another, UTC."""

    start = Text(10, minimum=10, pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}", example="2026-11-01", required=True)
    end = Text(10, minimum=10, pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}", example="2026-12-01", required=True)


class AskForPack(Strict):
    """Exactly one of `person` (any one decision of theirs), `decisions` (indices), `period`, `methodology` (hash).

    `open` asks for the payloads of the decisions, each by a key released for `key`; of these the fields that
    `disclose` names are shown, each with the path by which the entry binds it. `earlier_checkpoint` is one that the
    asker kept, to which consistency is proven; `letters` and `documents` are left out where they are false. Where
    more fits than one pack takes, its `pack.json` says `next`, for each log: the `start` of the part that follows,
    which is asked for with that `log`. A pack is of every log that holds what was asked for, unless `log` names one;
    `person` and `decisions` are indices in that one (0 by default), unless `person_log` says in which log that
    decision of the person stands. What caused decisions, and what they caused, comes from every log.
    """

    purpose = stated_purpose()
    key = Text(6, choices=KEY_PURPOSES)
    log = Integer(0, MOST_LOGS - 1)
    person = Integer(0, PLACE_MAXIMUM)
    person_log = Integer(0, MOST_LOGS - 1)
    decisions = Items(Integer(0, PLACE_MAXIMUM), MOST_DECISIONS, minimum=1)
    period = fields.Nested(Period)
    methodology = sha256_name()
    open = Flag()
    disclose = Items(Text(40), 20, minimum=1)
    start = Integer(0, PLACE_MAXIMUM)
    letters = Flag()
    documents = Flag()
    earlier_checkpoint = Text(20_000)


class OpenedAct(Strict):
    """An act: its entry with the salted fields that it binds, and the proof that it is in the log."""

    log = Integer(0, 0, required=True)
    index = Integer(0, PLACE_MAXIMUM, required=True)
    entry = Open({"type": "object"}, required=True)
    salted = Open({"type": "array", "items": {"type": "object"}}, required=True, data_key="fields")
    proof = Text(1_000_000, required=True)


class OpenedTrail(Strict):
    """A decision: its entry with the salted fields that it binds, its trail, and the proof that it is in the log."""

    log = Integer(0, 0, required=True)
    index = Integer(0, PLACE_MAXIMUM, required=True)
    entry = Open({"type": "object"}, required=True)
    event = Text(64, required=True)
    salted = Open({"type": "array", "items": {"type": "object"}}, required=True, data_key="fields")
    trail = Open({}, required=True)
    proof = Text(1_000_000, required=True)


class NumberedTrail(OpenedTrail):
    """As `OpenedTrail`, of the log of a number."""

    log = Integer(0, MOST_LOGS - 1, required=True)
