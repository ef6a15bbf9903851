"""The versioned notices in plain language: GDPR Art. 13 and 14, AI Act Art. 26(7) and 26(11).

`NAME-VERSION.LANGUAGE.md`, with `$` places for what each controller fills in. A text that was shown never changes: a
change is a new version beside it, and what was submitted under the old one stays submitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from schemas.ages import DEFAULT_AGE, ages
from schemas.privacy_notice import NOTICE_LANGUAGES, NOTICES
from schemas.purposes import DRAFT_DAYS, LegalBasis
from schemas.transfers import Transfer
from services.consent.controllers.controller import Party, Roles
from services.consent.controllers.transfers import in_words
from services.consent.retention.terms import Category

LANGUAGES: Final = NOTICE_LANGUAGES
NAMES: Final = NOTICES
_HERE = Path(__file__).parent
_BASES: Final[Mapping[str, Mapping[LegalBasis, str]]] = {
    "en": {
        "contract": "the employment contract (GDPR Art. 6(1)(b))",
        "legal-obligation": "a legal obligation of the employer (GDPR Art. 6(1)(c))",
        "legitimate-interest": "a legitimate interest of the employer, to which you may object (GDPR Art. 6(1)(f))",
        "employment-law": "national law or a works-council agreement (GDPR Art. 88)",
    },
    "de": {
        "contract": "der Arbeitsvertrag (Art. 6 Abs. 1 Buchst. b DSGVO)",
        "legal-obligation": "eine rechtliche Pflicht des Arbeitgebers (Art. 6 Abs. 1 Buchst. c DSGVO)",
        "legitimate-interest": "ein berechtigtes Interesse des Arbeitgebers, dem Sie widersprechen können "
        "(Art. 6 Abs. 1 Buchst. f DSGVO)",
        "employment-law": "nationales Recht oder eine Betriebsvereinbarung (Art. 88 DSGVO)",
    },
}
_UNNAMED: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("your employer", "named by your employer", "the basis that your employer has named"),
    "de": ("Ihr Arbeitgeber", "nennt Ihr Arbeitgeber", "die Grundlage, die Ihr Arbeitgeber genannt hat"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills the places: storage times in days, and an organisation's terms where it is the controller."""

    operator: Party
    kept: Mapping[Category, int]
    roles: Roles | None = None
    basis: LegalBasis | None = None
    transfers: tuple[Transfer, ...] = ()


class NoNotice(LookupError):
    """There is no notice of this name in this language."""


def notice(name: str, language: str, filled: Filled) -> str:
    """The notice in Markdown. Raises NoNotice."""
    if name not in NAMES or language not in LANGUAGES:
        raise NoNotice(name)
    text = Template((_HERE / f"{name}.{language}.md").read_text(encoding="utf-8"))
    employer, contact, basis = _UNNAMED[language]
    if filled.roles is not None and filled.basis is not None:
        employer, contact = filled.roles.controller.name, filled.roles.controller.contact or contact
        basis = _BASES[language][filled.basis]
        basis += f": {filled.roles.agreement}" if filled.roles.agreement else ""
    return text.substitute(
        controller=employer,
        contact=contact,
        basis=basis,
        operator=filled.operator.name,
        operator_contact=filled.operator.contact or "—",
        retention_days=filled.kept["assessments"],
        earlier_days=filled.kept["earlier-assessments"],
        request_days=filled.kept["requests"],
        draft_days=DRAFT_DAYS,
        ages=_ages(language),
        transfers=_transfers(language, filled.transfers),
    )


def _ages(language: str) -> str:
    lower = "; ".join(f"{age}: {', '.join(countries)}" for age, countries in ages().items())
    words = {"en": "everywhere else", "de": "überall sonst"}
    return f"{lower}; {DEFAULT_AGE}: {words[language]}"


def _transfers(language: str, found: tuple[Transfer, ...]) -> str:
    words = {
        "en": ("a country that it has not named", "safeguard", "Nothing leaves it", "What leaves it goes to: "),
        "de": ("ein Land, das nicht genannt ist", "Garantie", "Nichts verlässt ihn", "Was ihn verlässt, geht nach: "),
    }
    undeclared, by, nothing, told = words[language]
    return f"{told}{in_words(found, undeclared, by)}." if found else f"{nothing}."
