"""A Watchword server: poll for login requests, answer them, unlink (docs/protocol.md §6–7).

Enrolment, which makes a link in the first place, is written in native_enrolment.py.
"""

import threading
from collections import OrderedDict
from dataclasses import replace

from watchword.clock import Clock
from watchword.errors import RemoteError
from watchword.plain_text import plain_text
from watchword.protocol.encoding import from_base64url, normalised_code, sha256, to_base64url
from watchword.protocol.errors import NotForUs, ProtocolError
from watchword.protocol.key_changes import PinnedKey
from watchword.protocol.key_messages import HintKey, HintKeyTaken, Rekeyed
from watchword.protocol.members import Countersigned, Envelope
from watchword.protocol.messages import (
    Activation,
    DecisionWord,
    MatchPolicy,
    Request,
    ResultWord,
    Unlink,
    Unlinked,
    Via,
)
from watchword.protocol.messages import Decision as DecisionMessage
from watchword.protocol.messages import Poll as PollMessage
from watchword.protocol.messages import Result as ResultMessage
from watchword.protocol.signing import SigningKey, open_envelope
from watchword.protocol.version import API, KNOWN_LIMIT, LONGEST_WAIT
from watchword.providers.errors import DeviceRevoked
from watchword.providers.login_request import (
    Answer,
    Decision,
    LoginRequest,
    Match,
    Polled,
    Result,
)
from watchword.providers.native_enrolment import Enrolment
from watchword.providers.native_hint import HintLine
from watchword.providers.native_line import (
    NOTHING_HAPPENED,
    Lines,
    OpenSender,
    SignedLine,
    open_client,
)
from watchword.providers.provider import Keeper, KeptNowhere, Linked
from watchword.vault.account import ServerLink

__all__ = ["Enrolment", "Linked", "NativeProvider"]

_MATCH = {
    MatchPolicy.TYPE4: Match.TYPE4,
    MatchPolicy.TYPE6: Match.TYPE6,
    MatchPolicy.YESNO: Match.NONE,
}
_DECISIONS_KEPT = 64
CONTINUE = "/continue"  # where a browser goes on, with its ticket


class NativeProvider:
    """Polls and answers for all accounts linked to Watchword servers; thread-safe."""

    def __init__(
        self,
        clock: Clock,
        open_sender: OpenSender = open_client,
        *,
        keeper: Keeper | None = None,
    ) -> None:
        """Nothing is contacted yet. `keeper` None: nobody keeps keys that change."""
        self._clock = clock
        self._open_sender = open_sender
        self._keeper = keeper or KeptNowhere()
        self._lines = Lines(clock, open_sender, self._keeper.keep_pin)
        # The exact bytes of decisions that were sent: the first answer to a request stands, and
        # only the same bytes again are the same answer.
        self._sent: OrderedDict[tuple[str, str, Decision, str, bytes], Envelope] = OrderedDict()
        self._remembering = threading.Lock()

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        """Return what waits for the account now; see Provider.poll."""
        begun = self._clock.monotonic()
        listed = known[:KNOWN_LIMIT]
        query = f"known={','.join(listed)}" if listed else ""
        try:
            link = self._with_its_key(link)
            line = self._line(link)
            poll = line.ask(
                "GET",
                f"{API}/requests",
                PollMessage,
                query=query,
                wait=min(wait, float(LONGEST_WAIT)),
            )
        except DeviceRevoked:
            return Polled(server_time=self._line(link).server_clock.now(), revoked=True)
        server_key = line.trust.pin.key
        if poll.device_id != link.device_id:
            raise NotForUs("It is for another device")
        requests: list[LoginRequest] = []
        problems: list[str] = []
        for envelope in poll.requests:
            try:
                request = _login_request(account_id, link, server_key, envelope, poll.time)
                requests.append(request)
            except ProtocolError as error:
                problems.append(str(error))
        changed = {request.id for request in requests} != set(known)
        return Polled(
            requests=tuple(requests),
            server_time=float(poll.time),
            interval=float(poll.interval),
            # One that we refuse is never among the known ones, so the server cannot hold a poll
            # while it is open.
            held=not problems and (wait < 1 or changed or self._clock.monotonic() - begun >= 1),
            problems=tuple(problems),
        )

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        """Send the decision; see Provider.answer."""
        link = self._with_its_key(link)
        line = self._line(link)
        if decision is not Decision.APPROVE:
            code, handoff = "", b""
        envelope = self._decision(line, link, request, decision, code, handoff)
        path = f"{API}/requests/{request.id}/decision"
        problem = ""
        # Once more after a lost answer: the same bytes, so it cannot count twice.
        for _ in range(2):
            try:
                message = line.ask("POST", path, ResultMessage, body=envelope)
                return self._result(
                    message, link, request, decision, envelope, by_link=bool(handoff)
                )
            except NOTHING_HAPPENED:
                if not problem:
                    raise
                break
            except RemoteError as error:
                problem = str(error)
        return Answer(id=request.id, result=Result.UNKNOWN, problem=problem)

    def unlink(self, link: ServerLink) -> None:
        """Remove this device at the server; fine too when it was removed before."""
        try:
            link = self._with_its_key(link)
            line = self._line(link)
            message = Unlink(device_id=link.device_id, time=int(line.server_clock.now()))
            answer = line.ask("POST", f"{API}/device/unlink", Unlinked, body=line.seal(message))
        except DeviceRevoked:
            return
        if answer.device_id != link.device_id:
            raise NotForUs("It is for another device")

    def begin_hints(self, link: ServerLink) -> HintLine:
        """Have the server take a new hint key; what asks with it outlives this provider."""
        key = SigningKey.generate()
        pin = self._hint_key(link, key.public)
        sender = self._open_sender(link.origin, _pin(link))
        return HintLine(sender, key, pin, self._clock)

    def end_hints(self, link: ServerLink) -> None:
        """Have the server forget the device's hint key."""
        self._hint_key(link, b"")

    def _hint_key(self, link: ServerLink, public: bytes) -> PinnedKey:
        """Have the server take it; return the key that the server is believed by."""
        link = self._with_its_key(link)
        line = self._line(link)
        message = HintKey(
            device_id=link.device_id, hint_key=public, time=int(line.server_clock.now())
        )
        answer = line.ask("POST", f"{API}/device/hint", HintKeyTaken, body=line.seal(message))
        if answer.device_id != link.device_id:
            raise NotForUs("It is for another device")
        return line.trust.pin

    def close(self) -> None:
        """Close the connections; forget keys and what was sent."""
        self._lines.close()
        with self._remembering:
            self._sent.clear()

    def _line(self, link: ServerLink) -> SignedLine:
        key = SigningKey(link.device_key)
        server = PinnedKey(link.server_key, link.key_seq)
        return self._lines.of(link.origin, _pin(link), key, server, link.device_id)

    def _with_its_key(self, link: ServerLink) -> ServerLink:
        """Return the link with the key that it is to have, once the server has taken it (§12).

        The message was made and saved before, so that it is the same after a lost answer, also
        in another run of the program. Raises DeviceRevoked when another copy was first.
        """
        if not link.next_key:
            return link
        old, new = SigningKey(link.device_key), SigningKey(link.next_key)
        raw = link.next_message
        twice = Countersigned(raw, old.sign(raw), new.sign(raw))
        answer = self._line(link).ask("POST", f"{API}/device/rekey", Rekeyed, body=twice)
        if answer.device_id != link.device_id or answer.new_key != new.public:
            raise NotForUs("It is about another key")
        self._keeper.keep_device_key(link)
        return replace(link, device_key=link.next_key, next_key=b"", next_message=b"")

    def _decision(
        self,
        line: SignedLine,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str,
        handoff: bytes,
    ) -> Envelope:
        """Return the signed decision: for the same answer, the same bytes."""
        code = "" if handoff else normalised_code(code)[:16]
        name = (link.device_id, request.id, decision, code, handoff)
        with self._remembering:
            if name not in self._sent:
                message = DecisionMessage(
                    id=request.id,
                    request=request.digest,
                    decision=DecisionWord(decision.value),
                    code=code,
                    via=Via.LINK if handoff else Via.TYPED if code else Via.NONE,
                    handoff=handoff,
                    reason="",
                    time=int(line.server_clock.now()),
                )
                self._sent[name] = line.seal(message)
                if len(self._sent) > _DECISIONS_KEPT:
                    self._sent.popitem(last=False)
            return self._sent[name]

    def _result(
        self,
        message: ResultMessage,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        envelope: Envelope,
        *,
        by_link: bool,
    ) -> Answer:
        """Return what the server, by its signature, says came of `decision`."""
        if message.id != request.id or message.decision != sha256(envelope.signed):
            raise NotForUs("It is the result of another answer")
        result = Result(message.result.value)
        tries_left = message.tries_left if message.result is ResultWord.WRONG_CODE else None
        if decision is Decision.APPROVE and result is Result.DENIED and not message.decided:
            # Nobody denied: the last try was used up, and that ends the login.
            result, tries_left = Result.WRONG_CODE, 0
        if (
            result is Result.ANSWERED_ELSEWHERE
            and message.decided == decision.value
            and message.decided_by == link.device_name
        ):
            # It was this device: the first answer arrived, its confirmation got lost.
            result = Result.APPROVED if decision is Decision.APPROVE else Result.DENIED
        if result is Result.WRONG_CODE:
            with self._remembering:
                # A wrong code typed again is a second try, not a repetition.
                self._sent = OrderedDict(
                    (name, sent) for name, sent in self._sent.items() if sent is not envelope
                )
        return Answer(
            id=request.id,
            result=result,
            decided_by=plain_text(message.decided_by),
            tries_left=tries_left,
            # A ticket that was not asked for by the link is not followed.
            continue_at=(
                f"{link.origin}{CONTINUE}/{to_base64url(message.ticket)}"
                if by_link and message.ticket
                else ""
            ),
        )


def _pin(link: ServerLink) -> bytes:
    return from_base64url(link.tls_pin, 32) if link.tls_pin else b""


def _login_request(
    account_id: str, link: ServerLink, server_key: bytes, envelope: Envelope, server_time: int
) -> LoginRequest:
    """Return one request of a poll, verified by the server's key and made fit to show.

    Raises BadSignature, MessageRefused, MessageTooNew or NotForUs.
    """
    request = open_envelope(envelope, server_key, Request)
    if request.device_id != link.device_id:
        raise NotForUs("A login request is for another device")
    if request.origin != link.origin:
        raise NotForUs("A login request is from another server")
    if link.user_id and request.account != link.user_id:
        raise NotForUs("A login request is for another account")
    request.check_time(server_time)
    return LoginRequest(
        id=request.id,
        account_id=account_id,
        service=plain_text(request.service),
        account=plain_text(request.user),
        origin=request.origin,
        ip=plain_text(request.ip, limit=64),
        place=plain_text(request.place),
        user_agent=plain_text(request.user_agent),
        reported_by=plain_text(request.reported_by),
        issued_at=float(request.issued),
        expires_at=float(request.expires),
        match=_MATCH[request.match],
        ask_password=request.activation is Activation.EACH,
        login=request.login,
        digest=sha256(envelope.signed),
    )
