"""A step of the demo that did not do what it must."""


class StepFailed(Exception):
    """Says which step, what was expected and what came instead."""


def expect(condition: bool, otherwise: str) -> None:
    """Raise StepFailed unless the condition holds."""
    if not condition:
        raise StepFailed(otherwise)
