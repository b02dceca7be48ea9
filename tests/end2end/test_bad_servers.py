"""Servers that answer badly, met by the installed command line: told plainly, and nothing changed."""

import base64
import os
import socket
import time
from pathlib import Path

import pytest
from hostile_server import Answer, hostile_server, says
from person import VAULT_PASSWORD
from programs import cli, free_port, result

pytestmark = pytest.mark.end2end


def plain(size: int) -> str:
    return base64.urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()


def enrol_link(origin: str) -> str:
    return (
        f"watchword://enrol/1?o={origin}&e={plain(16)}&k={plain(20)}&f={plain(32)}"
        f"&x={int(time.time()) + 500}"
    )


def endless(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:  # until the client has had enough
        connection.sendall(b" " * 65_536)


def body(text: bytes, kind: bytes = b"application/json", more: bytes = b"") -> Answer:
    return says(
        b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s"
        % (kind, len(text), more, text)
    )


ANSWERS: dict[str, Answer] = {
    "S1 endless": endless,
    "S1 wrong length": says(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{}"
    ),
    "S1 gzip": body(b"\x1f\x8b\x08junk", more=b"Content-Encoding: gzip\r\n"),
    "S5 another message": body(b'{"signed":"e30","sig":"AA"}'),
    "S7 null": body(b"null"),
    "S7 list": body(b"[]"),
    "S7 no UTF-8": body(b'{"a":"\xff"}'),
    "S7 deep": body(b"[" * 60_000),
    "S7 bad gateway": says(
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<b>!"
    ),
    "S7 nothing": says(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "S7 not HTTP": says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "S11 captive portal": body(b"<html>Please log in</html>", b"text/html"),
    "redirect": says(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    ),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    result(cli("--json", "init", "--no-recovery-key", home=folder, password=VAULT_PASSWORD))
    return folder


def test_bad_answers_to_an_enrolment(home: Path) -> None:
    before = (home / "vault").read_bytes()
    for name, answer in ANSWERS.items():
        with hostile_server(answer) as bad:
            link = enrol_link(bad.origin)
            began = time.monotonic()
            done = cli("--json", "--yes", "add", link, home=home, password=VAULT_PASSWORD)
            assert done.returncode in {1, 6}, name
            assert done.stdout == "", name
            assert bad.requests, name  # it was really asked
            assert time.monotonic() - began < 35, name
        said = done.stderr.splitlines()[-1]
        assert said.startswith("watchword-cli: "), name
        assert "Traceback" not in done.stderr, name
        assert link.partition("&k=")[2].partition("&")[0] not in done.stderr, name
        assert (home / "vault").read_bytes() == before, name
    assert result(cli("--json", "list", home=home, password=VAULT_PASSWORD)) == []


def test_nobody_there(home: Path) -> None:
    before = (home / "vault").read_bytes()
    link = enrol_link(f"http://127.0.0.1:{free_port()}")
    done = cli("--json", "--yes", "add", link, home=home, password=VAULT_PASSWORD)
    assert done.returncode == 6
    assert (home / "vault").read_bytes() == before
