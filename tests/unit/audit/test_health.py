"""What is told of each log and of its witnesses, by the cosignatures under the published checkpoint."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from prometheus_client import REGISTRY

from services.audit.health import HealthCheck, WitnessState, witness_states
from services.audit.health_watch import HealthWatch
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import Note, SignerKey
from services.audit.witness.asking import Failed
from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.policy import Policy, Witness
from tests.unit.audit.examples import SIGNER, entries, log_of

SIGNERS = {name: WitnessSigner(f"witness.example/{name}", name.encode() * 32) for name in "abc"}
POLICY = Policy({name: Witness(name, signer.verifier()) for name, signer in SIGNERS.items()})
AWAY = Failed("away", "no answer")
OTHER = SignerKey("example.com/careerpulse/log1", bytes(range(1, 33)))
READING = SimpleNamespace(findings=(), missing=lambda: None)


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


async def test_each_log_is_told_with_its_own_checkpoint_witnesses_and_what_is_missing_of_it(tmp_path: Path):
    # Given two logs, of which one is frozen and knows of records that were removed unread
    with Appender(tmp_path / "log", SIGNER) as first, Appender(tmp_path / "log-1", OTHER) as second:
        await first.append(entries(3), {}, {})
        await second.append(entries(4, 3), {}, {}, lost={"assessments.scored/1": (5, 9)})
        note = Note.parse(second.published)
        await second.publish(
            Note(note.text, (*note.signatures, SIGNERS["a"].cosign(note.text, 1_800_000_000))).encode()
        )
        gatherings = [SimpleNamespace(outcomes={"a": AWAY}), SimpleNamespace(outcomes={})]
        health = HealthCheck(Logs([first, second], taking=1), gatherings, POLICY, READING)
        # When it is asked how they stand
        found = health.now()
        await HealthWatch(health).look()
    # Then each is told by itself, and so it is to the monitoring
    assert [(log.number, log.origin, log.size, log.frozen) for log in found.logs] == [
        (0, SIGNER.name, 3, False),
        (1, OTHER.name, 4, True),
    ]
    assert [log.signed.root for log in found.logs] == [first.state.root, second.state.root]
    assert [log.witnesses[0].cosigned for log in found.logs] == [False, True]
    assert [log.witnesses[0].answer for log in found.logs] == [AWAY, None]
    assert [len(log.missing) for log in found.logs] == [0, 1]
    assert found.findings == (
        "assessments.scored/1: the records from offset 5 to 8 were deleted before the log read them",
    )
    told = {
        name: [REGISTRY.get_sample_value(f"careerpulse_audit_{name}", {"log": log.origin}) for log in found.logs]
        for name in ("log_size", "signed_size", "missing")
    }
    assert told == {"log_size": [3, 4], "signed_size": [3, 4], "missing": [0, 1]}
