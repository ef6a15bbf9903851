"""The pages of intake, put together over one site."""

import os
from pathlib import Path

from infra.crypto.root_key import secret_made_once
from infra.pages.site import Site
from schemas.points import of_hundred, rounded
from services.intake.boundaries.store import Boundaries
from services.intake.handing_in.drafts import Drafts
from services.intake.invitations.inviting import Inviting
from services.intake.market_signals import MarketSignals
from services.intake.pages.ahead import AheadPages
from services.intake.pages.assessment import Assessment
from services.intake.pages.correcting import Correcting
from services.intake.pages.filling import Desk
from services.intake.pages.income import IncomePages
from services.intake.pages.invited import Invited
from services.intake.pages.methodology import Methodology
from services.intake.pages.own import Own
from services.intake.pages.paths import PathPages
from services.intake.pages.result import ResultPages
from services.intake.pages.statement import Statement
from services.intake.results.outlets import Part
from services.intake.settings import Settings

PLACE = Path(__file__).parent
SHOWN_AS = {"rounded": rounded, "of_hundred": of_hundred}
"""How the templates show the numbers of a result."""


def site(settings: Settings) -> Site:
    """The site at the service's address."""
    secret = secret_made_once(settings.secrets_dir / "intake-pages-key", os.urandom(32))
    told = {
        "addresses": settings.addresses,
        "operator": settings.operator,
        "operator_contact": settings.operator_contact,
        **SHOWN_AS,
    }
    return Site("intake", settings.issuer, secret, [PLACE], told, proxies=settings.proxies)


def pages(
    desk: Desk, drafts: Drafts, inviting: Inviting, boundaries: Boundaries, signals: MarketSignals
) -> tuple[Part, ...]:
    """All pages."""
    own = Own(desk.reading)
    return (
        Methodology(desk.site),
        Statement(desk.site),
        Assessment(desk, drafts),
        Correcting(desk, own),
        Invited(desk, inviting, boundaries),
        ResultPages(desk.site, own, desk.reading, desk.arrivals),
        AheadPages(desk.site, own, signals),
        PathPages(desk.site, own),
        IncomePages(desk.site, own),
    )
