"""Schemathesis against a running service: its own interface document tells what is sent and what may be answered."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from tests.acceptance.real_places import Places

NOT_GENERATED = {"stream_assessments", "stream_results", "metrics"}
"""NDJSON is no format of schemathesis, an event stream has no end, and what a Prometheus reads has its own rules."""
EXPECTED = ["2xx", "401", "403", "404", "409", "410", "422", "429", "503"]
_METHODS = ("get", "post", "put", "patch", "delete")


def settings(document: dict[str, Any], proofs: dict[str, str], places: Places) -> str:
    """The configuration: who calls which operation, and what stands in the parts of paths, real ones by and by.

    Raises LookupError for a part of a path that no place names.
    """
    lines = [
        "[generation]",
        "deterministic = true",
        "[checks]",
        # What fits the form may make no sense to the methodology, or come too often.
        f"positive_data_acceptance.expected-statuses = {EXPECTED}",
    ]
    for path, methods in document["paths"].items():
        real = next((places[start] for start in sorted(places, reverse=True) if path.startswith(start)), {})
        for one in (methods[method] for method in _METHODS if method in methods):
            proof = next((proofs[name] for way in one["security"] for name in way if name in proofs), None)
            known = {p["name"] for p in one.get("parameters", ()) if p["in"] == "path"}
            if missing := known - real.keys():
                raise LookupError(f"{path}: no real {', '.join(missing)}")
            if proof or known:
                lines += ["[[operations]]", f'include-operation-id = "{one["operationId"]}"']
            if proof:
                lines.append(f'headers = {{ Authorization = "{proof}" }}')
            if known:
                given = ", ".join(f'"path.{name}" = "{real[name]}"' for name in sorted(known))
                lines.append(f"parameters = {{ {given} }}")
    return "\n".join(lines) + "\n"


async def findings(
    directory: Path, url: str, configuration: str, *, examples: int, phases: str, seed: int = 1
) -> tuple[int, str]:
    """Exit code and what was printed."""
    config = directory / "schemathesis.toml"
    config.write_text(configuration)
    excluded = [word for name in sorted(NOT_GENERATED) for word in ("--exclude-operation-id", name)]
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"),
        *(f"{url}/openapi.json", "--phases", phases, "--max-examples", str(examples), "--seed", str(seed)),
        *("--no-color", "--generation-database", "none", "--request-timeout", "40", "--continue-on-failure"),
        *excluded,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=directory,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()
