"""What is wrong with answers beyond their form, said so that it can be put right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: where (``skills.3.id``), which rule, what is wrong, and what would be right.

    ``title`` names the rule in a few words and, unlike ``message``, quotes no answer.
    """

    path: str
    code: str
    message: str
    suggestion: str
    title: str = ""


class Refused(ValueError):
    """These answers cannot be scored; ``findings`` say why, at least one of them."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in findings))
