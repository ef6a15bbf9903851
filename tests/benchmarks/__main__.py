"""`make bench`: the figures of docs/performance.md, on this machine. `python -m tests.benchmarks NAME`
for one.
"""

import importlib
import sys

NAMES = (
    "methodology",
    "advice",
    "log",
    "beside_tessera",
    "scoring",
    "keys",
    "audit_loop",
    "propagation",
    "path",
    "shares",
    "pages",
)


def main(wanted: list[str]) -> None:
    for name in wanted or NAMES:
        print(f"== {name}")
        importlib.import_module(f"tests.benchmarks.{name}").run()


if __name__ == "__main__":
    main(sys.argv[1:])
