"""`python -m services.contracts`: publish the interfaces as they are now in docs/contracts.

What would break clients of those published last is named, and nothing is written; `--break` writes all the same.
"""

import sys

from services.contracts.published import differences, publish


def main() -> int:
    """Exit code 1: something would break."""
    found = differences()
    for one in found:
        print(one, file=sys.stderr)
    if found and "--break" not in sys.argv[1:]:
        return 1
    publish()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
