"""Time-based one-time passwords (RFC 6238 over RFC 4226): HMAC-SHA1, six digits, a step of 30 seconds.

These are the values that every authenticator app takes.
"""

import base64
import hmac
import struct
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""The length of HMAC-SHA1's output (RFC 4226, section 4, R6)."""


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The password of one step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number: int = struct.unpack_from(">I", digest, offset)[0] & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, given: str, now: int, drift: int = 1) -> int | None:
    """The step whose password was given, at most `drift` steps from now (seconds since 1970); None: none of them."""
    current, found = now // STEP_SECONDS, None
    for step in range(current - drift, current + drift + 1):
        if hmac.compare_digest(code(secret, step).encode(), given.encode()):
            found = step
    return found


def uri(secret: bytes, issuer: str, account: str) -> str:
    """What an authenticator app takes in (the key URI format of Google Authenticator)."""
    label = quote(f"{issuer}:{account}", safe=":")
    parameters = {
        "secret": base64.b32encode(secret).decode(),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{label}?{urlencode(parameters)}"
