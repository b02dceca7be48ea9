"""The messages of enrolment, login requests and removal, as docs/protocol.md §4, §6, §7 list them.

Those about keys (§10 to §12) are in key_messages.py. All are canonical JSON; all but EnrolPackage travel signed, inside an Envelope. Texts in them
are bounded but not yet fit to be shown.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from watchword.protocol.errors import MessageRefused, NotForUs
from watchword.protocol.members import (
    Envelope,
    Message,
    binary,
    choice,
    envelopes,
    identity,
    integer,
    text,
    texts,
)
from watchword.protocol.version import KNOWN_LIMIT, REQUEST_LIFETIME, SIGNATURE_WINDOW

ORIGIN_LIMIT = 300
NAME_LIMIT = 128
NONCE = r"[0-9]{1,12}\.[A-Za-z0-9_-]{0,22}\.[A-Za-z0-9_-]{22}"
HASH = 32


class MatchPolicy(StrEnum):
    """What the person carries from the login page to the answer."""

    TYPE4 = "type4"  # four Crockford characters
    TYPE6 = "type6"  # six digits
    YESNO = "yesno"  # nothing


class Activation(StrEnum):
    """When the vault's password is asked."""

    UNLOCKED = "unlocked"  # the vault is open: enough
    EACH = "each"  # password or keyring at every answer


class DecisionWord(StrEnum):
    """What the person answers."""

    APPROVE = "approve"
    DENY = "deny"
    NOT_ME = "not_me"


class Via(StrEnum):
    """How the match was carried over."""

    TYPED = "typed"
    LINK = "link"  # the hand-off on the same computer
    NONE = "none"  # nothing was asked: a deny, or a yesno login


class ResultWord(StrEnum):
    """What became of a decision."""

    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    WRONG_CODE = "wrong_code"


class EnrolStateWord(StrEnum):
    """Where an enrolment stands, as the device is told."""

    WAITING = "waiting"  # the browser has not confirmed yet
    ACCEPTED = "accepted"  # `sealed` holds the package
    REFUSED = "refused"  # "No", or three wrong short codes
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolInfo(Message):
    """Server to app, signed by S: whom the app talks to, before it says anything about itself."""

    TYP: ClassVar[str] = "watchword/enrol-info"
    origin: str = text(ORIGIN_LIMIT)
    e: str = identity()
    server_key: bytes = binary(32)
    service: str = text(NAME_LIMIT, least=1)
    nonce_c: bytes = binary(16)
    nonce_s: bytes = binary(16)
    time: int = integer()
    exp: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolOffer(Message):
    """App to server, signed by the device: T of the specification."""

    TYP: ClassVar[str] = "watchword/enrol-offer"
    origin: str = text(ORIGIN_LIMIT)
    e: str = identity()
    f: bytes = binary(HASH)
    tls_pin: bytes = binary(32, or_empty=True)
    device_key: bytes = binary(32)
    seal_key: bytes = binary(32)
    nonce_c: bytes = binary(16)
    nonce_s: bytes = binary(16)
    name: str = text(64, least=1)
    platform: str = text(64)
    exp: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolTaken(Message):
    """Server to app, signed by S, after the offer was accepted: nonce2 makes the short code."""

    TYP: ClassVar[str] = "watchword/enrol-taken"
    e: str = identity()
    offer: bytes = binary(HASH)
    nonce2: bytes = binary(16)
    device_id: str = identity()
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolState(Message):
    """Server to app, signed by S: whether the browser confirmed, and the package if it did."""

    TYP: ClassVar[str] = "watchword/enrol-state"
    e: str = identity()
    nonce: str = text(64, of=NONCE)
    offer: bytes = binary(HASH)
    state: EnrolStateWord = choice(EnrolStateWord)
    sealed: bytes = binary(0, most=8192)
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolPackage(Message):
    """Server to app inside `sealed`: what this device and nobody else gets to know."""

    TYP: ClassVar[str] = "watchword/enrol-package"
    e: str = identity()
    device_id: str = identity()
    account: str = identity()
    user: str = text(NAME_LIMIT, least=1)
    service: str = text(NAME_LIMIT, least=1)
    seed: bytes = binary(16, most=64, secret=True)
    algorithm: str = text(6, of="SHA1|SHA256|SHA512")
    digits: int = integer(6, 8)
    period: int = integer(15, 300)
    backup_codes: tuple[str, ...] = texts(20, limit=32, secret=True)
    match: MatchPolicy = choice(MatchPolicy)
    activation: Activation = choice(Activation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Message):
    """App to server, signed by the device: the package is saved."""

    TYP: ClassVar[str] = "watchword/acknowledge"
    e: str = identity()
    device_id: str = identity()
    package: bytes = binary(HASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Message):
    """Server to app, signed by S: the device is active."""

    TYP: ClassVar[str] = "watchword/acknowledged"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    """Server to app, signed by S: one login request for one device. R of the specification."""

    TYP: ClassVar[str] = "watchword/request"
    id: str = identity()
    login: str = identity()
    device_id: str = identity()
    account: str = identity()
    user: str = text(NAME_LIMIT, least=1)
    origin: str = text(ORIGIN_LIMIT)
    service: str = text(NAME_LIMIT, least=1)
    ip: str = text(64)
    place: str = text(NAME_LIMIT)
    user_agent: str = text(NAME_LIMIT)
    issued: int = integer()
    expires: int = integer()
    match: MatchPolicy = choice(MatchPolicy)
    activation: Activation = choice(Activation)
    # The service for whose page it is, and whose word `user_agent` is; empty: the server's own.
    reported_by: str = text(NAME_LIMIT, least=1, optional=True)

    def check_time(self, now: float) -> None:
        """Return if the request is open at `now`, by the server's clock; else raise NotForUs."""
        if not self.issued < self.expires <= self.issued + REQUEST_LIFETIME:
            raise NotForUs("Its lifetime is not within the bounds")
        if self.issued > now + SIGNATURE_WINDOW:
            raise NotForUs("It was issued in the future")
        if self.expires <= now:
            raise NotForUs("It has expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Message):
    """App to server, signed by the device: the answer to exactly one Request."""

    TYP: ClassVar[str] = "watchword/decision"
    id: str = identity()
    request: bytes = binary(HASH)
    decision: DecisionWord = choice(DecisionWord)
    code: str = text(16, secret=True)
    via: Via = choice(Via)
    handoff: bytes = binary(16, or_empty=True, secret=True)
    reason: str = text(256)
    time: int = integer()

    def check(self) -> None:
        """Refuse what would leave open which of two secrets counts, or a "no" that carries one."""
        if bool(self.code) != (self.via is Via.TYPED):
            raise MessageRefused("Its members code and via do not go together")
        if bool(self.handoff) != (self.via is Via.LINK):
            raise MessageRefused("Its members handoff and via do not go together")
        if self.decision is not DecisionWord.APPROVE and self.via is not Via.NONE:
            raise MessageRefused("Its members decision and via do not go together")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Message):
    """Server to app, signed by S: what became of a decision."""

    TYP: ClassVar[str] = "watchword/result"
    nonce: str = text(64, of=NONCE)
    id: str = identity()
    decision: bytes = binary(HASH)
    result: ResultWord = choice(ResultWord)
    decided: str = text(16, of="|approve|deny|not_me|code")
    decided_by: str = text(64)
    tries_left: int = integer(0, 10)
    ticket: bytes = binary(16, or_empty=True, secret=True)  # after an approval via link
    time: int = integer()

    def check(self) -> None:
        """Refuse a ticket for a login that was not approved."""
        if self.ticket and self.result is not ResultWord.APPROVED:
            raise MessageRefused("Its members ticket and result do not go together")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll(Message):
    """Server to app, signed by S: every open request of this device, oldest first."""

    TYP: ClassVar[str] = "watchword/poll"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    requests: tuple[Envelope, ...] = envelopes(KNOWN_LIMIT)
    interval: int = integer(0, 3600)
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Message):
    """Server to app, signed by S: this key was removed. Only this answer greys an account out."""

    TYP: ClassVar[str] = "watchword/revoked"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    reason: str = text(16, of="removed|unlinked|replaced|disabled")
    revoked_at: int = integer()
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink(Message):
    """App to server, signed by the device: remove this device."""

    TYP: ClassVar[str] = "watchword/unlink"
    device_id: str = identity()
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked(Message):
    """Server to app, signed by S: the device is removed."""

    TYP: ClassVar[str] = "watchword/unlinked"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    time: int = integer()
