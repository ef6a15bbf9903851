"""All privacy pages of the service, put together."""

import os
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.crypto.root_key import secret_made_once
from infra.pages.site import Site
from services.consent.claims import Claims
from services.consent.consents.records import ConsentRecords
from services.consent.pages.consents import ConsentPages
from services.consent.pages.entrance import Entrance
from services.consent.pages.notices import NoticePages
from services.consent.pages.overview import Overview
from services.consent.pages.own import Own
from services.consent.pages.receipts import ReceiptPages
from services.consent.pages.requests import RequestPages
from services.consent.pages.rights import RightPages
from services.consent.privacy_notices.texts import NoticeTexts
from services.consent.rights.opening import Opening
from services.consent.rights.profile import Profiles
from services.consent.settings import Settings
from services.consent.stores import Stores

_SERVICE = "consent"


def secret(secrets_dir: Path) -> bytes:
    """What sessions are sealed with."""
    return secret_made_once(secrets_dir / "consent-pages-key", os.urandom(32))


class PrivacyPages:
    """The pages; `secret` seals their sessions, `changed` is called after each change."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        changed: Callable[[], None],
        *,
        claims: Claims,
        records: ConsentRecords,
        texts: NoticeTexts,
        receipt_key: Ed25519PrivateKey,
        secret: bytes,
    ) -> None:
        self._site = site = Site(
            _SERVICE,
            settings.public_url,
            secret,
            [Path(__file__).parent],
            {"addresses": settings.addresses, "operator_contact": settings.operator_contact},
        )
        own, profiles, opening = Own(claims), Profiles(stores.database), Opening(stores)
        overview = Overview(profiles, records, stores.register, stores.instructions, stores.holds)
        self._parts = (
            Entrance(site, own, overview, claims=claims, stores=stores),
            ConsentPages(
                site, own, consents=stores.consents, records=records, receipt_key=receipt_key, changed=changed
            ),
            RightPages(
                site,
                own,
                opening=opening,
                profiles=profiles,
                holds=stores.holds,
                changed=changed,
                window_seconds=settings.erasure_window_seconds,
                gone_days=None if stores.terms.longest is None else stores.terms.longest.days,
            ),
            RequestPages(site, own, stores, opening, changed),
            ReceiptPages(site, stores.requests, receipt_key.public_key()),
            NoticePages(site, own, profiles, texts),
        )

    def join(self, application: web.Application) -> None:
        """Serve them beside what the application serves."""
        self._site.join(application)
        application.add_routes(chain.from_iterable(part.table() for part in self._parts))
