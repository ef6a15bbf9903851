"""A ZIP that is written as it is sent: no file, no whole of it in memory. Its last member is sealed by the log's key.

`pack.json` names every member with its SHA-256; `seal` is a signed note (C2SP) over the hash of `pack.json`. The
note's first line names the format, so that it can be taken for no checkpoint, whose first line is the log's origin.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from schemas.entry import canonical
from services.audit.tlog.note import SignerKey, sign_note

FORMAT = "careerpulse-evidence/1"
SEVERAL = "careerpulse-evidence/2"
"""The format of a pack of several logs, so that no verifier that knows one log alone passes over the others."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The ZIP's least date: when a pack was made stands in `pack.json`, once."""
Member = tuple[str, bytes]


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writes, and gives it away; it cannot be sought in."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def archive(members: Iterable[Member], head: Mapping[str, Any], signer: SignerKey) -> Iterator[bytes]:
    """The bytes of the ZIP, piece by piece; `head` is what `pack.json` says beside the hashes."""
    pipe, files = _Pipe(), {}
    form = FORMAT
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, data in members:
            files[name] = sha256(data).hexdigest()
            form = SEVERAL if name.startswith("logs/") else form
            whole.writestr(_info(name), data)
            yield pipe.taken()
        listed = canonical({"format": form, **head, "files": files})
        whole.writestr(_info("pack.json"), listed)
        text = f"{form}\n{sha256(listed).hexdigest()}\n"
        whole.writestr(_info("seal"), sign_note(text, signer).encode())
    yield pipe.taken()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
