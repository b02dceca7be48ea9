"""Signed requests to one native server, and what its signatures prove (docs/protocol.md §5)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from watchword.clock import Clock
from watchword.protocol.encoding import canonical, parse_json
from watchword.protocol.errors import (
    BadSignature,
    KeyWithoutProof,
    MessageRefused,
    MessageTooNew,
    NotForUs,
)
from watchword.protocol.key_changes import PinnedKey, follow, read_changes
from watchword.protocol.members import Countersigned, Envelope, Message
from watchword.protocol.messages import Revoked
from watchword.protocol.signing import (
    HttpRequest,
    SigningKey,
    nonce_of,
    open_envelope,
    sign_request,
)
from watchword.protocol.version import API, LONGEST_WAIT
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
        # One value: whoever reads while another thread learns sees the old time or the new one.
        self._ahead = clock.now() - clock.monotonic()

    def now(self) -> float:
        """Return Unix seconds by the server's clock; our own until it said something."""
        return self._clock.monotonic() + self._ahead

    def learn(self, time: float) -> None:
        """Note that it is `time` at the server now."""
        self._ahead = time - self._clock.monotonic()


@dataclass(frozen=True, slots=True)
class Signed:
    """An answer to a signed request, and the nonce its signature must repeat."""

    reply: Reply
    nonce: str


class Trust:
    """The key one server is believed by, which follows that server's changes (§11); thread-safe."""

    def __init__(self, pin: PinnedKey, keep: Callable[[bytes, PinnedKey], None]) -> None:
        """`keep(old key, new pin)` returns once the new pin is durable, or raises NotKept."""
        self.pin = pin
        self._keep = keep
        self._following = threading.Lock()

    def follow(self, sender: Sender, answer: Envelope, kind: type[M], nonce: str) -> M:
        """Return the message of an answer that the pin does not verify, once proof is kept.

        `nonce` is what it has to repeat. Raises KeyWithoutProof, NotForUs, NotKept, the family of
        RemoteError, and what a message of the new key may be refused for.
        """
        with self._following:
            try:
                # Others ask the same server: one of them may have followed meanwhile.
                return open_envelope(answer, self.pin.key, kind)
            except BadSignature:
                pin, message = follow(self.pin, _changes(sender), answer, kind)
            if getattr(message, "nonce", nonce) != nonce:
                raise NotForUs("It answers another request")
            self._keep(self.pin.key, pin)
            self.pin = pin
            return message


def _changes(sender: Sender) -> tuple[Countersigned, ...]:
    """Ask a server for the changes of its key, of which anybody between may make anything."""
    reply = sender.send("GET", f"{API}/keys")
    try:
        if reply.status == 200:
            return read_changes(reply.body)
    except MessageRefused as error:
        raise KeyWithoutProof("What the server publishes about its key is not a list") from error
    raise KeyWithoutProof("The server publishes nothing about its key")


class _Verified(Protocol):
    def __call__(self, signed: Signed, kind: type[M], /) -> M: ...


class SignedLine:
    """Requests signed by one device key to the server that `trust` believes; thread-safe."""

    def __init__(
        self, sender: Sender, key: SigningKey, trust: Trust, device_id: str, clock: Clock
    ) -> None:
        """Nothing is contacted yet."""
        self.trust = trust
        self.server_clock = ServerClock(clock)
        self._sender = sender
        self._key = key
        self._device_id = device_id
        self._nonce = ""

    def ask(
        self,
        method: str,
        path: str,
        kind: type[M],
        *,
        query: str = "",
        body: Envelope | Countersigned | None = None,
        wait: float = 0.0,
    ) -> M:
        """Send one signed request and return the server's answer, signed by it to this request.

        An answer that the pinned key does not verify is asked for once more, for the server may
        have changed its key in between; then the changes are followed. Raises DeviceRevoked
        (signed), NotAccepted, KeyWithoutProof, NotKept, MessageRefused, MessageTooNew, NotForUs,
        and the family of RemoteError.
        """
        raw = canonical(body.to_json()) if body else b""
        try:
            return self._open(self._send(method, path, query, raw, wait), kind, self._by_pin)
        except BadSignature:
            return self._open(self._send(method, path, query, raw, 0.0), kind, self._by_proof)

    def _by_pin(self, signed: Signed, kind: type[M]) -> M:
        return open_envelope(envelope_of(signed.reply), self.trust.pin.key, kind)

    def _by_proof(self, signed: Signed, kind: type[M]) -> M:
        return self.trust.follow(self._sender, envelope_of(signed.reply), kind, signed.nonce)

    def _open(self, signed: Signed, kind: type[M], verified: _Verified) -> M:
        """Return the message of an answer; only a signed refusal says that we were removed."""
        status = signed.reply.status
        if status in {200, 409}:
            return self._heard(verified(signed, kind), signed)
        if status == 403 and _is_envelope(signed.reply):
            try:
                revoked = self._heard(verified(signed, Revoked), signed)
            except (MessageRefused, MessageTooNew, NotForUs):
                pass  # Anyone between could have sent this; it changes nothing.
            else:
                if revoked.device_id == self._device_id:
                    raise DeviceRevoked(
                        "This device was removed at the server",
                        "It takes no more login requests for this account",
                        "Link it again on the server's security page if you still want it",
                    )
        raise not_accepted(status)

    def _heard(self, message: M, signed: Signed) -> M:
        """Return a verified message if it answers this request; its time is the server's."""
        if getattr(message, "nonce", "") != signed.nonce:
            raise NotForUs("It answers another request")
        time: int = getattr(message, "time", 0)
        self.server_clock.learn(time)
        return message

    def _send(self, method: str, path: str, query: str, body: bytes, wait: float) -> Signed:
        """Send one request; once more to a server that knew no nonce of ours and gave a fresh one."""
        signed = self._send_once(method, path, query, body, wait)
        if signed.reply.status == 401 and signed.reply.headers.get("watchword-nonce"):
            signed = self._send_once(method, path, query, body, wait)
        return signed

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
            self._nonce = nonce
            self.server_clock.learn(int(issued))


def envelope_of(reply: Reply) -> Envelope:
    """Return the envelope that is an answer's body; raises MessageRefused."""
    try:
        return Envelope.from_json(parse_json(reply.body))
    except ValueError as error:
        raise MessageRefused("It is not a signed message") from error


def _is_envelope(reply: Reply) -> bool:
    """Whether an answer has the form of a signed one, by whomever."""
    try:
        envelope_of(reply)
    except MessageRefused:
        return False
    return True


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
    # (origin, old key, new pin): returns once the new pin is durable
    keep: Callable[[str, bytes, PinnedKey], None] = lambda _origin, _old, _new: None
    _senders: dict[tuple[str, bytes], Sender] = field(default_factory=dict)
    _lines: dict[bytes, SignedLine] = field(default_factory=dict, repr=False)
    _trusts: dict[tuple[str, bytes], Trust] = field(default_factory=dict)  # by origin and a key
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, origin: str, tls_pin: bytes, key: SigningKey, pin: PinnedKey, device_id: str
    ) -> SignedLine:
        """Return the line of that device key.

        A caller whose `pin` is one that was followed already goes on with what it led to.
        """
        with self._lock:
            trust = self._trusts.get((origin, pin.key))
            if trust is None:
                trust = self._trusts[origin, pin.key] = self._new_trust(origin, pin)
            line = self._lines.get(key.private)
            if line is None or line.trust is not trust:
                if (origin, tls_pin) not in self._senders:
                    self._senders[origin, tls_pin] = self.open_sender(origin, tls_pin)
                sender = self._senders[origin, tls_pin]
                line = SignedLine(sender, key, trust, device_id, self.clock)
                self._lines[key.private] = line
            return line

    def _new_trust(self, origin: str, pin: PinnedKey) -> Trust:
        def keep(old: bytes, new: PinnedKey) -> None:
            self.keep(origin, old, new)
            with self._lock:
                self._trusts.setdefault((origin, new.key), trust)

        trust = Trust(pin, keep)
        return trust

    def close(self) -> None:
        """Close the connections and forget the keys."""
        with self._lock:
            for sender in self._senders.values():
                sender.close()
            self._senders.clear()
            self._lines.clear()
            self._trusts.clear()
