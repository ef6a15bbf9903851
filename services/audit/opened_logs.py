"""The logs as the service opens them: all that there are, each held against what was published of it."""

from contextlib import ExitStack
from dataclasses import dataclass

from infra.db.engine import Database
from services.audit.settings import Settings
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import SignerKey
from services.audit.tlog.places import storage_at
from services.audit.tlog.published_head import PublishedHead, demand_all


@dataclass(frozen=True, slots=True)
class OpenedLogs:
    """The logs, and by number the key of each and what is remembered of its newest checkpoint."""

    logs: Logs
    signers: tuple[SignerKey, ...]
    heads: tuple[PublishedHead, ...]


async def opened_logs(settings: Settings, database: Database, opening: ExitStack) -> OpenedLogs:
    """Open every log, until `opening` ends; what was left unsigned is signed, also of one that is frozen.

    Raises RolledBackError where one is missing or older than what was published, and what `Appender` raises.
    """
    places = settings.places()
    await demand_all(database, len(places))
    signers = tuple(settings.signer(number) for number in range(len(places)))
    pairs = zip(places, signers, strict=True)
    appenders = [opening.enter_context(Appender(storage_at(place), signer)) for place, signer in pairs]
    logs, heads = Logs(appenders, settings.logs), tuple(PublishedHead(database, at) for at in range(len(places)))
    for head, log in zip(heads, logs, strict=True):
        await head.check(log.reader())
    await logs.sign()
    return OpenedLogs(logs, signers, heads)
