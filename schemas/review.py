"""What an auditor sends about a review: why it is opened, and how it is decided."""

from typing import get_args

from schemas.evidence import stated_purpose
from schemas.fields import Open, Strict, Text
from schemas.rights import Decision

REASON_MAXIMUM = 4_000


class OpenReview(Strict):
    """`POST /v1/audit/reviews/{request}:open`."""

    purpose = stated_purpose()


class DecideReview(Strict):
    """`POST /v1/audit/reviews/{request}:decide`. The person reads the reason, which says what holds instead."""

    decision = Text(20, choices=get_args(Decision), required=True)
    reason = Text(REASON_MAXIMUM, minimum=10, required=True)


class ReviewsListed(Strict):
    """One page of reviews, each with where it is opened and decided; `next` is the cursor of the next page."""

    reviews = Open({"type": "array", "items": {"type": "object"}}, required=True)
    following = Text(100, required=True, allow_none=True, data_key="next")
