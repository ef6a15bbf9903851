"""A service that does nothing: it is ready, and shows its environment."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"name": sys.argv[1], **os.environ}).encode() if self.path == "/environment" else b""
        self.send_response(200 if self.path in ("/readyz", "/environment") else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    address = (os.environ["SERVICE_HOST"], int(os.environ["SERVICE_PORT"]))
    ThreadingHTTPServer(address, Handler).serve_forever()
