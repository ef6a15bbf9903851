"""What an organisation is told as it comes: each kind of message by its type, with the schema of what it tells.

Webhooks and the event stream name the type as it stands here; in `results.<organisation>` it is that of a CloudEvent.
"""

from dataclasses import dataclass

from schemas.delivery import Delivered
from schemas.fields import Strict
from schemas.notices import NoticeTold, RequestTold


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message by the `name` of its type.

    `data` is the schema of what it tells, `about` says in a sentence when it is told.
    """

    name: str
    data: type[Strict]
    about: str


FEED = (
    Kind("assessment.scored", Delivered, "There is a result: score, band, dimensions and version."),
    Kind("assessment.withheld", Delivered, "There is a result that is not delivered, or not yet."),
    Kind("assessment.refused", Delivered, "The ledger did not allow scoring."),
    Kind("assessment.failed", Delivered, "What was handed in could not be scored."),
    Kind("assessment.gone", Delivered, "The assessment was erased."),
    Kind("privacy.rectified", NoticeTold, "An assessment was replaced by a corrected one (GDPR Art. 16)."),
    Kind("privacy.restricted", NoticeTold, "Processing of these assessments was restricted (GDPR Art. 18)."),
    Kind("privacy.restriction-lifted", NoticeTold, "The restriction of these assessments has ended."),
    Kind("privacy.erased", NoticeTold, "These assessments were erased (GDPR Art. 17)."),
    Kind("privacy.overruled", NoticeTold, "A human does not uphold the result (GDPR Art. 22(3))."),
    Kind("privacy.request-forwarded", RequestTold, "An employee's request waits for your word."),
)
