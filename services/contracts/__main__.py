"""`python -m services.contracts`: publish the interfaces as they are now in docs/contracts.

What would break clients of those published last is named, and nothing is written; `--break` writes all the same,
where the version says that it breaks.
"""

import sys

from infra.version import SOFTWARE
from services.contracts.published import announces_break, differences, publish, published_version


def main() -> int:
    """Exit code 1: something would break."""
    found = differences()
    for one in found:
        print(one, file=sys.stderr)
    if found and "--break" not in sys.argv[1:]:
        return 1
    was = published_version()
    if found and not announces_break(was, SOFTWARE):
        print(f"{SOFTWARE} does not say that it breaks who uses {was}: raise the version first", file=sys.stderr)
        return 1
    publish()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
