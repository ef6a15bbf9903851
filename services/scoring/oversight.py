"""Which results a human has to look at, and why: low quality of the answers, a band across an organisation's limit.

Pure. What is found reaches nobody in the clear: the reviewers' queue gets it sealed for `trail`, and whoever delivers
gets the crossed limits sealed for `result`. The review's number is a function of the event and of the person's key,
so that a batch that is repeated asks for the same review.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from infra.crypto.salted_fields import derived_id
from infra.crypto.sealed import seal
from schemas.boundary import OVERSIGHT_SCHEMA, Use, packed, unpacked
from schemas.keys import NewReview, ReleasedKey
from schemas.rights import STATEMENT_SCHEMA
from schemas.topics import PRIVACY_REQUESTS, SCORED
from services.methodology.boundary import crosses
from services.scoring.submission import Submission, context


def crossed(submission: Submission, result: Mapping[str, Any]) -> dict[Use, int]:
    """The limits of the organisation that the band of this result crosses."""
    if submission.limits is None:
        return {}
    return {use: limit for use, limit in unpacked(submission.limits).items() if crosses(result["band"], limit)}


def sealed_limits(submission: Submission, key: ReleasedKey, limits: Mapping[Use, int]) -> bytes | None:
    """The crossed limits for whoever delivers, of one length whatever is crossed; None where none was set."""
    if submission.limits is None:
        return None
    place = context(submission, SCORED.name, OVERSIGHT_SCHEMA, key.key_id)
    return seal(key.subkeys["result"], packed(limits), place)


def review(
    submission: Submission, key: ReleasedKey, limits: Mapping[Use, int], quality: Mapping[str, Any]
) -> NewReview | None:
    """The review to ask for, where something calls for one. `quality` is the trail's."""
    why: dict[str, object] = {}
    if quality["flagged"]:
        why["low-quality"] = quality["groups"]
    if limits:
        why["boundary"] = [{"use": use, "limit": limit} for use, limit in limits.items()]
    if not why:
        return None
    number = derived_id(key.subkeys["trail"], submission.event_id, "review")
    place = replace(context(submission, PRIVACY_REQUESTS.name, STATEMENT_SCHEMA, key.key_id), event_id=number)
    sealed = seal(key.subkeys["trail"], orjson.dumps({"why": why}), place)
    return NewReview(submission.alias, submission.event_id, number, sealed)
