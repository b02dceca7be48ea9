"""A privacyIDEA server: poll for login requests and answer them (docs/privacyidea.md).

Enrolment, which makes a link in the first place, is written in privacyidea_enrolment.py.

Its answers are weaker than a Watchword server's: nothing says until when a request is valid, no
refusal says why, and what came of an answer is not signed. What this provider says is therefore
never more than was confirmed, and the first answer to a request stays the only one.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from watchword.clock import Clock
from watchword.errors import InvalidInput, RemoteError
from watchword.plain_text import plain_text
from watchword.protocol.errors import MessageRefused, ProtocolError
from watchword.providers.errors import NotAccepted
from watchword.providers.login_request import (
    Answer,
    Decision,
    LoginRequest,
    Match,
    Polled,
    Result,
)
from watchword.providers.native_line import (
    NOTHING_HAPPENED,
    OpenSender,
    ServerClock,
    open_client,
)
from watchword.providers.privacyidea_challenge import MOST_LISTED, Challenge, read_challenge
from watchword.providers.privacyidea_enrolment import complete, open_server
from watchword.providers.privacyidea_keys import PushKey
from watchword.providers.privacyidea_wire import POLLING_FORBIDDEN, PushReply, PushServer
from watchword.providers.provider import Keeper, KeptNowhere
from watchword.vault.account import ServerLink

LIKELY_SECONDS = 120.0  # how long a request is valid unless the server was set up otherwise

_CLOCKS_AGREE_SECONDS = 2.0  # Date has whole seconds, and takes its time to arrive
_REMEMBERED = 256


@dataclass(slots=True)
class _Case:
    """What is known of one request."""

    first_seen: float  # by the server's clock
    decided: tuple[Decision, str] | None = None  # what was sent; only the same may be sent again
    outcome: Answer | None = None  # what came of it, once that is final


@dataclass(slots=True)
class _Line:
    """One account's key and server."""

    server: PushServer
    key: PushKey = field(repr=False)
    clock: ServerClock
    linking: threading.Lock = field(default_factory=threading.Lock)

    def list(self, serial: str) -> PushReply:
        """Ask what waits; once more with the server's own time where ours differs from it."""
        reply = self._ask(serial)
        off = reply.date is not None and abs(reply.date - self.clock.now()) > _CLOCKS_AGREE_SECONDS
        if off and reply.date is not None:
            self.clock.learn(reply.date)
            if reply.error:
                return self._ask(serial)
        return reply

    def _ask(self, serial: str) -> PushReply:
        at = datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="seconds")
        signature = self.key.sign(f"{serial}|{at}")
        return self.server.get(serial=serial, timestamp=at, signature=signature)


class PrivacyIdeaProvider:
    """Polls and answers for all accounts linked to privacyIDEA servers; thread-safe."""

    def __init__(
        self,
        clock: Clock,
        open_sender: OpenSender = open_client,
        *,
        keeper: Keeper | None = None,
    ) -> None:
        """Nothing is contacted yet. `keeper` saves a link that is completed only now."""
        self._clock = clock
        self._open_sender = open_sender
        self._keeper = keeper or KeptNowhere()
        self._lines: dict[tuple[str, str, bytes], _Line] = {}
        self._completed: dict[bytes, ServerLink] = {}
        self._cases: OrderedDict[tuple[str, str, str], _Case] = OrderedDict()
        self._lock = threading.RLock()

    def poll(
        self,
        account_id: str,
        link: ServerLink,
        *,
        known: tuple[str, ...] = (),  # noqa: ARG002
        wait: float = 0.0,  # noqa: ARG002
    ) -> Polled:
        """Return what waits for the account now; such a server never holds a poll."""
        line, link = self._line(link)
        requests: list[LoginRequest] = []
        problems: list[str] = []
        listed = self._listed(line, link)
        if len(listed) > MOST_LISTED:
            problems.append(f"More than {MOST_LISTED} are listed; the rest is left out")
        for item in listed[:MOST_LISTED]:
            try:
                challenge = read_challenge(link, item)
            except ProtocolError as error:
                problems.append(str(error))
            else:
                requests.append(self._login_request(account_id, link, line, challenge))
        return Polled(
            requests=tuple(requests), server_time=line.clock.now(), problems=tuple(problems)
        )

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",  # noqa: ARG002
    ) -> Answer:
        """Send the decision; `code` is the number that was chosen. See Provider.answer."""
        line, link = self._line(link)
        code = code if decision is Decision.APPROVE else ""
        with self._lock:
            case = self._case(link, request.id, line.clock.now())
            if case.outcome is not None and case.decided == (decision, code):
                return case.outcome
            if case.decided not in {None, (decision, code)}:
                return Answer(
                    id=request.id, result=Result.ANSWERED_ELSEWHERE, decided_by=link.device_name
                )
            before, case.decided = case.decided, (decision, code)
        try:
            outcome = self._sent(line, link, request, decision, code)
        except RemoteError:
            with self._lock:
                case.decided = before  # nothing was sent now; an earlier try may have arrived
            raise
        with self._lock:
            if outcome.result is Result.WRONG_CODE:
                case.decided = None  # another number is another try, not another answer
            elif outcome.result is not Result.UNKNOWN:
                case.outcome = outcome
        return outcome

    def unlink(self, link: ServerLink) -> None:
        """Do nothing: these servers offer no way to remove a device from here."""

    def close(self) -> None:
        """Close the connections; forget keys and what was answered."""
        with self._lock:
            for line in self._lines.values():
                line.server.close()
            self._lines.clear()
            self._completed.clear()
            self._cases.clear()

    def _line(self, link: ServerLink) -> tuple[_Line, ServerLink]:
        """Return the account's line, and the link once the server has told its key."""
        with self._lock:
            name = link.origin, link.device_id, link.device_key
            line = self._lines.get(name)
            if line is None:
                line = self._lines[name] = _Line(
                    open_server(link.origin, link.path, link.tls_pin, self._open_sender),
                    PushKey(link.device_key),
                    ServerClock(self._clock),
                )
        if link.server_key:
            return line, link
        # The answer to the enrolment is outstanding. Two polls must not both ask for it.
        with line.linking:
            if link.next_message not in self._completed:
                self._completed[link.next_message] = self._complete(line, link)
            return line, self._completed[link.next_message]

    def _complete(self, line: _Line, link: ServerLink) -> ServerLink:
        try:
            return complete(link, line.server, self._keeper, self._clock.now)
        except InvalidInput as error:
            raise NotAccepted(
                "This account was never linked",
                f"{error.title}. {error.reason}",
                f"Remove it here. {error.what_to_do}",
                status=404,
            ) from error

    def _listed(self, line: _Line, link: ServerLink) -> list[Any]:
        """Return the server's list as it came; raises for every refusal."""
        reply = line.list(link.device_id)
        if reply.error:
            raise _not_accepted(reply)
        if not isinstance(reply.value, list):
            raise MessageRefused("It is no list of login requests")
        return reply.value

    def _login_request(
        self, account_id: str, link: ServerLink, line: _Line, challenge: Challenge
    ) -> LoginRequest:
        now = line.clock.now()
        with self._lock:
            case = self._case(link, challenge.nonce, now)
            # While the server lists it, it is valid, whatever we reckoned.
            expires = max(case.first_seen + LIKELY_SECONDS, now + LIKELY_SECONDS / 4)
        return LoginRequest(
            id=challenge.nonce,
            account_id=account_id,
            service=link.service,
            account=link.user,
            origin=link.origin,
            ip="",
            place="",
            user_agent="",
            text=challenge.text,
            issued_at=case.first_seen,
            expires_at=expires,
            expiry_estimated=True,
            match=Match.CHOOSE if challenge.choices else Match.NONE,
            choices=challenge.choices,
            takes_report=challenge.takes_reason,
            ask_password=link.ask_password,
            digest=challenge.digest,
        )

    def _case(self, link: ServerLink, nonce: str, now: float) -> _Case:
        case = self._cases.setdefault((link.origin, link.device_id, nonce), _Case(now))
        if len(self._cases) > _REMEMBERED:
            self._cases.popitem(last=False)
        return case

    def _sent(
        self,
        line: _Line,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str,
    ) -> Answer:
        """Send it, once more after a lost answer, and return what is known to have come of it."""
        body = _body(line.key, link.device_id, request.id, decision, code, request.takes_report)
        problem = ""
        for _ in range(2):
            try:
                reply = line.server.post(body)
            except NOTHING_HAPPENED:
                if not problem:
                    raise
                break
            except RemoteError as error:
                problem = str(error)
                continue
            if reply.value is True and not reply.error:
                return _taken(request.id, decision, reply)
            if reply.error and not problem:
                raise _not_accepted(reply)
            if reply.error:
                break
            return self._refused(line, link, request, code, problem)
        return Answer(id=request.id, result=Result.UNKNOWN, problem=problem)

    def _refused(
        self, line: _Line, link: ServerLink, request: LoginRequest, code: str, problem: str
    ) -> Answer:
        """Return why the server, which gives no reason, took no answer: its list tells.

        `problem` is what happened to the same answer before, which may have arrived; not to a
        wrong number, after which the request is listed still.
        """
        try:
            listed = self._listed(line, link)
            open_ = any(isinstance(one, dict) and one.get("nonce") == request.id for one in listed)
        except RemoteError as error:
            return Answer(id=request.id, result=Result.UNKNOWN, problem=str(error))
        if not open_ and problem:
            return Answer(id=request.id, result=Result.UNKNOWN, problem=problem)
        if not open_:
            return Answer(
                id=request.id,
                result=Result.EXPIRED,
                problem="The server takes no answer to this any more: it expired, or was answered elsewhere.",
            )
        if not code:
            return Answer(
                id=request.id, result=Result.UNKNOWN, problem="The server did not take it."
            )
        return Answer(id=request.id, result=Result.WRONG_CODE)


def _body(
    key: PushKey, serial: str, nonce: str, decision: Decision, code: str, takes_reason: bool
) -> str:
    """Return the signed answer, a form."""
    signed, values = f"{nonce}|{serial}", {"serial": serial}
    if decision is Decision.APPROVE:
        if code:
            signed, values = f"{signed}|{code}", values | {"presence_answer": code}
    else:
        signed, values = f"{signed}|decline", values | {"decline": "1"}
        if decision is Decision.NOT_ME and takes_reason:
            signed = f"{signed}|unknown_trigger"
            values |= {"decline_reason": "unknown_trigger"}
    return urlencode(values | {"signature": key.sign(signed)})


def _taken(request_id: str, decision: Decision, reply: PushReply) -> Answer:
    if decision is not Decision.APPROVE:
        return Answer(id=request_id, result=Result.DENIED)
    shown = reply.detail.get("display_code", "")
    code = plain_text(shown, limit=32) if isinstance(shown, str) else ""
    return Answer(id=request_id, result=Result.APPROVED, display_code=code)


def _not_accepted(reply: PushReply) -> NotAccepted:
    """Return the error for a refusal, of which nothing is signed."""
    if reply.error == POLLING_FORBIDDEN:
        return NotAccepted(
            "The server lets nobody ask for login requests",
            "It is set up to forbid polling",
            "Ask whoever runs it to allow polling for this account",
            status=reply.status,
        )
    return NotAccepted(
        "The server did not accept this",
        "It does not know this device any more, or the clocks differ too much; it does not say which",
        "If it stays so, the account was removed there: ask whoever runs the server",
        status=reply.status,
    )
