"""Sign in from this computer: from a server's address to an enrolment link (docs/protocol.md §13).

The steps, of which wait() blocks until the person has answered in the browser:

    sign_in = SignIn(origin, device_name)      # contacts nothing; show .host and .notices
    address = sign_in.begin()                  # after the person confirmed: open it in the browser
    link = sign_in.wait()                      # ordinary enrolment follows (native_enrolment.py)

The server's key is learnt over TLS alone here: this is weaker than a QR code, by the trust in
whoever can give out a certificate for the server's name.
"""

import threading
from typing import Final

from watchword.plain_text import plain_text
from watchword.protocol.authorisation import (
    DISCOVERY,
    Endpoints,
    Question,
    challenge_of,
    exchange_body,
    new_secret,
    read_callback,
    read_discovery,
    read_enrolment,
)
from watchword.protocol.errors import MessageRefused, NotForUs, SignInRefused
from watchword.protocol.origin import Origin
from watchword.protocol.version import DEVICE_NAME_LIMIT
from watchword.providers.errors import (
    EnrolmentCancelled,
    EnrolmentExpired,
    EnrolmentRefused,
    SignInNotOffered,
)
from watchword.providers.native_line import OpenSender, open_client
from watchword.remote.client import Reply
from watchword.remote.errors import (
    AnswerLost,
    NotOurServer,
    RemoteError,
    ServerBusy,
    ServerFailed,
    Unreachable,
)
from watchword.remote.loopback import Loopback

LISTEN_SECONDS: Final = 600.0
JOINING: Final = "/security/joining"  # where the person types the short code
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class SignIn:
    """One sign-in by way of the system's browser; its steps are called in order, by one thread."""

    def __init__(
        self,
        origin: Origin,
        device_name: str,
        *,
        open_sender: OpenSender = open_client,
        seconds: float = LISTEN_SECONDS,
    ) -> None:
        """Contact nothing; `seconds` is how long the browser is waited for."""
        self._origin = origin
        self.device_name = plain_text(device_name, limit=DEVICE_NAME_LIMIT) or "Computer"
        self._sender = open_sender(str(origin), b"")
        self._seconds = seconds
        self._state, self._verifier = new_secret(), new_secret()
        self._listening: Loopback | None = None
        self._asked: tuple[Question, Endpoints] | None = None
        self._code = ""
        self._refused: SignInRefused | None = None
        self._cancelled = threading.Event()

    @property
    def host(self) -> str:
        """The server's host and port, ASCII: what the person confirms."""
        return self._origin.authority

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about the address that the person reads before confirming."""
        return self._origin.notices

    def begin(self) -> str:
        """Ask the server where to sign in, listen, and return the address to open.

        Raises SignInNotOffered, and the family of RemoteError.
        """
        try:
            reply = self._send("GET", DISCOVERY)
            if reply.status != 200:
                raise self._not_offered(f"It answered with {reply.status}")
            endpoints = read_discovery(reply.body, self._origin)
        except (NotOurServer, MessageRefused, NotForUs) as error:
            raise self._not_offered(error.reason) from error
        try:
            self._listening = Loopback()
        except OSError as error:
            raise Unreachable(
                "The browser could not come back to Watchword",
                f"No port of this computer can be listened on: {error.strerror}",
                "Scan the QR code on the server's page instead",
            ) from error
        question = Question(
            port=self._listening.port,
            state=self._state,
            challenge=challenge_of(self._verifier),
            device_name=self.device_name,
        )
        self._asked = question, endpoints
        return question.to_url(endpoints)

    def wait(self) -> str:
        """Wait until the person authorised in the browser, and return the enrolment link.

        Raises SignInRefused, EnrolmentRefused, EnrolmentExpired, EnrolmentCancelled, and the
        family of RemoteError.
        """
        if self._asked is None or self._listening is None:
            raise RuntimeError("begin() comes first")
        if self._cancelled.is_set() or not self._listening.wait(self._take, seconds=self._seconds):
            if self._cancelled.is_set():
                raise EnrolmentCancelled("The linking was stopped", "No account was made")
            raise EnrolmentExpired(
                "Nobody came back from the browser",
                "It was waited for ten minutes",
                "Begin again, and choose Authorise on the server's page",
            )
        if self._refused is not None:
            raise self._refused
        return self._exchange(*self._asked)

    def cancel(self) -> None:
        """Stop waiting, from any thread; wait() raises EnrolmentCancelled."""
        self._cancelled.set()
        if self._listening is not None:
            self._listening.cancel()

    def close(self) -> None:
        """Close what is open, once no step is under way."""
        if self._listening is not None:
            self._listening.close()
        self._sender.close()

    def _take(self, target: str) -> str:
        """Return where the browser goes on, if it has come with the answer to our question."""
        try:
            self._code = read_callback(target, state=self._state, origin=self._origin)
        except (NotForUs, MessageRefused):
            return ""
        except SignInRefused as error:
            self._refused = error
        return f"{self._origin}{JOINING}"

    def _exchange(self, question: Question, endpoints: Endpoints) -> str:
        body = exchange_body(question, code=self._code, verifier=self._verifier)
        path = endpoints.exchange.removeprefix(str(self._origin))
        # Once only: a second use would burn the enrolment.
        reply = self._send("POST", path, body)
        if reply.status != 200:
            raise EnrolmentRefused(
                f"{self.host} did not let this computer join",
                "What the browser brought was used already, or is more than a minute old",
                "Begin again. If it happens again, another program here may be reading along",
            )
        return str(read_enrolment(reply.body, self._origin))

    def _send(self, method: str, path: str, body: bytes = b"") -> Reply:
        try:
            return self._sender.send(method, path, headers=_FORM if body else None, body=body)
        except (AnswerLost, ServerBusy, ServerFailed) as error:
            # These say that it is tried again by itself, which here it is not.
            raise RemoteError(error.title, error.reason, "Begin again in a moment") from error

    def _not_offered(self, reason: str) -> SignInNotOffered:
        return SignInNotOffered(
            f"{self.host} offers no sign-in from this computer",
            reason,
            "Check the address, or scan the QR code on the server's page",
        )
