"""Every message is there in every language, with the same places for values."""

import re
from collections import Counter
from pathlib import Path

import pytest

import infra
import services
from infra.pages.language import DEFAULT, LANGUAGES
from infra.pages.messages import missing, translated

ROOTS = [Path(*package.__path__) for package in (infra, services)]
PACKAGES = sorted(path.parent for root in ROOTS for path in root.rglob("locale") if path.is_dir())
OTHERS = [language for language in LANGUAGES if language != DEFAULT]
PLACE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: f"{package.parent.name}.{package.name}")
@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_untranslated_and_no_translation_is_left_over(package: Path, language: str) -> None:
    assert list(missing(package, language)) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: f"{package.parent.name}.{package.name}")
@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_takes_the_values_of_its_message(package: Path, language: str) -> None:
    for message in translated(package, language):
        if isinstance(message.id, str) and message.id:
            assert Counter(PLACE.findall(message.string)) == Counter(PLACE.findall(message.id)), message.id
