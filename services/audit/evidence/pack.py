"""What a pack holds, member by member.

pack.json, seal          every file with its hash, signed by the log's key
log/                     verifier key, checkpoint with its cosignatures, and the proof from an earlier checkpoint
entries/, proofs/        each entry as the log has it, and its C2SP tlog-proof
payloads/                what was opened of decisions and of acts: salted fields with their salts, all of them or some
                         with the path by which the entry binds each
documents/               what the AI Act asks for, written from the log at the checkpoint; the memo is signed
logs/NUMBER/             all of these of a further log, where what was asked for stands in several
methodology/VERSION/     every version that an entry names, as data: its hash is the one in the entry
verify.py                the verifier; take it from elsewhere if you trust nobody
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from infra.crypto.tree_hash import root_of
from infra.documents.pdf import NoPdf, pdf
from schemas.entry import canonical
from services.audit.act_openings import OpenedAct
from services.audit.evidence.archive import Member
from services.audit.evidence.single_file import single_file
from services.audit.openings import Closed, Opened
from services.audit.tlog import strict_base64
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.merkle import consistency_proof, inclusion_proof
from services.audit.tlog.note import Note
from services.audit.tlog.proof import prove
from services.audit.tlog.stored import StoredLog
from services.audit.trails_api import shown
from services.methodology.letter import LANGUAGES, letter
from services.methodology.version import PUBLISHED, files_of, load

MOST_LETTERS = 10
"""Decisions for which a pack holds letters: a PDF takes half a second."""
_README = """This pack was made by CareerPulse.

Verify it, offline:   python -I verify.py {name} --vkey FILE
FILE holds the verifier key of the log, from somewhere else than this pack. If you do not trust whoever gave you the
pack, take verify.py from elsewhere as well: `careerpulse audit evidence verifier` writes it. By --policy FILE you say
how many of which witnesses must have cosigned the log's checkpoint.

{several}{closed}"""
_SEVERAL = """What was asked for stands in several logs; each further one has its folder below logs/. Give --vkey FILE
once for each of them.

"""


@dataclass(frozen=True, slots=True)
class Contents:
    """All that goes into one pack: the entries and what was opened of them, under one checkpoint.

    `others` hold the same of further logs, by their numbers.
    """

    log: StoredLog
    checkpoint: bytes
    entries: Mapping[int, bytes]
    opened: Mapping[int, Opened | OpenedAct | Closed]
    earlier: bytes | None = None
    letters: bool = True
    disclosed: frozenset[str] | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[int, "Contents"] = field(default_factory=dict)

    def members(self) -> Iterator[Member]:
        """Every member but the sealed list."""
        yield "README.txt", self._readme().encode()
        yield from self._of_log()
        for number, other in self.others.items():
            for name, data in other._of_log():
                yield f"logs/{number}/{name}", data
        for version in self._versions():
            yield from methodology(version)
        yield "verify.py", single_file()

    def _of_log(self) -> Iterator[Member]:
        yield "log/vkey", f"{self.log.vkey()}\n".encode()
        yield "log/checkpoint", self.checkpoint
        yield from self._consistency()
        nodes = self.log.nodes()
        for index, entry in self.entries.items():
            yield f"entries/{index}.json", entry
            yield f"proofs/{index}.tlog-proof", prove(nodes, index, self.checkpoint).encode()
        for index, one in self._shown().items():
            yield f"payloads/{index}.json", payload(one, self.disclosed)
        if self._has_letters():
            for index, decision in self._decisions().items():
                yield from letters(index, decision)
        for name, text in self.documents.items():
            yield f"documents/{name}", text.encode()

    def most_members(self) -> int:
        """How many members there are at most: a letter's PDF may be missing."""
        data = sum(len(files_of(version)) for version in self._versions())
        return 2 + data + sum(one._most_of_log() for one in (self, *self.others.values()))

    def _most_of_log(self) -> int:
        payloads = len(self._shown())
        of_letters = 2 * len(LANGUAGES) * len(self._decisions()) if self._has_letters() else 0
        fixed = 2 if self.earlier is None else 4
        return fixed + 2 * len(self.entries) + payloads + of_letters + len(self.documents)

    def head(self) -> dict[str, Any]:
        """What `pack.json` says of the entries of this log: what stayed sealed, and why."""
        closed = {str(index): one.reason for index, one in self.opened.items() if isinstance(one, Closed)}
        return {"entries": sorted(self.entries), "closed": closed}

    def _decisions(self) -> dict[int, Opened]:
        return {index: one for index, one in self.opened.items() if isinstance(one, Opened)}

    def _shown(self) -> dict[int, Opened | OpenedAct]:
        """What has a payload: all that was opened, or what has any of the fields that were asked for."""
        opened = {index: one for index, one in self.opened.items() if not isinstance(one, Closed)}
        if self.disclosed is None:
            return opened
        return {index: one for index, one in opened.items() if self.disclosed & {field.name for field in one.fields}}

    def _has_letters(self) -> bool:
        return self.letters and self.disclosed is None and len(self._decisions()) <= MOST_LETTERS

    def _versions(self) -> list[str]:
        """The published versions whose hashes the entries name, sealed or opened."""
        parts = (self, *self.others.values())
        named = {orjson.loads(entry).get("methodology") for part in parts for entry in part.entries.values()}
        return [version for version in PUBLISHED if load(version).hash in named]

    def _consistency(self) -> Iterator[Member]:
        if self.earlier is None:
            return
        old, new = (Checkpoint.parse(Note.parse(one).text).size for one in (self.earlier, self.checkpoint))
        proof = consistency_proof(self.log.nodes(), old, new)
        yield "log/earlier-checkpoint", self.earlier
        yield "log/consistency", "".join(f"{strict_base64.encode(one)}\n" for one in proof).encode()

    def _readme(self) -> str:
        parts = {"": self, **{f" of log {number}": other for number, other in self.others.items()}}
        told = "".join(
            f"What entry {index}{where} binds stays sealed: {one.reason}.\n"
            for where, part in parts.items()
            for index, one in part.opened.items()
            if isinstance(one, Closed)
        )
        return _README.format(name="PACK.zip", several=_SEVERAL if self.others else "", closed=told)


def letters(index: int, opened: Opened) -> Iterator[Member]:
    """The written explanation of one decision, as HTML and PDF, in every language."""
    version = load(opened.trail["methodology"]["version"])
    for language in LANGUAGES:
        html = letter(version, opened.trail["answers"], opened.event_id, language)
        yield f"letters/{index}.{language}.html", html.encode()
        with suppress(NoPdf):  # the same letter stands there as HTML
            yield f"letters/{index}.{language}.pdf", pdf(html)


def payload(opened: Opened | OpenedAct, names: frozenset[str] | None = None) -> bytes:
    """What was opened of one entry, a decision or an act of an officer; or of it the fields of these names alone.

    Then each comes with its place among all (`of`) and the hashes of its siblings, which tell nothing of the others,
    because each is salted by itself; nor is the event named, by which its person might be found.
    """
    if names is None:
        return canonical({"event": opened.event_id, "fields": [shown(field) for field in opened.fields]})
    leaves = [field.leaf() for field in opened.fields]

    def path(index: int) -> list[str]:
        return [sibling.hex() for sibling in inclusion_proof(node, index, len(leaves))]

    def node(level: int, at: int) -> bytes:
        return root_of(leaves[at << level : (at + 1) << level])

    fields = [
        {**shown(field), "index": index, "path": path(index)}
        for index, field in enumerate(opened.fields)
        if field.name in names
    ]
    return canonical({"of": len(leaves), "fields": fields})


def methodology(version: str) -> Iterator[Member]:
    """The files whose content hash is the version's."""
    files: dict[str, Path] = files_of(version)
    for name, path in files.items():
        yield f"methodology/{version}/{name}", path.read_bytes()
