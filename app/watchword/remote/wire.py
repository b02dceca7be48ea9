"""Sockets with a deadline: a server that sends one byte a second still ends on time.

httpcore passes the time-outs of a request to every single read, so that a slow drip never runs
into one. Here the "time-out" that the client passes is a point of time.monotonic(), and every
read, write and handshake gets what is left until then.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable

import httpcore2

from watchword.protocol.origin import Origin
from watchword.remote import pins
from watchword.remote.address import refuse_strange_ip
from watchword.remote.errors import TlsRefused, Unreachable


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose every step gets the time that is left; checks the pin after TLS."""

    def __init__(self, inner: httpcore2.NetworkStream, origin: Origin, tls_pin: bytes) -> None:
        self._inner = inner
        self._origin = origin
        self._tls_pin = tls_pin

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read up to `max_bytes`; `timeout` is the deadline."""
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of `buffer`; `timeout` is the deadline."""
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        """Close the socket; a thread that waits for it is let go at once, not when its time is up.

        It holds what it asked with: until then a locked vault's device key would stay in memory.
        """
        connected = self._inner.get_extra_info("socket")
        if isinstance(connected, socket.socket):
            with contextlib.suppress(OSError):
                # Not TLS's own, which takes the object away from under the thread that reads.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Return the connection secured; raises TlsRefused when the other side is not proven."""
        left = _left(timeout, httpcore2.ConnectTimeout)
        try:
            secured = self._inner.start_tls(ssl_context, server_hostname, left)
        except httpcore2.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLError):
                raise tls_refused(self._origin, error.__cause__) from error
            raise
        if self._tls_pin:
            secure_socket: ssl.SSLSocket = secured.get_extra_info("socket")
            certificate = secure_socket.getpeercert(binary_form=True)
            if certificate is None or not pins.matches(certificate, self._tls_pin):
                secured.close()
                raise tls_refused(self._origin, None)
        return DeadlineStream(secured, self._origin, self._tls_pin)

    def get_extra_info(self, info: str) -> object:
        """Return what the connection knows about itself."""
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore2.NetworkBackend):
    """Makes connections to one server (or to the proxy in front of it)."""

    def __init__(self, origin: Origin, tls_pin: bytes, *, by_proxy: bool) -> None:
        self._origin = origin
        self._tls_pin = tls_pin
        self._by_proxy = by_proxy
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect before the deadline `timeout`; raises Unreachable, AddressRefused or httpcore's."""
        numbers = self._resolve(host, port)
        for position, number in enumerate(numbers):
            left = _left(timeout, httpcore2.ConnectTimeout)
            # No address may eat the time of those after it: an IPv6 route that swallows
            # packets must not hide an IPv4 one that works.
            share = left / (len(numbers) - position)
            try:
                stream = self._inner.connect_tcp(
                    number, port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(numbers) - 1:
                    raise
            else:
                return DeadlineStream(stream, self._origin, self._tls_pin)
        raise httpcore2.ConnectError("no address")

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(
                f"{host} was not found",
                "This computer has no network, or there is no server of that name",
                "Codes work without a network. Login requests come back with it",
            ) from error
        numbers = list(dict.fromkeys(str(place[4][0]) for place in found))[:6]
        if not self._by_proxy:
            for number in numbers:
                refuse_strange_ip(host, number)
        return numbers


def tls_refused(origin: Origin, error: ssl.SSLError | None) -> TlsRefused:
    """Return the error for a server that could not prove to be `origin`."""
    if error is None:
        reason = "Its key is not the one that was pinned when this account was linked"
    elif isinstance(error, ssl.SSLCertVerificationError):
        reason = f"Its certificate was refused: {error.verify_message}"
    else:
        reason = f"No secure connection came about ({error.reason or 'TLS error'})"
    return TlsRefused(
        f"{origin.host} could not prove who it is",
        reason,
        "Nothing was sent. On a public network sign in to it first; else tell the service",
    )


def _left(deadline: float | None, too_late: type[Exception]) -> float:
    """Return the seconds until `deadline`, a point of time.monotonic(); raises `too_late`."""
    if deadline is None:
        raise too_late("no deadline was set")
    left = deadline - time.monotonic()
    if left <= 0:
        raise too_late("the deadline has passed")
    return left
