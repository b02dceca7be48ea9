"""Numbers about this process in Prometheus' text format, and a port of their own to read them at."""

import asyncio
import contextlib
import socket
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from watchword_server import __version__

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_LONGEST_REQUEST = 8192
_PATIENCE = 5.0


@dataclass
class _Times:
    """How long the answers of one route took."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0


class Metrics:
    """What has been counted since the start."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._started = time.time()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._times: dict[str, _Times] = {}
        self._events: Counter[str] = Counter()
        self.open = 0  # requests that are not answered yet

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer; `seconds` without the time it was held on purpose."""
        self._requests[method if method in _METHODS else "other", route, status] += 1
        times = self._times.setdefault(route, _Times())
        times.buckets[bisect_left(BUCKETS, seconds)] += 1
        times.total += seconds

    def happened(self, event: str) -> None:
        """Count an event."""
        self._events[event] += 1

    def text(self) -> str:
        """Return everything in Prometheus' text format, version 0.0.4."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield from _head("info", "gauge", "The version that runs.")
        yield f'watchword_info{{version="{__version__}"}} 1'
        yield from _head("requests_total", "counter", "Requests answered.")
        for (method, route, status), count in sorted(self._requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"watchword_requests_total{{{labels}}} {count}"
        yield from _head(
            "request_seconds", "histogram", "Work for an answer, without what it was held."
        )
        for route, times in sorted(self._times.items()):
            name, below = "watchword_request_seconds", 0
            for limit, count in zip([*BUCKETS, "+Inf"], times.buckets, strict=True):
                below += count
                yield f'{name}_bucket{{route="{route}",le="{limit}"}} {below}'
            yield f'{name}_sum{{route="{route}"}} {times.total:.6f}'
            yield f'{name}_count{{route="{route}"}} {below}'
        yield from _head("requests_open", "gauge", "Requests not answered yet, long polls mostly.")
        yield f"watchword_requests_open {self.open}"
        yield from _head("events_total", "counter", "What happened to accounts, and refusals.")
        for event, count in sorted(self._events.items()):
            yield f'watchword_events_total{{event="{event}"}} {count}'
        yield from _head("process_cpu_seconds_total", "counter", "CPU time used.")
        yield f"watchword_process_cpu_seconds_total {time.process_time():.2f}"
        yield from _head("process_start_time_seconds", "gauge", "When it was started.")
        yield f"watchword_process_start_time_seconds {self._started:.3f}"


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP watchword_{name} {text}"
    yield f"# TYPE watchword_{name} {kind}"


async def serve(metrics: Metrics, listening: socket.socket) -> asyncio.Server:
    """Answer `GET /metrics`, and nothing else."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_answer(metrics, head))
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, sock=listening, limit=_LONGEST_REQUEST)


def _answer(metrics: Metrics, head: bytes) -> bytes:
    found = head.startswith((b"GET /metrics ", b"GET /metrics?"))
    status, body = ("200 OK", metrics.text()) if found else ("404 Not Found", "Not found\n")
    raw = body.encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        f"Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
    ).encode() + raw
