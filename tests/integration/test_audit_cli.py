"""`careerpulse audit` as its user meets it, over files and over HTTP."""

import gzip
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.audit.cli import audit
from services.audit.tlog.export import export
from services.audit.tlog.log import open_log
from services.audit.tlog.sources import UnreachableError, web_source
from services.audit.tlog.stored import stored_log
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries

TOKEN = "an-auditors-token"


@pytest.fixture
def log(tmp_path):
    """A log of 300 entries, and beside it `out`, its export."""
    with open_log(tmp_path / "log", SIGNER) as appender:
        appender.append(entries(300), marks={SOURCE: 598}, sign=True)
    export(stored_log(tmp_path / "log"), tmp_path / "out")
    return tmp_path


def call(*arguments: object):
    return CliRunner().invoke(audit, [str(each) for each in arguments])


class Handler(SimpleHTTPRequestHandler):
    """Static files, one of them compressed; bundles for those with the token, who send it for nothing else."""

    def do_GET(self):
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            self.end_headers()
            return
        given = self.headers.get("Authorization")
        if ("/tile/entries/" in self.path) != (given == f"Bearer {TOKEN}"):
            self.send_error(401)
            return
        if self.path == "/tile/0/000" and "gzip" in self.headers["Accept-Encoding"]:
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(Path(self.translate_path(self.path)).read_bytes()))
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url(log):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(log / "out")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_export_says_what_it_wrote(log):
    result = call("export", log / "again", "--log", log / "log")
    assert result.exit_code == 0
    assert "Entries     300" in result.output
    assert (log / "again" / "checkpoint").exists()


def test_a_sound_export_is_called_sound(log):
    result = call("verify", log / "out", "--vkey", log / "out" / "vkey")
    assert result.exit_code == 0
    assert "Entries     300 recomputed" in result.output
    assert f"Signatures  valid, by {VKEY.name}" in result.output
    assert "Result      sound" in result.output
    assert "came with the log" not in result.output


def test_without_a_key_of_ones_own_that_is_said(log):
    result = call("verify", log / "out")
    assert result.exit_code == 0
    assert f"{VKEY.encode()}: it came with the log" in result.output


def test_a_broken_export_is_called_broken_with_its_place(log):
    bundle = log / "out" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b"scored", b"stored", 1))
    result = call("verify", log / "out")
    assert result.exit_code == 1
    assert "Result      BROKEN" in result.output
    assert "Where       tile/entries/000, entry 0" in result.output


def test_fsck_checks_the_log_in_its_place(log):
    result = call("fsck", "--log", log / "log")
    assert (result.exit_code, "300 recomputed" in result.output) == (0, True)
    tile = log / "log" / "tile" / "0" / "000"
    tile.write_bytes(b"\0" * 8192)
    result = call("fsck", "--log", log / "log")
    assert result.exit_code == 1
    assert "tile/0/000" in result.output


def test_fsck_finds_a_damaged_state_file(log):
    state = log / "log" / "state.json"
    state.write_bytes(state.read_bytes().replace(b'"size": 300', b'"size": 299'))
    result = call("fsck", "--log", log / "log")
    assert result.exit_code == 1
    assert "its sum does not fit" in result.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("verify", "nowhere"), "not a directory"),
        (("fsck", "--log", "nowhere"), "there is no log in nowhere"),
        (("export", "out", "--log", "nowhere"), "there is no log in nowhere"),
        (("verify", "http://127.0.0.1:1", "--vkey", "nowhere"), "nowhere"),
        (("verify", "http://127.0.0.1:1"), "cannot be fetched"),
        (("verify", "."), "give the log's verifier key with --vkey"),
        (("verify", ".", "--vkey", "garbage"), "verifier key cannot be used"),
    ],
)
def test_what_cannot_be_checked_is_no_finding(arguments, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "garbage").write_bytes(b"\xff\n")
    result = call(*arguments)
    assert result.exit_code == 2
    assert reason in result.output


def test_a_log_behind_a_url_is_verified_with_a_token(log, url):
    (log / "token").write_text(TOKEN + "\n")
    result = call("verify", url, "--token-file", log / "token")
    assert result.exit_code == 0, result.output
    assert "300 recomputed" in result.output


def test_without_a_token_the_entries_of_a_url_cannot_be_checked(url):
    result = call("verify", url)
    assert result.exit_code == 2
    assert "give an auditor's token" in result.output


def test_a_file_that_a_url_lacks_is_a_finding(log, url):
    (log / "out" / "tile" / "1" / "000.p" / "1").unlink()
    (log / "token").write_text(TOKEN)
    result = call("verify", url, "--token-file", log / "token")
    assert result.exit_code == 1
    assert "tile/1/000.p/1" in result.output


def test_a_redirect_is_not_followed_with_the_token(url):
    with pytest.raises(UnreachableError, match="HTTP 302"):
        web_source(f"{url}/moved", TOKEN).bundle(0, 256)


@pytest.mark.parametrize("address", ["http://example.com/log", "ftp://127.0.0.1/", "http://"])
def test_a_token_never_travels_in_the_clear(address):
    with pytest.raises(UnreachableError):
        web_source(address, TOKEN)
