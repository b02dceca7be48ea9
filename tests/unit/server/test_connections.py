"""Connections that send nothing, or a drop at a time, on real sockets."""

import asyncio

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from watchword_server.connections import Connection

WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"


class Hasty(Connection):
    REQUEST_SECONDS = 0.05


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    names = sorted(name.decode() for name, _ in scope["headers"] if name != b"content-length")
    await PlainTextResponse(f"here, {' '.join(names)}")(scope, receive, send)


async def exchange(*parts: bytes) -> bytes:
    """Send the parts one after the other; return all that comes until the server leaves."""
    config = uvicorn.Config(answer, lifespan="off", log_level="error", timeout_keep_alive=3600)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Hasty(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
    )
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", WHOLE[:-1]],
    ids=["nothing", "a word", "half a head", "half a body"],
)
def test_who_never_finishes_a_request_is_left(begun: bytes) -> None:
    assert asyncio.run(exchange(begun)) == b""


def head(*lines: bytes) -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: x", *lines])


@pytest.mark.parametrize(
    ("endless", "answer"),
    [
        (head(b"Cookie: " + b"a" * 100_000), b"HTTP/1.1 400 "),
        (head(*[b"A: b"] * 20_000), b"HTTP/1.1 400 "),
        # While the application waits for the body, nothing can be said.
        (head(b"Transfer-Encoding: chunked", b"", b"1\r\na\r\n" * 20_000), b""),
        (head(b"Transfer-Encoding: chunked", b"", b"0\r\nA: " + b"b" * 100_000), b""),
    ],
    ids=["one header", "many headers", "crumbs of a body", "a header after the body"],
)
def test_who_sends_what_has_no_end_is_left(endless: bytes, answer: bytes) -> None:
    # In pieces, as from afar: each is read by itself.
    pieces = [endless[at : at + 8192] for at in range(0, len(endless), 8192)]
    assert asyncio.run(exchange(*pieces)).startswith(answer)


def test_what_stands_after_a_body_is_no_header() -> None:
    late = b"0\r\nCookie: late\r\nHost: other\r\n\r\n"
    sent = head(b"Transfer-Encoding: chunked", b"Connection: close", b"", b"1\r\na\r\n" + late)
    assert asyncio.run(exchange(sent)).endswith(b"here, connection host transfer-encoding")


def test_who_finishes_one_is_answered_and_left_after_that() -> None:
    assert asyncio.run(exchange(WHOLE)).endswith(b"here, host")
