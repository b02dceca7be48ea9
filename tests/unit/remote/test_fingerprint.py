"""Fingerprints: written for people, read as other programs write them, taken from the server itself."""

import base64
import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import server_certificate

from watchword.errors import InvalidInput
from watchword.protocol.origin import parse_origin
from watchword.remote.errors import TlsRefused, Unreachable
from watchword.remote.fingerprint import fetch_fingerprint, read_fingerprint, shown_fingerprint
from watchword.remote.pins import key_pin

PIN = hashlib.sha256(b"key").digest()


@pytest.mark.parametrize(
    "text",
    [
        shown_fingerprint(PIN),
        PIN.hex(),
        PIN.hex(":").upper(),
        f" {base64.b64encode(PIN).decode()}\n",
        base64.urlsafe_b64encode(PIN).decode().rstrip("="),
        f"sha256//{base64.b64encode(PIN).decode()}",
    ],
)
def test_it_is_read_in_every_usual_spelling(text: str) -> None:
    assert read_fingerprint(text) == PIN


def test_it_is_shown_in_groups() -> None:
    shown = shown_fingerprint(PIN)
    assert len(shown.split()) == 16
    assert {len(group) for group in shown.split()} == {4}


@pytest.mark.parametrize(
    "text", ["", "ab", "g" * 64, PIN.hex()[:-2], "é" * 43, "=" * 44, "!" * 43]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="not a fingerprint"):
        read_fingerprint(text)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one


def origin_of(listener: socket.socket) -> str:
    return f"https://127.0.0.1:{listener.getsockname()[1]}"


def test_the_servers_key_is_seen_and_nothing_is_sent(
    listener: socket.socket, tmp_path: Path
) -> None:
    context, _, certificate = server_certificate(tmp_path)
    heard: list[bytes] = []

    def serve() -> None:
        inner, _ = listener.accept()
        with inner, context.wrap_socket(inner, server_side=True) as secured:
            try:
                heard.append(secured.recv(100))
            except (OSError, ssl.SSLError):
                heard.append(b"")

    thread = threading.Thread(target=serve)
    thread.start()
    assert fetch_fingerprint(parse_origin(origin_of(listener))) == key_pin(certificate)
    thread.join(10)
    assert heard == [b""]


def test_what_is_no_such_server_is_told_apart(listener: socket.socket) -> None:
    def serve() -> None:
        inner, _ = listener.accept()
        with inner:
            inner.recv(1000)
            inner.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(TlsRefused):
        fetch_fingerprint(parse_origin(origin_of(listener)))
    thread.join(10)
    origin = parse_origin(origin_of(listener))
    listener.close()
    with pytest.raises(Unreachable):
        fetch_fingerprint(origin)
