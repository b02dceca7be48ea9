"""A Watchword server inside the test, honest until the test says otherwise.

It satisfies remote.client.Sender, so that what a hostile server or a proxy may do can be done
message by message. Real servers are met in tests/unit/providers/test_real_server.py.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from watchword.protocol.encoding import canonical, from_base64url, parse_json, sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.http_signing import read_signature
from watchword.protocol.key_messages import Hint, HintKey, HintKeyTaken
from watchword.protocol.members import Countersigned, Envelope, Message
from watchword.protocol.messages import (
    Acknowledge,
    Acknowledged,
    Activation,
    Decision,
    EnrolInfo,
    EnrolOffer,
    EnrolPackage,
    EnrolState,
    EnrolStateWord,
    EnrolTaken,
    MatchPolicy,
    Poll,
    Request,
    Result,
    ResultWord,
    Revoked,
    Unlink,
    Unlinked,
)
from watchword.protocol.origin import Origin, parse_origin
from watchword.protocol.signing import (
    HttpRequest,
    SigningKey,
    check_offer_mac,
    open_envelope,
    seal_package,
    server_nonce,
    verify,
    verify_request,
)
from watchword.remote.client import Reply
from watchword.vault.account import ServerLink

ORIGIN = "https://login.example"


def new_id() -> str:
    return to_base64url(secrets.token_bytes(16))


@dataclass
class NativeServer:
    """One server with one device; `before` and `after` let a test interfere."""

    time: int = 1_700_000_000
    key: SigningKey = field(default_factory=SigningKey.generate)
    device: SigningKey = field(default_factory=SigningKey.generate)
    device_public: bytes = b""  # after an enrolment: that of the device that came
    device_id: str = field(default_factory=new_id)
    user_id: str = field(default_factory=new_id)
    requests: list[Envelope] = field(default_factory=list)
    result: ResultWord = ResultWord.APPROVED
    decided: str = "approve"
    decided_by: str = "Laptop"
    tries_left: int = 0
    ticket: bytes = b""
    hint_key: bytes = b""  # public
    revoked: bool = False
    state: EnrolStateWord = EnrolStateWord.ACCEPTED
    sent: list[tuple[str, str, bytes, Mapping[str, str]]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    acknowledged: list[Acknowledge] = field(default_factory=list)
    before: Callable[[str, str], None] = lambda method, target: None
    spoil: Callable[[Message], Message] = lambda message: message  # changes what is signed
    after: Callable[[Reply], Reply] = lambda reply: reply  # changes what travels
    enrol_key: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    enrol_id: str = field(default_factory=new_id)
    tls_pin: bytes = b""
    seal_key: bytes = b""
    offer: bytes = b""
    backup_codes: tuple[str, ...] = ("AAAA-BBBB", "CCCC-DDDD")
    changes: list[Countersigned] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        return parse_origin(ORIGIN)

    def close(self) -> None:
        pass

    def _public(self) -> bytes:
        return self.device_public or self.device.public

    def link(self) -> ServerLink:
        return ServerLink(
            kind="native",
            origin=ORIGIN,
            service="Kalos Club",
            user="elena",
            user_id=self.user_id,
            device_id=self.device_id,
            device_name="Laptop",
            device_key=self.device.private,
            server_key=self.key.public,
        )

    def enrol_link(self) -> EnrolLink:
        return EnrolLink(
            origin=self.origin,
            id=self.enrol_id,
            key=self.enrol_key,
            fingerprint=sha256(self.key.public),
            expires=self.time + 600,
            tls_pin=self.tls_pin,
        )

    def request(self, **changes: Any) -> Request:
        """Add an open login request, and return it."""
        request = Request(
            id=new_id(),
            login=new_id(),
            device_id=self.device_id,
            account=self.user_id,
            user="elena",
            origin=ORIGIN,
            service="Kalos Club",
            ip="192.0.2.7",
            place="Geneva",
            user_agent="Firefox on Windows",
            issued=self.time - 10,
            expires=self.time + 110,
            match=MatchPolicy.TYPE4,
            activation=Activation.UNLOCKED,
        )
        request = replace(request, **changes)
        self.requests.append(self.key.seal(request))
        return request

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        wait: float = 0.0,
    ) -> Reply:
        self.sent.append((method, target, body, headers or {}))
        self.before(method, target)
        return self.after(self._answer(method, target, headers or {}, body))

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if target.endswith("/keys"):
            return _reply(200, canonical({"changes": [one.to_json() for one in self.changes]}))
        if target.endswith("/info"):
            return self._info(body)
        if target.endswith("/offer"):
            return self._offer(body)
        path, _, query = target.partition("?")
        inputs, signature, digest = read_signature((k.lower(), v) for k, v in headers.items())
        request = HttpRequest(
            method=method, authority=self.origin.authority, path=path, query=query, body=body
        )
        signer = self.hint_key if path.endswith("/v1/hint") else self._public()
        nonce = server_nonce(b"cluster", self.time, inputs.keyid)
        if not signer:
            return _reply(401, canonical({"error": "unauthorized"}), nonce)
        verify_request(request, inputs, signature, digest, signer)
        if not inputs.server_mac or abs(inputs.created - self.time) > 60:
            return _reply(401, canonical({"error": "unauthorized"}), nonce)
        if self.revoked:
            message: Message = Revoked(
                nonce=inputs.nonce,
                device_id=self.device_id,
                reason="removed",
                revoked_at=self.time,
                time=self.time,
            )
            return _reply(403, self._seal(message), nonce)
        return _reply(200, self._seal(self._signed(path, inputs.nonce, body)), nonce)

    def _signed(self, path: str, nonce: str, body: bytes) -> Message:
        sent = Envelope.from_json(parse_json(body)) if body else Envelope(b"", b"")
        if path.endswith("/requests"):
            return Poll(
                nonce=nonce,
                device_id=self.device_id,
                requests=tuple(self.requests),
                interval=2,
                time=self.time,
            )
        if path.endswith("/decision"):
            decision = open_envelope(sent, self._public(), Decision)
            self.decisions.append(decision)
            return Result(
                nonce=nonce,
                id=decision.id,
                decision=sha256(sent.signed),
                result=self.result,
                decided=self.decided,
                decided_by=self.decided_by,
                tries_left=self.tries_left,
                ticket=self.ticket,
                time=self.time,
            )
        if path.endswith("/device/hint"):
            self.hint_key = open_envelope(sent, self._public(), HintKey).hint_key
            return HintKeyTaken(nonce=nonce, device_id=self.device_id, time=self.time)
        if path.endswith("/v1/hint"):
            return Hint(nonce=nonce, waiting=len(self.requests), time=self.time)
        if path.endswith("/unlink"):
            unlink = open_envelope(sent, self._public(), Unlink)
            return Unlinked(nonce=nonce, device_id=unlink.device_id, time=self.time)
        if path.endswith("/acknowledge"):
            self.acknowledged.append(open_envelope(sent, self._public(), Acknowledge))
            return Acknowledged(nonce=nonce, device_id=self.device_id, time=self.time)
        return EnrolState(
            e=self.enrol_id,
            nonce=nonce,
            offer=self.offer,
            state=self.state,
            sealed=self._sealed() if self.state is EnrolStateWord.ACCEPTED else b"",
            time=self.time,
        )

    def _info(self, body: bytes) -> Reply:
        info = EnrolInfo(
            origin=ORIGIN,
            e=self.enrol_id,
            server_key=self.key.public,
            service="Kalos Club",
            nonce_c=from_base64url(parse_json(body)["nonce_c"]),
            nonce_s=bytes(16),
            time=self.time,
            exp=self.time + 600,
        )
        return _reply(200, self._seal(info))

    def _offer(self, body: bytes) -> Reply:
        sent = parse_json(body)
        envelope = Envelope.from_json(sent)
        offer = EnrolOffer.parse(envelope.signed)
        verify(offer.device_key, envelope.sig, envelope.signed)
        self.offer = sha256(envelope.signed)
        check_offer_mac(self.enrol_key, self.offer, from_base64url(sent["mac"]))
        self.device_public = offer.device_key
        self.seal_key = offer.seal_key
        taken = EnrolTaken(
            e=self.enrol_id,
            offer=self.offer,
            nonce2=bytes(range(16)),
            device_id=self.device_id,
            time=self.time,
        )
        return _reply(200, self._seal(taken))

    def _sealed(self) -> bytes:
        package = EnrolPackage(
            e=self.enrol_id,
            device_id=self.device_id,
            account=self.user_id,
            user="elena",
            service="Kalos \u202eClub",
            seed=bytes(range(20)),
            algorithm="SHA1",
            digits=6,
            period=30,
            backup_codes=self.backup_codes,
            match=MatchPolicy.TYPE4,
            activation=Activation.UNLOCKED,
        )
        return seal_package(self.spoil(package).to_bytes(), self.seal_key, self.offer)

    def _seal(self, message: Message) -> bytes:
        return canonical(self.key.seal(self.spoil(message)).to_json())


def _reply(status: int, body: bytes, nonce: str = "") -> Reply:
    headers = {"content-type": "application/json"}
    return Reply(status, headers | ({"watchword-nonce": nonce} if nonce else {}), body)
