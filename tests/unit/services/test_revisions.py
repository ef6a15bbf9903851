"""The revisions of each database are one chain: two with the same number would keep the service from starting."""

import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[3] / "services"


@pytest.mark.parametrize("service", ["audit", "consent", "intake"])
def test_each_revision_is_named_by_its_number_and_follows_the_one_before(service: str) -> None:
    files = sorted((SERVICES / service / "migrations" / "versions").glob("r[0-9]*.py"))
    read = [re.findall(r'^(?:down_)?revision = (?:"(\d+)"|None)', one.read_text(), re.MULTILINE) for one in files]
    numbers = [one.name[1:5] for one in files]
    assert read == [list(pair) for pair in zip(numbers, ["", *numbers[:-1]], strict=True)]
