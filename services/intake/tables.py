"""The tables of intake. Times are text, `2026-11-23T18:00:00Z`. Nothing here is readable personal data.

`assessments` holds one row for each event: results are sealed for their readers, and an erasure empties the row
down to its id, tenant and time, and it is then `gone`, since `gone_at`. `hand_in` (the sealed answers), `trail` and
`leaf` (the audit entry of the score) are kept for people who came by themselves only, because only they are advised
and replay here. `mac` recognises the body when it comes again; it is removed, and then empty, 48 hours after the day
of the hand-in has ended. A webhook's `mac` recognises the request that made it.
`reference` is the platform's name for its employee, sealed. `sequence` counts the ends, erasures and notices of each
organisation in the order in which they were stored, and `feeds` holds the last one given: a channel that has told of
all up to one goes on after it. `scored_partition` and `scored_offset` say where the score stands in
`assessments.scored`: the cause of each entry that tells of a view. A correction `supersedes` an assessment, which
knows it as `superseded_by` once it is scored. `deliveries` tell its person which of it the organisation was shown, by
the id of the entry `delivered`, and go with it. `notices` tell an organisation what became of assessments that it
received, and what its employees ask for; that a webhook took one is `reported` to consent. `invitations` lead to
assessments of the same ids; the name of an employee in one is sealed under its code, which is not kept, and `mac`
tells a repetition from another invitation under the same key, as long as the secret of its day lives. `partner_keys`
open the assessment-partner interface alone; one that was renewed goes on until `ends_at`. `drafts`
holds one sealed questionnaire of a person, unfinished, with the sequence that the ledger had when it was saved; one
that has ended is deleted, unless a legal hold stands. `fence` names the erased: whatever comes late for them is not
stored. `oversight` is sealed for `result`: which of its organisation's limits the band crosses, where it had set any;
`decision` is what a human made of the result. `boundaries` are those limits, `bound` what the entry of each binds,
and `allowed_uses` what the operator has allowed beyond the usual. `workforces` hold the figures over many that an
organisation was told for the state `before` a month, sealed under a key of its own. `market_signals` are those that
the operator has added to the methodology's; `document` is JSON of `schemas.signal.Signal`.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, false, text

from infra.db.configuration import configurations_table
from infra.db.outbox import outbox_tables

metadata = MetaData()
outbox_marks, outbox = outbox_tables(metadata)
configurations = configurations_table(metadata)

organisations = Table(
    "organisations",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("legal_basis", Text),
    Column("notice", Text),
    Column("contact", Text),
)
partner_keys = Table(
    "partner_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("ends_at", Text),
    Index("partner_keys_by_tenant", "tenant"),
)
invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("external_id", LargeBinary),
    Column("call_back", LargeBinary),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Text),
    Column("mac", LargeBinary),
    Index("invitations_by_digest", "digest", unique=True),
    Index("invitations_due", "due_at"),
)
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("day", Text, nullable=False),
    Index("idempotency_keys_by_day", "day"),
)
RECOGNISED = text("length(mac) > 0")
"""Of an assessment: what recognises its body is still there. Word for word as in the index, which is then used."""
assessments = Table(
    "assessments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("alias", Text),
    Column("state", Text, nullable=False),
    Column("mac", LargeBinary),
    Column("reason", Text),
    Column("submitted_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("result", LargeBinary),
    Column("detail", LargeBinary),
    Column("hand_in", LargeBinary),
    Column("leaf", LargeBinary),
    Column("reference", LargeBinary),
    Column("sequence", BigInteger),
    Column("scored_partition", Integer),
    Column("scored_offset", BigInteger),
    Column("trail", LargeBinary),
    Column("supersedes", Text),
    Column("superseded_by", Text),
    Column("gone_at", Text),
    Column("oversight", LargeBinary),
    Column("decision", Text),
    Index("assessments_by_alias", "alias"),
    Index("assessments_by_state", "state", "submitted_at"),
    Index("assessments_by_sequence", "tenant", "sequence", unique=True),
    Index("assessments_recognised", "submitted_at", sqlite_where=RECOGNISED, postgresql_where=RECOGNISED),
)
boundaries = Table(
    "boundaries",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("use", Text, primary_key=True),
    Column("limit", Integer, nullable=False),
    Column("human_step", Text, nullable=False),
    Column("set_at", Text, nullable=False),
    Column("bound", Text, nullable=False),
)
allowed_uses = Table(
    "allowed_uses",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("use", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("allowed_at", Text, nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("assessment", Text, nullable=False),
    Column("alias", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("deliveries_by_alias", "alias"),
    Index("deliveries_by_assessment", "assessment"),
)
feeds = Table(
    "feeds",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("assessments", Text, nullable=False),
    Column("replaced_by", Text),
    Column("issued_at", Text, nullable=False),
    Column("acknowledged_at", Text),
    Column("request", Text),
    Column("sequence", BigInteger),
    Column("delivered_at", Text),
    Column("reported", Boolean, nullable=False, server_default=false()),
    Index("notices_by_tenant", "tenant"),
    Index("notices_by_sequence", "tenant", "sequence", unique=True),
    Index("notices_unreported", "reported", "delivered_at"),
)
drafts = Table(
    "drafts",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Index("drafts_by_time", "ends_at"),
)
fence = Table(
    "fence",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("assessments", Integer, nullable=False),
    Column("drafts", Integer, nullable=False, server_default="0"),
    Column("deliveries", Integer, nullable=False, server_default="0"),
)
marks = Table(
    "marks",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
direct_channels = Table(
    "direct_channels",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("registered_at", Text, nullable=False),
)
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("url", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("former_secret", LargeBinary),
    Column("former_until", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("created_at", Text, nullable=False),
    Column("told", BigInteger, nullable=False),
    Column("mac", LargeBinary),
    Index("webhooks_by_tenant", "tenant"),
)
webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("webhook", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("assessment", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Text),
    Column("told", Boolean, nullable=False),
    Index("webhook_messages_due", "state", "due_at"),
)
webhook_tries = Table(
    "webhook_tries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Index("webhook_tries_by_message", "webhook", "sequence"),
)
workforces = Table(
    "workforces",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("before", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
market_signals = Table(
    "market_signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)
