"""The tables of audit. The log itself lies in files; here is what an erasure deletes, and what tells repetitions.

`entry_ids` holds each entry's id with the record that brought it, as long as that record can come again: the first
record of an id counts. `log_index` is where the appender puts the entry in the log of number `log`; it holds once
that has grown past it.
`trails` are sealed and go with an erasure; `fence` names the erased, for whom nothing is stored that comes late.
`heads` remembers the newest published checkpoint, apart from the log's directory; `witnesses` what was said of each.
`day_counts` are the sealed histograms of an organisation's day;
`drifting` names those of an organisation's histograms that were said to drift.
`acts` are the sealed fields of what auditors did; `alias` and `tenant` are empty where no person was concerned.
`about` is the decision that was looked at, if one was, and `officer` the handle of who did it.
`officer_decisions` are counted by the handle, so that removing and adding an officer again begins nothing anew.
`replays` are those of dead letters, by place; `sent_at` is empty until the broker has the record.
`announced` is what the log has said once: versions of the methodology, changes of its key.
`officers` have a random id, which all else names; their name is looked up by `handle`, a keyed hash, and sealed.
Of an officer's token for the interface, where there is one, a keyed hash is kept.
`refusals` counts log-ins that failed by hour and officer, '' for a name that is none's: those that were told singly,
and those that one entry will tell together; it goes with that entry.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from infra.db.configuration import configurations_table
from infra.db.outbox import outbox_tables

metadata = MetaData()
outbox_marks, outbox = outbox_tables(metadata)
configurations = configurations_table(metadata)

entry_ids = Table(
    "entry_ids",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("source", Text, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("log_index", BigInteger, nullable=False),
    Column("seen_on", Integer, nullable=False),
    Column("log", Integer, nullable=False, server_default="0"),
    Index("entry_ids_by_day", "seen_on"),
)
trails = Table(
    "trails",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("alias", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("trail", LargeBinary, nullable=False),
    Column("log_index", BigInteger, nullable=False),
    Column("log", Integer, nullable=False, server_default="0"),
    Index("trails_by_alias", "alias"),
    Index("trails_by_log_index", "log_index"),
)
acts = Table(
    "acts",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("alias", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("entry_type", Text),
    Column("done_at", Text),
    Column("tenant", Text, nullable=False, server_default=""),
    Column("about", Text),
    Column("officer", Text),
    Index("acts_by_alias", "alias"),
)
reviews = Table(
    "reviews",
    metadata,
    Column("request", Text, primary_key=True),
    Column("alias", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("assessment", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("answer_by", Text, nullable=False),
    Column("statement", LargeBinary),
    Column("origin", Text, nullable=False, server_default="person"),
    Column("decision", Text),
    Column("reason", LargeBinary),
    Column("decided_at", Text),
    Column("decided_by", Text),
    Column("told", Integer, nullable=False, server_default="0"),
    Index("reviews_by_alias", "alias"),
)
fence = Table(
    "fence",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("trails", Integer, nullable=False),
    Column("acts", Integer, nullable=False, server_default="0"),
    Column("reviews", Integer, nullable=False, server_default="0"),
)
marks = Table(
    "marks",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
heads = Table(
    "heads",
    metadata,
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
)
witnesses = Table(
    "witnesses",
    metadata,
    Column("vkey", Text, primary_key=True),
    Column("failing", Boolean, nullable=False),
)
day_counts = Table(
    "day_counts",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
drifting = Table(
    "drifting",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("histogram", Text, primary_key=True),
)
officers = Table(
    "officers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("handle", LargeBinary, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("password", Text, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("totp", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("since", Text, nullable=False),
    Column("token", LargeBinary),
    Column("token_since", Text),
    Index("officers_by_token", "token", unique=True),
)
refusals = Table(
    "refusals",
    metadata,
    Column("hour", Text, primary_key=True),
    Column("officer", Text, primary_key=True),
    Column("told", Integer, nullable=False),
    Column("more", Integer, nullable=False),
)
officer_sessions = Table(
    "officer_sessions",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
)
officer_decisions = Table(
    "officer_decisions",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("decision", Text, primary_key=True),
    Column("taken", Integer, nullable=False),
)
replays = Table(
    "replays",
    metadata,
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("sent_at", Text),
)
announced = Table(
    "announced",
    metadata,
    Column("what", Text, primary_key=True),
    Column("at", Text, nullable=False),
)
