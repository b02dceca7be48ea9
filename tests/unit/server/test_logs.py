"""What stands in the log: one line each, whatever somebody sent."""

import asyncio
import io
import json
import logging
import socket
from collections.abc import Iterator

import pytest
from served import PASSWORD, USER, Served

from watchword_server import logs, metrics
from watchword_server.logs import LogFormat
from watchword_server.metrics import BUCKETS, Metrics


@pytest.fixture
def written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    kind: LogFormat = request.param
    before, level = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.set_up(kind)
    yield stream
    logging.root.handlers[:] = before
    logging.root.setLevel(level)
    logs._requests.clear()


@pytest.mark.parametrize("written", ["text"], indirect=True)
def test_a_line_for_each_request_says_what_and_never_what_was_typed(
    written: io.StringIO, served: Served
) -> None:
    browser = served.browser()
    browser.get("/sign-in?next=%2F%2Fevil")
    browser.post("/sign-in", {"name": f"{USER}\nlevel=error", "password": PASSWORD})
    browser.get("/nowhere/secret")
    browser.get("/static/style.css")
    lines = written.getvalue().splitlines()
    said = [dict(part.split("=", 1) for part in line.split()[3:]) for line in lines]
    assert [(one["method"], one["route"], one["status"]) for one in said] == [
        ("GET", "/sign-in", "200"),
        ("POST", "/sign-in", "403"),
        ("GET", "none", "404"),
        ("GET", "/static", "200"),
    ]
    assert said[1]["events"] == "wrong_password"
    assert said[3]["bytes"] == str(len(browser.page.content))
    assert said[3]["id"] == browser.page.headers["x-request-id"]
    for word in (USER, PASSWORD, "evil", "nowhere", *browser.client.cookies.values()):
        assert word not in written.getvalue()


@pytest.mark.parametrize("written", ["text", "json"], indirect=True)
def test_whatever_is_logged_stays_in_its_line(written: io.StringIO) -> None:
    logging.getLogger("x").error("a\nb", extra={"values": {"ip": 'c d="\n'}})
    (line,) = written.getvalue().splitlines()
    if line.startswith("{"):
        assert json.loads(line)["message"] == "a\nb"
    else:
        assert line.endswith(r' error "a\nb" ip="c d=\"\n"')


def test_a_histogram_counts_each_answer_once_and_sums_up() -> None:
    numbers = Metrics()
    for seconds in (0.001, BUCKETS[0], 0.3, 60.0):
        numbers.answered("GET", "/x", 200, seconds)
    numbers.answered('BREW" 1', "/x", 405, 0.001)
    text = numbers.text()
    assert 'watchword_request_seconds_bucket{route="/x",le="0.005"} 3' in text
    assert 'watchword_request_seconds_bucket{route="/x",le="0.5"} 4' in text
    assert 'watchword_request_seconds_bucket{route="/x",le="+Inf"} 5' in text
    assert 'watchword_request_seconds_count{route="/x"} 5' in text
    assert 'watchword_requests_total{method="other",route="/x",status="405"} 1' in text


def test_whoever_asks_for_numbers_at_any_length_is_hung_up_on() -> None:
    failed: list[object] = []

    async def ask(port: int, head: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def both() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: failed.append(what))
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        async with await metrics.serve(Metrics(), listening):
            assert await ask(port, b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 10_000) == b""
            assert await ask(port, b"GET /else HTTP/1.1\r\n\r\n") != b""
            answer = await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")
            assert b"watchword_requests_open 0" in answer

    asyncio.run(both())
    assert failed == []
