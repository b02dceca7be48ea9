"""One server's HTTP: no redirects, no compression, 64 KiB and half a minute at most."""

import json
import math
import ssl
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

from watchword.protocol.origin import Origin, parse_origin
from watchword.remote.errors import (
    AnswerLost,
    NotOurServer,
    RemoteError,
    ServerBusy,
    ServerFailed,
    TooLarge,
    Unreachable,
)
from watchword.remote.retry import retry_after_seconds

if TYPE_CHECKING:
    import httpcore2

ANSWER_BYTES = 64 * 1024
CONNECT_SECONDS = 5.0  # name, TCP and TLS together
TOTAL_SECONDS = 30.0
_WAIT_MARGIN_SECONDS = 5.0  # what a long poll may take beyond the wait it asked for
_IDLE_SECONDS = 20.0  # how long an unused connection is kept


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer of the right type; what it says is for the caller to check."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)

    def json(self) -> object:
        """Return the body as JSON (RFC 8259); raises NotOurServer for anything else."""
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise _not_ours("this server", "It answered with something that is no JSON") from None

    @property
    def date(self) -> float | None:
        """The server's clock by its Date header, Unix seconds; unsigned, so a hint only."""
        return _http_date(self.headers.get("date", ""))


class Sender(Protocol):
    """What a provider needs of HTTP."""

    @property
    def origin(self) -> Origin:
        """The one server it speaks to."""
        ...

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        wait: float = 0.0,
    ) -> Reply:
        """Send one request and return the answer."""
        ...

    def close(self) -> None:
        """Close the connections that are kept."""
        ...


class Client:
    """Speaks with one server; connections are kept between requests and shared by threads."""

    def __init__(
        self,
        origin: str,
        *,
        tls_pin: bytes = b"",
        total_seconds: float = TOTAL_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare for `origin`; nothing is contacted yet.

        `tls_pin` (SHA-256 of a key, 32 bytes) replaces the system's trust store: the exact key
        is asked for, so the names and dates in its certificate no longer matter. `trust` is for
        tests. Raises OriginRefused.
        """
        self.origin = parse_origin(origin)
        self._tls_pin = tls_pin
        self._total_seconds = total_seconds
        self._connect_seconds = connect_seconds
        self._trust = trust
        self._pool: httpcore2.ConnectionPool | None = None
        self._opening = threading.Lock()  # the pool itself may be used by several threads

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        wait: float = 0.0,
    ) -> Reply:
        """Send one request and return its answer, whatever its status below 500 but 429.

        `target` is the path with its query, as signed. `wait` is how many seconds the server
        was asked to hold the request. Raises the family of watchword.remote.errors.
        """
        import httpcore2

        now = time.monotonic()
        deadline = now + (wait + _WAIT_MARGIN_SECONDS if wait else self._total_seconds)
        sent_headers = {
            "Host": self.origin.authority,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Watchword",
            **(headers or {}),
        }
        if body or method == "POST":
            sent_headers["Content-Length"] = str(len(body))
        # The pool hands these on to wire.DeadlineBackend, where they are points in time.
        times = {
            "connect": min(deadline, now + self._connect_seconds),
            "read": deadline,
            "write": deadline,
            "pool": self._connect_seconds,
        }
        url = httpcore2.URL(
            scheme=self.origin.scheme.encode(),
            host=self.origin.host.encode(),
            port=self.origin.port,
            target=target.encode("ascii"),
        )
        try:
            with self._opened().stream(
                method,
                url,
                headers=list(sent_headers.items()),
                content=body,
                extensions={"timeout": times},
            ) as response:
                return self._read(response)
        except RemoteError:
            raise
        except (
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.ProxyError,
        ) as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the connections that are kept."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _opened(self) -> "httpcore2.ConnectionPool":
        with self._opening:
            if self._pool is None:
                self._pool = self._new_pool()
            return self._pool

    def _new_pool(self) -> "httpcore2.ConnectionPool":
        import httpcore2

        from watchword.remote.wire import DeadlineBackend

        proxy = _proxy_for(self.origin)
        return httpcore2.ConnectionPool(
            ssl_context=self._trust or _trust(self._tls_pin),
            proxy=httpcore2.Proxy(proxy) if proxy else None,
            max_connections=64,  # every linked account may hold one long poll
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=DeadlineBackend(self.origin, self._tls_pin, by_proxy=bool(proxy)),
        )

    def _read(self, response: "httpcore2.Response") -> Reply:
        """Return the answer of `response`, read as a stream up to the limit."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        self._check_head(response.status, headers)
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > ANSWER_BYTES:
                raise TooLarge(
                    f"{self.origin.host} answered with too much",
                    "Reading stopped at 64 KiB; no answer of a login server is longer",
                    "Tell the service if it happens again",
                )
        return Reply(response.status, headers, bytes(body))

    def _check_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Raise for a status or a type that no caller can use."""
        host = self.origin.host
        if status in {429, 503}:
            # A date is only compared with the same server's clock; without one it says nothing.
            now = _http_date(headers.get("date", ""))
            retry_after = retry_after_seconds(headers.get("retry-after", ""), now or math.inf)
            raise ServerBusy(
                f"{host} is busy",
                "It asked to come back later",
                "Try again in a moment; login requests come once it answers",
                retry_after=retry_after,
            )
        if status >= 500:
            raise ServerFailed(
                f"{host} has a problem",
                f"It answered with error {status}",
                "Try again in a moment; codes work meanwhile",
            )
        if not 200 <= status < 500 or status in range(300, 400):
            raise _not_ours(host, "It sent us elsewhere, and Watchword does not follow")
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise _not_ours(host, "It answered in an encoding that was not asked for")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if status != 204 and kind != "application/json" and not kind.endswith("+json"):
            raise _not_ours(host, "It answered with a page instead of data")

    def _failed(self, error: Exception) -> RemoteError:
        """Return what `error` of httpcore means to a person."""
        import httpcore2

        host = self.origin.host
        if isinstance(error.__cause__, ssl.SSLError):
            from watchword.remote.wire import tls_refused

            return tls_refused(self.origin, error.__cause__)
        if isinstance(error, httpcore2.ProxyError):
            return Unreachable(
                f"{host} could not be reached",
                "The proxy of this network does not let us through",
                "Look at the proxy in your system's settings",
            )
        if isinstance(
            error, (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout)
        ):
            late = isinstance(error, httpcore2.TimeoutException)
            return Unreachable(
                f"{host} could not be reached",
                "It did not answer in time" if late else "Nobody answers there",
                "Look at your network. Codes work without one",
            )
        late = isinstance(error, httpcore2.TimeoutException)
        return AnswerLost(
            f"No whole answer came from {host}",
            "It took too long" if late else "The connection broke off",
            "Try again in a moment; login requests come once it answers",
        )


def _trust(tls_pin: bytes) -> ssl.SSLContext:
    """Return whom to believe: the system's trust store, or with a pin only the pinned key."""
    if tls_pin:
        # The key itself is compared after the handshake (wire.DeadlineStream), which proves
        # more than any authority could.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _proxy_for(origin: Origin) -> str:
    """Return the URL of the proxy the system wants for `origin`; empty: none."""
    if origin.is_loopback or urllib.request.proxy_bypass(origin.host):
        return ""
    proxy = urllib.request.getproxies().get(origin.scheme, "")
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


def _not_ours(host: str, reason: str) -> NotOurServer:
    return NotOurServer(
        f"{host} did not answer as a login server does",
        reason,
        "On a public network, sign in to it in the browser first",
    )


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _http_date(value: str) -> float | None:
    try:
        at = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
    return at if math.isfinite(at) else None
