"""The claim code: how a person who never registered proves to be the one who handed an assessment in.

135 bits derived from the person's data key, so that it need not be stored to be the same at a retry, and is gone
with the key. Written in Crockford's base32 with his check symbol (https://www.crockford.com/base32.html), in groups
of four: `7K3M-…`. Case, hyphens and spaces do not matter; O reads as 0, I and L read as 1.
"""

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _DIGITS + "*~$=U"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"O": 0, "I": 1, "L": 1}
_LENGTH = 27
_BITS = _LENGTH * 5
_GROUP = 4


class NotAClaimCode(ValueError):
    """The text is no claim code: mistyped, cut short, or something else. Tells nothing about any person."""


def claim_code(data_key: bytes) -> str:
    """The claim code of the person with this data key (32 bytes): seven groups of four."""
    return spelt(HKDFExpand(SHA256(), 17, b"careerpulse/claim/v1").derive(data_key))


def random_code() -> str:
    """A code of the same form that leads to nothing by itself."""
    return spelt(secrets.token_bytes(17))


def spelt(random: bytes) -> str:
    """The first 135 of these random bits (17 bytes) as a code."""
    number = int.from_bytes(random, "big") >> (17 * 8 - _BITS)
    symbols = "".join(_DIGITS[number >> shift & 31] for shift in range(_BITS - 5, -1, -5)) + _CHECKS[number % 37]
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))


def canonical(text: str) -> bytes:
    """The code without what does not matter, as it is hashed. Raises NotAClaimCode."""
    symbols = text.upper().replace("-", "").replace(" ", "")
    if len(symbols) != _LENGTH + 1:
        raise NotAClaimCode(f"a claim code has {_LENGTH + 1} symbols besides its hyphens")
    number = 0
    for symbol in symbols[:-1]:
        if symbol not in _VALUES:
            raise NotAClaimCode("a claim code holds digits and letters without U")
        number = number << 5 | _VALUES[symbol]
    check = symbols[-1] if symbols[-1] in _CHECKS else _DIGITS[_VALUES.get(symbols[-1], 0)]
    if _CHECKS[number % 37] != check:
        raise NotAClaimCode("the last symbol does not fit the others; the code is mistyped")
    return number.to_bytes(17, "big")
