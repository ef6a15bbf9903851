"""Standard Base 64 (RFC 4648 section 4) as one text stands for one value: strict and canonical.

The usual decoders ignore the unused bits of the last character, so that several texts give the same bytes;
then a changed character in a signature could pass unseen.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode


def encode(value: bytes) -> str:
    """The bytes as padded standard Base 64."""
    return b64encode(value).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of a padded standard Base 64 text; ValueError if it is not the one way to write them."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"not Base 64: {text[:80]!r}") from error
    if encode(value) != text:
        raise ValueError(f"not canonical Base 64: {text[:80]!r}")
    return value
