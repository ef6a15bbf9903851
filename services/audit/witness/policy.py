"""Which witnesses are asked, and which of them must have cosigned before a checkpoint counts as witnessed.

Source: C2SP tlog-policy (https://c2sp.org/tlog-policy); one definition a line, comments begin with `#`:

    log      <vkey> [<url>]                            whose checkpoints these are; not needed here, but read
    witness  <name> <vkey> [<url>]                     the url is where `add-checkpoint` is asked
    group    <name> <number, any or all> <member>...   members are defined above
    quorum   <name of a witness or group, or none>     none: they are asked, and nothing rests on their answer

A public key counts once, whatever names it has, and a member of one group is no member of another: so each witness
adds to the quorum in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.audit.tlog.note import ED25519, NoteError, Verifier, key_id, parse_key
from services.audit.witness.cosignature import ML_DSA_44, WitnessKey

_NONE: Final = "none"
_FORMS: Final = (
    "`log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME NUMBER|any|all MEMBER...` or one `quorum NAME|none`"
)
_FOREIGN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_SPACES: Final = re.compile(r"[ \t]+")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


class PolicyError(ValueError):
    """A policy cannot be read; names the line and what would be right."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by the policy's name for it: its key, and where it is asked, if anywhere."""

    name: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members, witnesses or groups, make one."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Witnesses and groups by name, and the one of them that must be satisfied; None: nothing is required."""

    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str | None = None

    @property
    def keys(self) -> tuple[WitnessKey, ...]:
        """The keys of all witnesses."""
        return tuple(witness.key for witness in self.witnesses.values())

    def satisfied_by(self, signed: Collection[Verifier]) -> bool:
        """Whether cosignatures by these keys are what the quorum asks for."""
        return self.quorum is None or self._holds(self.quorum, signed)

    def check_reachable(self) -> None:
        """Raise PolicyError where not even all witnesses that can be asked would be the quorum."""
        asked = [witness.key for witness in self.witnesses.values() if witness.url is not None]
        if not self.satisfied_by(asked):
            lacking = ", ".join(self.missing(asked))
            raise PolicyError(f"its quorum can never be reached: nobody is asked at a url for {lacking}")

    def missing(self, signed: Collection[Verifier]) -> list[str]:
        """The names of the witnesses that have not cosigned."""
        return [name for name, witness in self.witnesses.items() if witness.key not in signed]

    def _holds(self, name: str, signed: Collection[Verifier]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in signed
        group = self.groups[name]
        return sum(self._holds(member, signed) for member in group.members) >= group.threshold


NO_POLICY = Policy()


def parse_policy(text: bytes) -> Policy:
    """The policy of a file's bytes; PolicyError names the first line that is wrong.

    What is not ASCII is opaque: it is told apart byte by byte.
    """
    if (foreign := _FOREIGN.search(text)) is not None:
        line = text.count(b"\n", 0, foreign.start()) + 1
        raise PolicyError(f"line {line}: holds a control character other than tab and newline")
    reading = _Reading()
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    for number, definition in enumerate((line.strip(" \t") for line in lines), 1):
        if not definition or definition.startswith("#"):
            continue
        try:
            reading.take(_SPACES.split(definition))
        except (PolicyError, NoteError) as error:
            raise PolicyError(f"line {number}: {error}") from error
    return reading.policy()


class _Reading:
    def __init__(self) -> None:
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._logs: set[bytes] = set()
        self._quorum: str | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._log(vkey)
            case ["witness", name, vkey]:
                self._witness(Witness(name, WitnessKey.parse(vkey)))
            case ["witness", name, vkey, url]:
                self._witness(Witness(name, WitnessKey.parse(vkey), url.rstrip("/")))
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, tuple(members))
            case ["quorum", name] if self._quorum is None:
                self._quorum = self._known(name) if name != _NONE else _NONE
            case _:
                raise PolicyError(f"must be {_FORMS}")

    def policy(self) -> Policy:
        if self._quorum is None:
            raise PolicyError("the line `quorum NAME` or `quorum none` is missing")
        return Policy(self._witnesses, self._groups, None if self._quorum == _NONE else self._quorum)

    def _log(self, vkey: str) -> None:
        name, identity, kind, public = parse_key(vkey, "log's key", ED25519, ML_DSA_44)
        if key_id(name, bytes([kind.number]) + public).hex() != identity:
            raise PolicyError(f"the id of the key of {name} does not fit")
        if public in self._logs:
            raise PolicyError(f"the key of {name} is already that of another log")
        self._logs.add(public)

    def _witness(self, witness: Witness) -> None:
        self._new(witness.name)
        if any(witness.key.public == other.key.public for other in self._witnesses.values()):
            raise PolicyError(f"the key of {witness.name} is already that of another witness")
        if witness.url is not None and not witness.url.startswith(("http://", "https://")):
            raise PolicyError(f"{witness.url} must be an http or https address")
        self._witnesses[witness.name] = witness

    def _group(self, name: str, threshold: str, members: tuple[str, ...]) -> None:
        self._new(name)
        for member in members:
            if self._known(member) in self._members:
                raise PolicyError(f"{member} is named as a member twice, and would count twice")
            self._members.add(member)
        words = {"any": 1, "all": len(members)}
        number = words[threshold] if threshold in words else int(threshold) if _NUMBER.fullmatch(threshold) else 0
        if not 1 <= number <= len(members):
            raise PolicyError(f"group {name} needs any, all or a number from 1 to {len(members)}, not {threshold}")
        self._groups[name] = Group(number, members)

    def _new(self, name: str) -> None:
        if name == _NONE or name in self._witnesses or name in self._groups:
            raise PolicyError(f"the name {name} is taken")

    def _known(self, name: str) -> str:
        if name not in self._witnesses and name not in self._groups:
            raise PolicyError(f"no witness or group {name} is defined above")
        return name
