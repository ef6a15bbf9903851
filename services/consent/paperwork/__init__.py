"""The documents that a data protection officer needs, written from what is running: nothing in them is kept by hand
twice. What only people can know is marked **to be filled in**.
"""

from collections.abc import Mapping

from services.consent.paperwork.impact_assessment import impact_assessment
from services.consent.paperwork.processing_terms import processing_terms
from services.consent.paperwork.record_of_processing import record_of_processing
from services.consent.paperwork.state import PrivacyState
from services.consent.paperwork.sub_processors import sub_processors
from services.consent.paperwork.told import told_notices


def paperwork(state: PrivacyState, moment: str) -> Mapping[str, str]:
    """Every document by its file name. `moment` is when the state was read, `2026-11-23T18:00:00Z`."""
    organisations = [one for one in state.tenants if one.controller is not None]
    return {
        "record-of-processing.md": record_of_processing(state, moment),
        "impact-assessment.md": impact_assessment(state, moment),
        "sub-processors.md": sub_processors(state, moment),
        **{f"processing-terms-{one.tenant}.md": processing_terms(state, one, moment) for one in organisations},
        **told_notices(state),
    }
