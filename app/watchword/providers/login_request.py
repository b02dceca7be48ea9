"""A login request as every kind of server's is shown: plain values, checked and bounded."""

from dataclasses import dataclass, field
from enum import StrEnum


class Match(StrEnum):
    """What the person must carry from the login page to the answer."""

    TYPE4 = "type4"  # four Crockford characters, typed
    TYPE6 = "type6"  # six digits, typed
    CHOOSE = "choose"  # one of the offered numbers
    NONE = "none"  # plain yes or no


class Decision(StrEnum):
    """What the person answers."""

    APPROVE = "approve"
    DENY = "deny"
    NOT_ME = "not_me"


class Result(StrEnum):
    """What the answer came to, as the server confirmed it."""

    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    WRONG_CODE = "wrong_code"
    UNKNOWN = "unknown"  # sent, but no confirmation came: nothing is claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """One question "is it you?", already verified; every text has passed plain_text()."""

    id: str
    account_id: str
    service: str
    account: str
    origin: str  # the server that asks, ASCII: https://login.example[:port]
    ip: str  # empty: unknown
    place: str  # empty: unknown
    user_agent: str  # already for people: "Firefox on Windows"; empty: unknown
    reported_by: str = ""  # the service that said so of the browser; empty: it called itself so
    text: str = ""  # a question the server sent as text (privacyIDEA); usually empty
    issued_at: float  # Unix seconds by the server's clock
    expires_at: float
    expiry_estimated: bool = False  # the server does not say; while it lists it, it is valid
    match: Match
    choices: tuple[str, ...] = ()
    takes_report: bool = True  # "it wasn't me" tells the server more than a plain no
    ask_password: bool = False  # the server wants the vault's password at every answer
    login: str = ""  # what the server's pages call it in a link; empty: they have none
    # SHA-256 of the exact bytes that the server signed: the answer is bound to them.
    digest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a decision."""

    id: str
    result: Result
    decided_by: str = ""  # the device that decided, where the server says so
    tries_left: int | None = None  # after WRONG_CODE; None: the server does not count
    problem: str = ""  # why nothing was confirmed, with UNKNOWN; fit to show
    display_code: str = ""  # a code to type into the login page, shown large (privacyIDEA)
    # Where the browser goes on that handed the request over; worth something in that one only.
    continue_at: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one account brought: the whole list of what waits now, verified."""

    requests: tuple[LoginRequest, ...] = ()
    server_time: float  # Unix seconds by the server's clock, signed where the kind signs
    interval: float = 0.0  # seconds the server asks to leave before the next poll
    revoked: bool = False  # the server said, signed, that this device was removed
    held: bool = False  # the server understood the wait and held the poll
    problems: tuple[str, ...] = ()  # requests that were refused, and why; fit to show
