"""The documents that the AI Act asks of whoever provides or deploys a system like this, written from the log and from
the published methodology. Each names the leaves that it rests on; what only people can know is marked **to be filled
in**. They say what the product is aligned with and claim no more: whether the law is met is for people to answer.
"""

from collections.abc import Mapping

from services.audit.documents.classification_memo import classification_memo
from services.audit.documents.grounds import Grounds
from services.audit.documents.incident_register import incident_register
from services.audit.documents.instructions import instructions
from services.audit.documents.legal_table import legal_table
from services.audit.documents.log_description import log_description
from services.audit.documents.monitoring_plan import monitoring_plan
from services.audit.documents.technical_documentation import technical_documentation
from services.audit.tlog.note import SignerKey, sign_note

MEMO, REGISTER = "classification-memo.md", "serious-incidents.md"


def documents(found: Grounds, moment: str, signer: SignerKey | None) -> Mapping[str, str]:
    """Every document by its file name; the memo is a signed note (C2SP) where a key is given.

    `moment` is when they are written, `2026-11-23T18:00:00Z`.
    """
    memo = classification_memo(found, moment)
    return {
        "legal-table.md": f"# The law that these documents speak of\n\n{legal_table()}\n",
        "technical-documentation.md": technical_documentation(found, moment),
        "instructions-for-deployers.md": instructions(found, moment),
        "log-description.md": log_description(found, moment),
        "post-market-monitoring.md": monitoring_plan(found, moment),
        REGISTER: incident_register(found, moment),
        MEMO: memo if signer is None else sign_note(memo, signer).encode().decode(),
    }
