"""A notice to an organisation as it is kept and told: by whom it was handed in, never about whom it is."""

from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from schemas.rights import Notice

PLACE = "/v1/privacy/notices"
FORWARDED = "request-forwarded"
"""The kind that asks for the organisation's word: it stands in the list of employees' requests, not of notices."""

REVIEWED = "reviewed"
"""The kind that tells intake what a human decided: no notice to the organisation, which is told the result anew."""


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """What consent said, the place in the organisation's feed (None from before notices had one), and the
    acknowledgement.
    """

    said: Notice
    tenant: str
    sequence: int | None = None
    acknowledged_at: str | None = None

    @property
    def id(self) -> str:
        """The notice's id; that of a forwarded request is the request's."""
        return self.said.id

    @property
    def since(self) -> str:
        """When consent said it."""
        return self.said.at

    @property
    def event(self) -> str:
        """The type of the message that tells it, for example `privacy.erased`."""
        return f"privacy.{self.said.kind}"

    def document(self) -> dict[str, Any]:
        """What the organisation is told."""
        told: dict[str, Any] = {
            "id": self.id,
            "sequence": self.sequence,
            "kind": self.said.kind,
            "assessments": list(self.said.assessments),
            "issued_at": self.said.at,
        }
        if self.said.request is not None:
            answer = {"links": {"instruction": f"/v1/employees/requests/{self.id}/instruction"}}
            return told | {"request": msgspec.to_builtins(self.said.request)} | answer
        links = {"links": {"acknowledge": f"{PLACE}/{self.id}:acknowledge"}}
        return told | {"replaced_by": self.said.replaced_by, "acknowledged_at": self.acknowledged_at} | links


def columns_of(tenant: str, said: Notice) -> dict[str, object]:
    """The row that keeps it."""
    return {
        "id": said.id,
        "tenant": tenant,
        "kind": said.kind,
        "assessments": orjson.dumps(said.assessments).decode(),
        "replaced_by": said.replaced_by,
        "issued_at": said.at,
        "request": None if said.request is None else msgspec.json.encode(said.request).decode(),
    }


def notice_of(row: Any) -> KeptNotice:
    """The notice of a row."""
    document = {
        "id": row["id"],
        "kind": row["kind"],
        "assessments": orjson.loads(row["assessments"]),
        "at": row["issued_at"],
        "replaced_by": row["replaced_by"],
        "request": None if row["request"] is None else orjson.loads(row["request"]),
    }
    return KeptNotice(msgspec.convert(document, Notice), row["tenant"], row["sequence"], row["acknowledged_at"])
