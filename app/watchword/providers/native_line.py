"""Signed requests to one native server, and what its signatures prove (docs/protocol.md §5)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from watchword.clock import Clock
from watchword.protocol.encoding import canonical, parse_json
from watchword.protocol.errors import MessageRefused, NotForUs, ProtocolError
from watchword.protocol.members import Envelope, Message
from watchword.protocol.messages import Revoked
from watchword.protocol.signing import (
    HttpRequest,
    SigningKey,
    nonce_of,
    open_envelope,
    sign_request,
)
from watchword.protocol.version import LONGEST_WAIT
from watchword.providers.errors import DeviceRevoked, NotAccepted
from watchword.remote.client import Client, Reply, Sender
from watchword.remote.errors import AddressRefused, ServerBusy, TlsRefused, Unreachable

M = TypeVar("M", bound=Message)

OpenSender = Callable[[str, bytes], Sender]  # (origin, TLS pin or b"") → HTTP to that server

# After one of these the server did nothing, so that sending again cannot mean two things.
NOTHING_HAPPENED = (
    Unreachable,
    TlsRefused,
    AddressRefused,
    ServerBusy,
    NotAccepted,
    DeviceRevoked,
)


def open_client(origin: str, tls_pin: bytes) -> Sender:
    """Return real HTTP to `origin`."""
    return Client(origin, tls_pin=tls_pin)


class ServerClock:
    """What time the server has, as far as it said so: a wrong clock here keeps nobody out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said = clock.now()
        self._said_at = clock.monotonic()

    def now(self) -> float:
        """Return Unix seconds by the server's clock; our own until it said something."""
        return self._said + self._clock.monotonic() - self._said_at

    def learn(self, time: float) -> None:
        """Note that it is `time` at the server now."""
        self._said, self._said_at = time, self._clock.monotonic()


@dataclass(frozen=True, slots=True)
class Signed:
    """An answer to a signed request, and the nonce its signature must repeat."""

    reply: Reply
    nonce: str


class SignedLine:
    """Requests signed by one device key to the server that has `server_key`; thread-safe."""

    def __init__(
        self, sender: Sender, key: SigningKey, server_key: bytes, device_id: str, clock: Clock
    ) -> None:
        """Nothing is contacted yet. Keys are 32 bytes each."""
        self.server_key = server_key
        self.server_clock = ServerClock(clock)
        self._sender = sender
        self._key = key
        self._device_id = device_id
        self._nonce = ""
        self._learning = threading.Lock()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        message: Message | None = None,
        envelope: Envelope | None = None,
        wait: float = 0.0,
    ) -> Signed:
        """Send one signed request and return its answer.

        `message` is signed into an envelope first; an `envelope` goes as it is. A server that
        knows no nonce of ours answers 401 with a fresh one; then, and only then, it is sent once
        more. Raises DeviceRevoked (signed), NotAccepted, and the family of RemoteError.
        """
        envelope = self._key.seal(message) if message else envelope
        body = canonical(envelope.to_json()) if envelope else b""
        signed = self._send_once(method, path, query, body, wait)
        if signed.reply.status == 401 and signed.reply.headers.get("watchword-nonce"):
            signed = self._send_once(method, path, query, body, wait)
        self._refuse(signed)
        return signed

    def open(self, signed: Signed, kind: type[M]) -> M:
        """Return the message of an answer, verified to be the server's and to this request.

        Raises BadSignature, MessageRefused, MessageTooNew or NotForUs.
        """
        message = open_envelope(envelope_of(signed.reply), self.server_key, kind)
        if getattr(message, "nonce", "") != signed.nonce:
            raise NotForUs("It answers another request")
        time: int = getattr(message, "time", 0)
        with self._learning:
            self.server_clock.learn(time)
        return message

    def seal(self, message: Message) -> Envelope:
        """Return `message` signed by the device."""
        return self._key.seal(message)

    def _send_once(self, method: str, path: str, query: str, body: bytes, wait: float) -> Signed:
        request = HttpRequest(
            method=method,
            authority=self._sender.origin.authority,
            path=path,
            query=query,
            body=body,
        )
        with self._learning:
            created, nonce = int(self.server_clock.now()), self._nonce
        headers = sign_request(self._key, request, now=created, nonce=nonce)
        extra = {"Prefer": f"wait={min(int(wait), LONGEST_WAIT)}"} if wait >= 1 else {}
        if body:
            extra["Content-Type"] = "application/json"
        reply = self._sender.send(
            method,
            f"{path}?{query}" if query else path,
            headers=headers | extra,
            body=body,
            wait=wait,
        )
        self._learn(reply)
        return Signed(reply, nonce_of(headers))

    def _learn(self, reply: Reply) -> None:
        """Take the server's nonce, and from it the server's time."""
        nonce = reply.headers.get("watchword-nonce", "")
        issued, _, mac = nonce.partition(".")
        if issued.isdecimal() and len(issued) <= 12 and 0 < len(mac) <= 22:
            with self._learning:
                self._nonce = nonce
                self.server_clock.learn(int(issued))

    def _refuse(self, signed: Signed) -> None:
        """Raise for an answer that is a refusal; only a signed one says that we were removed."""
        status = signed.reply.status
        if status in {200, 409}:
            return
        if status == 403:
            try:
                revoked = self.open(signed, Revoked)
            except ProtocolError:
                pass  # Anyone between could have written this; it changes nothing.
            else:
                if revoked.device_id == self._device_id:
                    raise DeviceRevoked(
                        "This device was removed at the server",
                        "It takes no more login requests for this account",
                        "Link it again on the server's security page if you still want it",
                    )
        raise not_accepted(status)


def envelope_of(reply: Reply) -> Envelope:
    """Return the envelope that is an answer's body; raises MessageRefused."""
    try:
        return Envelope.from_json(parse_json(reply.body))
    except ValueError as error:
        raise MessageRefused("It is not a signed message") from error


def not_accepted(status: int) -> NotAccepted:
    """Return the error for an unsigned refusal with this HTTP status."""
    reasons = {
        401: "It does not know this device, or the clocks differ too much",
        404: "It does not know what was asked for",
        421: "It has another address than the one this account was linked at",
    }
    return NotAccepted(
        "The server did not accept this",
        reasons.get(status, f"It answered with error {status}, unsigned"),
        "Try again. If it stays so, ask whoever runs the server, or link the account again",
        status=status,
    )


@dataclass
class Lines:
    """The lines of one provider, one for each device key, with connections shared by server."""

    clock: Clock
    open_sender: OpenSender = open_client
    _senders: dict[tuple[str, bytes], Sender] = field(default_factory=dict)
    _lines: dict[bytes, SignedLine] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, origin: str, tls_pin: bytes, key: SigningKey, server_key: bytes, device_id: str
    ) -> SignedLine:
        """Return the line of that device key."""
        with self._lock:
            line = self._lines.get(key.private)
            if line is None or line.server_key != server_key:
                if (origin, tls_pin) not in self._senders:
                    self._senders[origin, tls_pin] = self.open_sender(origin, tls_pin)
                sender = self._senders[origin, tls_pin]
                line = SignedLine(sender, key, server_key, device_id, self.clock)
                self._lines[key.private] = line
            return line

    def close(self) -> None:
        """Close the connections and forget the keys."""
        with self._lock:
            for sender in self._senders.values():
                sender.close()
            self._senders.clear()
            self._lines.clear()
