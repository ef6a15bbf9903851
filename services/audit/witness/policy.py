"""Which witnesses are asked, and which of them must have cosigned before a checkpoint counts as witnessed.

Source: the policy files of Sigsum (https://git.glasklar.is/sigsum/core/sigsum-go, doc/policy.md) with vkeys for keys,
as Tessera and torchwood read them; one definition a line, `#` begins a comment:

    log      <vkey>                                    whose checkpoints these are; not needed here, but read
    witness  <name> <vkey> [<url>]                     the url is where `add-checkpoint` is asked
    group    <name> <number, any or all> <member>...   members are defined above
    quorum   <name of a witness or group, or none>     none: they are asked, and nothing rests on their answer
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.audit.tlog.note import NoteError, Verifier, VerifierKey
from services.audit.witness.cosignature import WitnessKey

_NONE = "none"
_FORMS = "`witness NAME VKEY [URL]`, `group NAME NUMBER|any|all MEMBER...` or one `quorum NAME|none`"


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

    def missing(self, signed: Collection[Verifier]) -> list[str]:
        """The names of the witnesses that have not cosigned."""
        return [name for name, witness in self.witnesses.items() if witness.key not in signed]

    def _holds(self, name: str, signed: Collection[Verifier]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in signed
        group = self.groups[name]
        return sum(self._holds(member, signed) for member in group.members) >= group.threshold


NO_POLICY = Policy()


def parse_policy(text: str) -> Policy:
    """The policy of a file's text; PolicyError names the first line that is wrong."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            reading.take(words)
        except (PolicyError, NoteError) as error:
            raise PolicyError(f"line {number}: {error}") from error
    return reading.policy()


class _Reading:
    def __init__(self) -> None:
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, Group] = {}
        self._quorum: str | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *_]:
                VerifierKey.parse(vkey)
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

    def _witness(self, witness: Witness) -> None:
        self._new(witness.name)
        if any(witness.key == other.key for other in self._witnesses.values()):
            raise PolicyError(f"the key of {witness.name} is already that of another witness")
        if witness.url is not None and not witness.url.startswith(("http://", "https://")):
            raise PolicyError(f"{witness.url} must be an http or https address")
        self._witnesses[witness.name] = witness

    def _group(self, name: str, threshold: str, members: tuple[str, ...]) -> None:
        self._new(name)
        for member in members:
            self._known(member)
        if len(set(members)) != len(members):
            raise PolicyError(f"group {name} names a member twice")
        words = {"any": 1, "all": len(members)}
        number = words[threshold] if threshold in words else int(threshold) if threshold.isdecimal() else 0
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
