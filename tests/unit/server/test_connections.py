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
    await PlainTextResponse("here")(scope, receive, send)


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


def test_who_finishes_one_is_answered_and_left_after_that() -> None:
    assert asyncio.run(exchange(WHOLE)).endswith(b"here")
