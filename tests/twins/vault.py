"""A Vault that is only a KV engine of version 2 in memory, over real HTTP: what the root key asks, and its answers.

Written after the documentation of Vault's KV v2 API; a real Vault is held to the same tests by VAULT_ROOT_KEY.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TOKEN = "a-token"


@dataclass
class Vault:
    """Its state, which a test may change: sealed or not, and every secret's versions."""

    url: str = ""
    sealed: bool = False
    data: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ends: dict[str, dict[str, str]] = field(default_factory=dict)

    def answer(self, method: str, path: str, token: str | None, body: Any) -> tuple[int, Any]:
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        kind, _, name = path.removeprefix("/v1/secret/").partition("/")
        if method == "LIST":
            found = [each.removeprefix(f"{name}/") for each in sorted(self.data) if each.startswith(f"{name}/")]
            return (200, {"data": {"keys": found}}) if found else (404, {"errors": []})
        return getattr(self, f"{kind}_{method.lower()}")(name, body)

    def data_post(self, name: str, body: Any) -> tuple[int, Any]:
        versions = self.data.setdefault(name, [])
        if body["options"].get("cas", len(versions)) != len(versions):
            return 400, {"errors": ["check-and-set parameter did not match the current version"]}
        versions.append({"data": body["data"], "deletion_time": "", "destroyed": False})
        return 200, {"data": {"version": len(versions)}}

    def data_get(self, name: str, _: Any) -> tuple[int, Any]:
        if name not in self.data:
            return 404, {"errors": []}
        found = self.data[name][0]
        gone = found["destroyed"] or found["deletion_time"]
        metadata = {key: found[key] for key in ("deletion_time", "destroyed")}
        return 404 if gone else 200, {"data": {"data": None if gone else found["data"], "metadata": metadata}}

    def metadata_get(self, name: str, _: Any) -> tuple[int, Any]:
        if name not in self.data:
            return 404, {"errors": []}
        versions = {str(number): {"destroyed": one["destroyed"]} for number, one in enumerate(self.data[name], 1)}
        return 200, {"data": {"versions": versions, "custom_metadata": self.ends.get(name)}}

    def metadata_post(self, name: str, body: Any) -> tuple[int, Any]:
        self.ends[name] = body["custom_metadata"]
        return 204, None

    def destroy_put(self, name: str, body: Any) -> tuple[int, Any]:
        for number in body["versions"]:
            self.data[name][number - 1] |= {"data": None, "destroyed": True}
        return 204, None

    destroy_post = destroy_put


@contextmanager
def running() -> Iterator[Vault]:
    vault = Vault()

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path.rstrip("/")
            status, answer = vault.answer(
                self.command, path, self.headers.get("X-Vault-Token"), json.loads(body or b"null")
            )
            said = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_LIST = serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    vault.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield vault
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
