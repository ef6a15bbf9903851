"""What a service was started with, by the names of its variables, so that a change of it can be told."""

import re

from environs import Env

_PASSWORD = re.compile(r"(://[^/@:]*):[^/@]*@")
"""Of an address `scheme://user:password@host`."""


def effective(env: Env) -> dict[str, str]:
    """Each variable that was read and its value, defaults included. A password in an address is left out: no other
    secret is a variable, they are files.
    """
    return {name: _PASSWORD.sub(r"\1@", str(value)) for name, value in sorted(env.dump().items())}
