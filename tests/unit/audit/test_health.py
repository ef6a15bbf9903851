"""What is told of each witness, by the cosignatures under the published checkpoint."""

from datetime import UTC, datetime

from services.audit.health import WitnessState, witness_states
from services.audit.tlog.note import Note
from services.audit.witness.asking import Failed
from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.policy import Policy, Witness
from tests.unit.audit.examples import entries, log_of

SIGNERS = {name: WitnessSigner(f"witness.example/{name}", name.encode() * 32) for name in "abc"}
POLICY = Policy({name: Witness(name, signer.verifier()) for name, signer in SIGNERS.items()})
AWAY = Failed("away", "no answer")


def test_a_witness_has_cosigned_at_its_time_also_at_one_that_no_calendar_has_or_not_at_all():
    note = Note.parse(log_of(entries(3)).checkpoint)
    lines = SIGNERS["a"].cosign(note.text, 1_800_000_000), SIGNERS["b"].cosign(note.text, 2**63 - 1)
    published = Note(note.text, (*note.signatures, *lines, SIGNERS["c"].cosign("another text\n", 1_800_000_000)))
    assert witness_states(published, POLICY, {"c": AWAY}) == (
        WitnessState("a", True, datetime.fromtimestamp(1_800_000_000, UTC), None),
        WitnessState("b", True, None, None),
        WitnessState("c", False, None, AWAY),
    )


def test_where_no_checkpoint_is_shown_nobody_has_cosigned_one():
    assert [one.cosigned for one in witness_states(None, POLICY, {})] == [False] * 3
