"""The description of the log: AI Act Art. 12, with how long records are kept (Art. 19, 26(6)). Pure."""

from infra.documents.page import page
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import article, cited


def log_description(found: Grounds, moment: str) -> str:
    """What is recorded without anybody's doing, how, and what every type of entry is for."""
    return page(
        f"Description of the log, aligned with {article('logs')}",
        moment,
        ("What it answers to", f"{cited('logs')}."),
        ("What is recorded", _recorded(found)),
        ("What the events are for", _purposes()),
        ("How it is kept", _kept(found)),
        ("How it is checked", _checked()),
        ("Every entry by its type", found.rest_on()),
        source=found.source(),
    )


def _recorded(found: Grounds) -> str:
    earliest, latest = found.period or ("none", "none")
    return (
        "Each change of state that touches a person leaves exactly one entry, written with the change itself: type, "
        "time, role of who acted, version and hash of the methodology, version of the software, and a commitment to "
        f"salted fields. It names nobody. Entries from {earliest} to {latest}."
    )


def _purposes() -> str:
    return """\
- (a) Risks and substantial modifications: `refused`, `dead-lettered`, `removed-unread`, `incident`,
  `configuration-changed`, `signal-changed`, and the methodology's hash in each `scored`.
- (b) Post-market monitoring: `scored`, `reviewed`, `superseded`, `drift`.
- (c) Monitoring of operation by the deployer: `viewed`, `delivered`, `key-released-to-a-human`, `search`,
  `exported`, `officer-logged-in`, `officer-refused`."""


def _kept(found: Grounds) -> str:
    state = found.checkpoint
    return (
        f"A Merkle tree (RFC 6962), published as C2SP tlog-tiles under the name {state.origin}. These documents rest "
        f"on its first {state.size:,} entries with the root `{state.root.hex()}`. Entries are never deleted, so they "
        "outlast the six months that the Act asks for; after an erasure nothing more can be told from them."
    )


def _checked() -> str:
    return """\
- `careerpulse audit verify` recomputes everything from an export or a URL without trusting whoever runs the log.
- `careerpulse audit complete` shows that nothing is missing, or names what is.
- Witnesses cosign checkpoints, where the deployment names any."""
