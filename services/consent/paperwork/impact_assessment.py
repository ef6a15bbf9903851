"""The data protection impact assessment (GDPR Art. 35(7)), with the real data flow filled in. Pure."""

from infra.documents.page import FILL_IN, page, table
from services.consent.paperwork.data_flow import measures, stores_table, topics_table
from services.consent.paperwork.state import PrivacyState
from services.consent.purposes_page import released

_RISKS = (
    (
        "a score is taken for a judgement on a person",
        "band beside every score, no ranking, human review (Art. 22(3))",
    ),
    ("an employer learns more than the score", "delivery opens the domain `result` alone; income never reaches it"),
    ("a stolen database is read", "everything is sealed; the root key is in no database"),
    ("an erased person comes back with a backup", "restore fence; the epoch of the root key ends"),
    (
        "a request in somebody else's name",
        "claim codes of 135 bits, limits, a window in which an erasure is cancelled",
    ),
    (
        "unequal effects on groups",
        "no protected attribute enters a score; groups are compared, by consent only, and none of fewer than ten",
    ),
)


def impact_assessment(state: PrivacyState, moment: str) -> str:
    """The template; what was measured and decided by people is to be filled in."""
    people = sum(one.people for one in state.tenants)
    scope = f"{people:,} people in {len(state.tenants)} tenants. Necessity and proportionality: {FILL_IN}."
    risks = table(("Risk", "Measure in force", "What is left"), ((risk, by, FILL_IN) for risk, by in _RISKS))
    return page(
        "Data protection impact assessment",
        moment,
        ("Why one is needed", "Systematic evaluation of personal aspects; employees are concerned (Art. 35(3)(a))."),
        ("Scope, necessity, proportionality (Art. 35(7)(a), (b))", scope),
        ("The way of the data: topics", topics_table()),
        ("The way of the data: stores", stores_table()),
        ("Who may open what, for what", f"What is not listed is refused.\n\n{released()}"),
        ("Risks and measures (Art. 35(7)(c), (d))", f"{risks}\n{measures(state)}"),
        ("Views of the people concerned or their representatives (Art. 35(9))", FILL_IN),
        ("Advice of the data protection officer (Art. 35(2))", FILL_IN),
    )
