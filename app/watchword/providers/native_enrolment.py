"""Linking this device to a Watchword server: from a scanned link to an account (docs/protocol.md §4).

The steps, each blocking, none of them before the one above it:

    enrolment = Enrolment(link_text, device_name, clock, links=…)   # contacts nothing; show .host, .notices
    code = enrolment.contact()        # after the person confirmed the host; show grouped_code(code)
    linked = enrolment.wait()         # until the browser confirmed, refused, or time is over
    vault.add([linked.account]); vault.save()
    enrolment.acknowledge()           # only after the save

Whatever fails before the save leaves nothing behind here, and nothing lasting at the server.
"""

import platform
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from watchword import __version__
from watchword.clock import Clock
from watchword.errors import RemoteError
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType
from watchword.plain_text import plain_text
from watchword.protocol.encoding import canonical, sha256, to_base64url
from watchword.protocol.enrol_link import parse_enrol_link
from watchword.protocol.errors import KeyWithoutProof, NotForUs
from watchword.protocol.key_changes import PinnedKey
from watchword.protocol.members import Envelope
from watchword.protocol.messages import (
    Acknowledge,
    Acknowledged,
    EnrolInfo,
    EnrolOffer,
    EnrolPackage,
    EnrolState,
    EnrolStateWord,
    EnrolTaken,
)
from watchword.protocol.signing import (
    SealKey,
    SigningKey,
    check_server_key,
    offer_mac,
    open_envelope,
    short_code,
)
from watchword.protocol.version import API, ENROLMENT_LIFETIME, LONGEST_WAIT
from watchword.providers.errors import (
    EnrolmentCancelled,
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
    NotAccepted,
    OtherServerKey,
)
from watchword.providers.native_line import (
    NOTHING_HAPPENED,
    OpenSender,
    SignedLine,
    Trust,
    envelope_of,
    not_accepted,
    open_client,
)
from watchword.providers.provider import Keeper, KeptNowhere, Linked
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, ServerBusy, ServerFailed, Unreachable
from watchword.remote.retry import Backoff
from watchword.vault.account import Account, ServerLink, new_account_id

T = TypeVar("T")

_NAME_LIMIT = 64
# What is worth trying again by itself; anything else would only repeat itself.
_PASSING = (Unreachable, AnswerLost, ServerBusy, ServerFailed)
_SHORT_PATIENCE_SECONDS = 3.0  # while a person waits for the short code
_PATIENCE_SECONDS = 60.0  # while nobody answers at all, though the server did before
_GRACE_SECONDS = 15.0  # beyond the link's expiry, for the server to say so itself


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is known once the server took the offer."""

    line: SignedLine
    offer: bytes  # SHA-256 of the offer's bytes
    device_id: str
    expires_at: float  # monotonic


class Enrolment:
    """One enrolment of this device; its methods are called in order, from any one thread."""

    def __init__(
        self,
        link: str,
        device_name: str,
        clock: Clock,
        *,
        links: Iterable[ServerLink] = (),
        keeper: Keeper | None = None,
        open_sender: OpenSender = open_client,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        """Read the link and contact nothing.

        `links` are those of the accounts that exist, whose servers' keys are known; `keeper`
        keeps what became of these keys; `patience` is how many seconds of network failure are
        waited out. Raises
        LinkRefused, LinkExpired, LinkTooNew or OriginRefused.
        """
        self._link = parse_enrol_link(link, now=clock.now())
        self._clock = clock
        self._known = tuple(links)
        self._keeper = keeper or KeptNowhere()
        self._patience = patience
        self.device_name = plain_text(device_name, limit=_NAME_LIMIT) or "Computer"
        self._device = SigningKey.generate()
        self._seal = SealKey.generate()
        self._sender = open_sender(str(self._link.origin), self._link.tls_pin)
        self._cancelled = threading.Event()
        self._taken: _Taken | None = None
        self._package = b""
        self._pin = PinnedKey(b"")  # of the server, once it has introduced itself

    @property
    def host(self) -> str:
        """The server's host and port, ASCII: what the person confirms."""
        return self._link.origin.authority

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about the address that the person reads before confirming."""
        return self._link.origin.notices

    def contact(self) -> str:
        """Introduce this device to the server and return the short code, 8 characters.

        Raises WrongServer (not the server that made the link), OtherServerKey, EnrolmentUsed,
        EnrolmentExpired, EnrolmentCancelled and the family of RemoteError.
        """
        nonce_c = secrets.token_bytes(16)
        info_body = canonical({"nonce_c": to_base64url(nonce_c)})
        info = self._info(self._post("info", info_body), nonce_c)
        offer = EnrolOffer(
            origin=str(self._link.origin),
            e=self._link.id,
            f=self._link.fingerprint,
            tls_pin=self._link.tls_pin,
            device_key=self._device.public,
            seal_key=self._seal.public,
            nonce_c=nonce_c,
            nonce_s=info.nonce_s,
            name=self.device_name,
            platform=_platform(),
            exp=info.exp,
        )
        envelope = self._device.seal(offer)
        hashed = sha256(envelope.signed)
        mac = to_base64url(offer_mac(self._link.key, hashed))
        # The same offer again gets the same answer, so a lost one may be repeated.
        reply = self._post("offer", canonical(envelope.to_json() | {"mac": mac}))
        trust = Trust(self._pin, self._keep_pin)
        taken = open_envelope(envelope_of(reply), info.server_key, EnrolTaken)
        if taken.e != self._link.id or taken.offer != hashed:
            raise NotForUs("It is about another enrolment")
        line = SignedLine(self._sender, self._device, trust, taken.device_id, self._clock)
        line.server_clock.learn(taken.time)
        left = min(max(0, info.exp - info.time), ENROLMENT_LIFETIME) + _GRACE_SECONDS
        self._taken = _Taken(line, hashed, taken.device_id, self._clock.monotonic() + left)
        return short_code(hashed, taken.nonce2)

    def wait(self) -> Linked:
        """Wait until the browser confirmed, and return the account.

        Passing failures of the network are waited out. Raises EnrolmentRefused,
        EnrolmentExpired, EnrolmentCancelled, and the family of RemoteError for the rest.
        """
        taken = self._contacted()
        while True:
            until = min(taken.expires_at, self._clock.monotonic() + self._patience)
            state = self._again(lambda: self._state(taken), until=until)
            if state.state is EnrolStateWord.ACCEPTED:
                return self._open(taken, state.sealed)
            if state.state is EnrolStateWord.REFUSED:
                raise EnrolmentRefused(
                    "The server refused this device",
                    "Someone pressed No on its page, or the short code was typed wrong three times",
                    "If that was not you, tell whoever runs the server; else begin again",
                )
            if (
                state.state is EnrolStateWord.EXPIRED
                or self._clock.monotonic() >= taken.expires_at
            ):
                raise _expired()

    def acknowledge(self) -> None:
        """Tell the server that the account is saved; only then it takes login requests.

        Raises the family of RemoteError: with AnswerLost the server may know, with others not.
        If it does not, the first poll tells it, for as long as it remembers the enrolment.
        """
        taken = self._contacted()
        may_know: list[RemoteError] = []

        def once() -> None:
            try:
                answer = taken.line.ask("POST", path, Acknowledged, body=taken.line.seal(message))
                if answer.device_id != taken.device_id:
                    raise NotForUs("It is for another device")
            except NOTHING_HAPPENED:
                raise
            except RemoteError as error:
                may_know.append(error)
                raise

        message = Acknowledge(
            e=self._link.id, device_id=taken.device_id, package=sha256(self._package)
        )
        path = f"{API}/enrol/{self._link.id}/acknowledge"
        until = self._clock.monotonic() + self._patience / 2
        try:
            self._again(once, until=until)
        except RemoteError as error:
            # Whatever failed last, an earlier try may have arrived: what was said is not unsaid.
            if not may_know or isinstance(error, AnswerLost):
                raise
            raise AnswerLost(
                "The server did not confirm that this computer is linked", may_know[-1].title
            ) from error

    def cancel(self) -> None:
        """Stop waiting, from any thread; wait() raises EnrolmentCancelled after its last poll."""
        self._cancelled.set()

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def _info(self, reply: Reply, nonce_c: bytes) -> EnrolInfo:
        """Return the server's introduction once it is proven to be the link's server."""
        envelope = envelope_of(reply)
        # The key stands inside the message that it signs; what makes it the right one is F.
        info = EnrolInfo.parse(envelope.signed)
        check_server_key(info.server_key, self._link.fingerprint)
        info = open_envelope(envelope, info.server_key, EnrolInfo)
        origin = str(self._link.origin)
        if info.origin != origin or info.e != self._link.id or info.nonce_c != nonce_c:
            raise NotForUs("It is about another enrolment")
        self._pin = PinnedKey(info.server_key)
        for known in self._known:
            if known.kind == "native" and known.origin == origin:
                self._same_server(known, envelope, info)
        return info

    def _same_server(self, known: ServerLink, envelope: Envelope, info: EnrolInfo) -> None:
        """See that the server is the one of an account that exists, also after a change of its key.

        Raises OtherServerKey when nothing that the old key signed leads to the new one.
        """
        pin = PinnedKey(known.server_key, known.key_seq)
        if pin.key == info.server_key:
            self._pin = max(self._pin, pin, key=lambda each: each.seq)
            return
        trust = Trust(pin, self._keep_pin)
        try:
            trust.follow(self._sender, envelope, EnrolInfo, "")
        except KeyWithoutProof as error:
            raise OtherServerKey(
                f"{self.host} has another key than before",
                f"The account of {plain_text(known.user)} here was linked with another one, and "
                "nothing proves the change",
                "Do not continue before whoever runs the server explained it to you. If its key was "
                "lost, remove that account here first",
            ) from error
        self._pin = trust.pin

    def _keep_pin(self, old: bytes, new: PinnedKey) -> None:
        self._keeper.keep_pin(str(self._link.origin), old, new)

    def _post(self, step: str, body: bytes) -> Reply:
        """Send one of the two unsigned steps; raises for every refusal."""
        path = f"{API}/enrol/{self._link.id}/{step}"
        headers = {"Content-Type": "application/json"}
        reply = self._again(
            lambda: self._sender.send("POST", path, headers=headers, body=body),
            until=self._clock.monotonic() + _SHORT_PATIENCE_SECONDS,
        )
        if reply.status == 409:
            raise EnrolmentUsed(
                "This code was used already",
                "Another device was enrolled with it",
                "If that was not you, say No on the server's page. Else begin again",
            )
        if reply.status in {404, 410}:
            raise _expired()
        if reply.status != 200:
            raise not_accepted(reply.status)
        return reply

    def _state(self, taken: _Taken) -> EnrolState:
        path = f"{API}/enrol/{self._link.id}"
        try:
            state = taken.line.ask("GET", path, EnrolState, wait=float(LONGEST_WAIT))
        except NotAccepted as error:
            if error.status in {404, 410}:
                raise _expired() from error
            raise
        if state.e != self._link.id or state.offer != taken.offer:
            raise NotForUs("It is about another enrolment")
        return state

    def _open(self, taken: _Taken, sealed: bytes) -> Linked:
        """Return the account inside the package that was sealed for this device."""
        raw = self._seal.open(sealed, taken.offer)
        package = EnrolPackage.parse(raw)
        if package.e != self._link.id or package.device_id != taken.device_id:
            raise NotForUs("It is about another enrolment")
        self._package = raw
        link = ServerLink(
            kind="native",
            origin=str(self._link.origin),
            service=plain_text(package.service),
            user=plain_text(package.user),
            user_id=package.account,
            device_id=package.device_id,
            device_name=self.device_name,
            device_key=self._device.private,
            server_key=taken.line.trust.pin.key,
            key_seq=taken.line.trust.pin.seq,
            tls_pin=to_base64url(self._link.tls_pin) if self._link.tls_pin else "",
            backup_codes=tuple(plain_text(code) for code in package.backup_codes),
        )
        otp = OtpParameters(
            type=OtpType.TOTP,
            secret=package.seed,
            algorithm=Algorithm(package.algorithm),
            digits=package.digits,
            period=package.period,
        )
        account = Account(
            id=new_account_id(), issuer=link.service, account=link.user, otp=otp, link=link
        )
        return Linked(account, first_device=bool(link.backup_codes))

    def _contacted(self) -> _Taken:
        if self._taken is None:
            raise RuntimeError("contact() comes first")
        return self._taken

    def _again(self, work: Callable[[], T], *, until: float) -> T:
        """Return what `work` does, trying again after passing failures until `until`."""
        backoff = Backoff()
        while True:
            if self._cancelled.is_set():
                raise EnrolmentCancelled("The linking was stopped", "No account was made")
            try:
                return work()
            except _PASSING as error:
                backoff = backoff.after_failure()
                asked = error.retry_after if isinstance(error, ServerBusy) else None
                wait = backoff.wait(secrets.randbelow(100) / 100, away=True, retry_after=asked)
                if self._clock.monotonic() + wait >= until:
                    raise
                self._cancelled.wait(wait)


def _platform() -> str:
    return plain_text(f"Watchword {__version__} · {platform.system()}", limit=_NAME_LIMIT)


def _expired() -> EnrolmentExpired:
    return EnrolmentExpired(
        "The time for linking is over",
        "The code was valid for ten minutes, or was used up",
        "Begin again, with a new QR code if you scanned one",
    )
