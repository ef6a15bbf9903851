"""Everything that consent stores, opened together on one database."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.crypto.root_key import RootKey
from infra.db.engine import Database
from infra.db.migrate import migrate
from services.consent.consents.given import Consents
from services.consent.controllers.employees import Employees
from services.consent.controllers.grounds import Grounds
from services.consent.controllers.instructions import Instructions
from services.consent.controllers.lifts import Lifts
from services.consent.controllers.queue import Queue
from services.consent.controllers.tenants import Tenants
from services.consent.controllers.transfers import Transfers
from services.consent.erasure.erased_journal import ErasedJournal
from services.consent.erasure.issued import Receipts
from services.consent.erasure.requests import PrivacyRequests
from services.consent.keys.clients import KeyClients
from services.consent.keys.keystore import KeyStore
from services.consent.keys.rotation import Rotation
from services.consent.keys.rotation_terms import RotationTerms
from services.consent.ledger import open_ledger
from services.consent.outboxes import Outboxes
from services.consent.retention.expiry import Expiry
from services.consent.retention.holds import Holds
from services.consent.retention.sweep import Sweep
from services.consent.rights.carrying_out import CarryingOut
from services.consent.rights.disclosures import Disclosures
from services.consent.rights.filed import Filing
from services.consent.rights.notices import Notices
from services.consent.rights.rectifications import Rectifications
from services.consent.rights.refusal import Refusals
from services.consent.rights.register import Register
from services.consent.rights.restriction import Rights
from services.consent.rights.results import Results
from services.consent.rights.reviews import Reviews

BACKUP_WINDOW_DAYS = 30
"""How long backups of the key store are kept, unless BACKUP_WINDOW_DAYS says otherwise."""

ROTATION_DAYS = 30
"""How often the root key is rotated, unless ROTATION_DAYS says otherwise."""

_SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Stores:
    """The parts, each of which knows the database and no other service."""

    database: Database
    outboxes: Outboxes
    erased: ErasedJournal
    tenants: Tenants
    keystore: KeyStore
    key_clients: KeyClients
    consents: Consents
    requests: PrivacyRequests
    rights: Rights
    notices: Notices
    register: Register
    disclosures: Disclosures
    rectifications: Rectifications
    reviews: Reviews
    results: Results
    rotation: Rotation
    terms: RotationTerms
    employees: Employees
    instructions: Instructions
    holds: Holds
    sweep: Sweep
    expiry: Expiry
    carrying_out: CarryingOut
    transfers: Transfers
    grounds: Grounds

    @property
    def driven(self) -> dict[str, PrivacyRequests | Disclosures | Reviews | Rotation]:
        """The parts that go on step by step, whenever something has changed, each by its name."""
        return {
            "erasures": self.requests,
            "disclosures": self.disclosures,
            "reviews": self.reviews,
            "rotation": self.rotation,
        }


async def open_stores(
    database: Database,
    root: RootKey,
    receipt_key: Ed25519PrivateKey,
    erasure_window_seconds: int,
    backup_window_days: int = BACKUP_WINDOW_DAYS,
    *,
    rotation_days: int = 0,
    kafka_kept: timedelta | None = None,
    methodology: str = "/v1/methodology",
    journal: Path | None = None,
) -> Stores:
    """Bring the tables up to date and open every part. `methodology` is where published versions are looked up,
    `journal` the file that remembers the erased. Every `rotation_days` the root key is rotated (0: by command only);
    `kafka_kept` is how long the broker keeps a record, where it says so.
    """
    interval = timedelta(days=rotation_days) if rotation_days else None
    terms = RotationTerms(timedelta(days=backup_window_days), interval, root.lag)
    await migrate(database, _SCRIPTS)
    async with database.write() as connection:
        await open_ledger(connection)
    outboxes = Outboxes(database)
    tenants = Tenants(database, root, outboxes)
    keystore = KeyStore(database, root, tenants, outboxes)
    key_clients = KeyClients(database)
    consents = Consents(database, tenants, keystore, outboxes)
    notices, filing = Notices(database, outboxes), Filing(keystore, outboxes)
    requests = PrivacyRequests(
        database,
        keystore,
        outboxes,
        key_clients,
        notices,
        journal=(erased := ErasedJournal(journal)),
        receipts=Receipts(receipt_key, terms, kafka_kept),
        window_seconds=erasure_window_seconds,
    )
    rights = Rights(database, filing, outboxes, notices)
    holds = Holds(database, keystore, outboxes, erased)
    register = Register(database, filing, outboxes, notices, holds)
    disclosures = Disclosures(database, filing, outboxes)
    rotation = Rotation(database, root, outboxes, terms)
    rectifications = Rectifications(database, filing, notices)
    reviews = Reviews(database, keystore, filing, outboxes, notices)
    carrying_out = CarryingOut(
        refusals=Refusals(database, filing),
        requests=requests,
        rights=rights,
        disclosures=disclosures,
        rectifications=rectifications,
        reviews=reviews,
        lifts=Lifts(queue := Queue(keystore), filing),
    )
    employees = Employees(database, tenants, keystore, outboxes)
    instructions = Instructions(
        database,
        tenants,
        keystore,
        outboxes,
        queue=queue,
        employees=employees,
        carrying_out=carrying_out,
    )
    expiry = Expiry(database, keystore, outboxes)
    for part in (outboxes, tenants, key_clients, rotation, instructions, holds):
        await part.open()
    return Stores(
        database=database,
        outboxes=outboxes,
        erased=erased,
        tenants=tenants,
        keystore=keystore,
        key_clients=key_clients,
        consents=consents,
        requests=requests,
        rights=rights,
        notices=notices,
        register=register,
        disclosures=disclosures,
        rectifications=rectifications,
        reviews=reviews,
        results=Results(
            database=database,
            keystore=keystore,
            tenants=tenants,
            consents=consents,
            register=register,
            disclosures=disclosures,
            holds=holds,
            instructions=instructions,
            methodology=methodology,
            kafka_kept=kafka_kept,
        ),
        rotation=rotation,
        terms=terms,
        employees=employees,
        instructions=instructions,
        holds=holds,
        sweep=Sweep(database, requests, expiry),
        expiry=expiry,
        carrying_out=carrying_out,
        transfers=Transfers(database, outboxes),
        grounds=Grounds(database, tenants, keystore, outboxes),
    )
