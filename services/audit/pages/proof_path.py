"""A proof of inclusion as a person sees it: the path from the entry up to the root that was signed."""

from infra.charts.chart import Caption, Chart
from infra.charts.path import Ends, Rung, path
from infra.crypto.tree_hash import leaf_hash
from infra.pages.visit import Visit
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.merkle import climb
from services.audit.tlog.note import Note
from services.audit.tlog.proof import Proof

_SHOWN = 4


def drawn(visit: Visit, entry: bytes, proof: Proof) -> tuple[Chart, Checkpoint]:
    """The path, recomputed from the entry's bytes, and the checkpoint to whose root it leads. Raises ProofError."""
    checkpoint = Checkpoint.parse(Note.parse(proof.checkpoint).text)
    foot = leaf_hash(entry)
    steps = climb(foot, proof.index, checkpoint.size, proof.hashes)
    _ = visit.says
    sides = {True: _("on the left"), False: _("on the right")}
    rungs = [
        Rung(
            _short(step.sibling),
            step.on_the_left,
            _short(step.made),
            (sides[step.on_the_left], step.sibling.hex(), step.made.hex()),
        )
        for step in steps
    ]
    size = visit.formats.number(checkpoint.size)
    caption = Caption(
        "proof",
        _("The path from the entry to the signed root"),
        _("Each step hashes what it has with one sibling; the last hash is the root that is signed."),
        (_("Step"), _("Sibling stands"), _("Sibling"), _("Hash of both")),
    )
    ends = Ends(
        _("Root over %(size)s entries", size=size),
        _("Entry %(index)s", index=visit.formats.number(proof.index)),
        _short(foot),
    )
    return path(caption, ends, rungs), checkpoint


def _short(digest: bytes) -> str:
    return f"{digest[:_SHOWN].hex()}…"
