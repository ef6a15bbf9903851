"""The key of a record that is about one person: their alias, 128 random bits as 32 hexadecimal digits."""

import re

from infra.kafka.dead_letter import Poisoned

_ALIAS = re.compile(rb"[0-9a-f]{32}")


def alias_of(key: bytes | None) -> str:
    """The alias that a record's key is. Raises Poisoned."""
    if key is None or _ALIAS.fullmatch(key) is None:
        raise Poisoned("its key is no alias of 32 hexadecimal digits")
    return key.decode()
