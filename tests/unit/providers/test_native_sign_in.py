"""Signing in by way of the browser gives a link only to the question that was asked."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import IO, Any

import pytest
from protocol_vectors import FOLDER

from watchword.errors import KnownError, RemoteError
from watchword.protocol.authorisation import DISCOVERY, Exchange, Question, check_verifier
from watchword.protocol.errors import MessageRefused, NotForUs, SignInRefused
from watchword.protocol.origin import Origin, parse_origin
from watchword.providers.errors import (
    EnrolmentCancelled,
    EnrolmentExpired,
    EnrolmentRefused,
    SignInNotOffered,
)
from watchword.providers.native_sign_in import SignIn
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, NotOurServer, ServerBusy, Unreachable

OAUTH: dict[str, Any] = json.loads((FOLDER / "oauth.json").read_text("utf-8"))
LINK: str = json.loads((FOLDER / "enrolment.json").read_text("utf-8"))["link"]
ORIGIN = parse_origin(OAUTH["origin"])
CODE: str = OAUTH["code"]


@dataclass
class Answering:
    """A server that answers as the test wants."""

    document: str = OAUTH["discovery"][0]["document"]
    exchanged: Callable[[bytes], Reply] = lambda _: reply({"enrolment": LINK})
    fail: KnownError | None = None
    sent: list[tuple[str, str, bytes]] = field(default_factory=list)
    origin: Origin = ORIGIN

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        wait: float = 0.0,
    ) -> Reply:
        self.sent.append((method, target, body))
        if self.fail is not None:
            raise self.fail
        if target == DISCOVERY:
            return Reply(200, {}, self.document.encode())
        assert (headers or {})["Content-Type"] == "application/x-www-form-urlencoded"
        return self.exchanged(body)

    def close(self) -> None: ...


def reply(body: object, status: int = 200) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


class Stay(urllib.request.HTTPRedirectHandler):
    """A browser would go on; here it is looked at where to."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def open_address(address: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay())
    try:
        with opener.open(address, timeout=10) as found:
            return found.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location") or ""


class Person:
    """A sign-in that waits in a thread, and what became of it."""

    def __init__(self, server: Answering, seconds: float = 30) -> None:
        self.server = server
        self.sign_in = SignIn(
            ORIGIN, "Ana’s desktop & co", open_sender=lambda *_: server, seconds=seconds
        )
        self.link = ""
        self.error: KnownError | None = None
        address = self.sign_in.begin()
        self.endpoint, _, query = address.partition("?")
        self.question = Question.parse(query)
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def _wait(self) -> None:
        try:
            self.link = self.sign_in.wait()
        except KnownError as error:
            self.error = error

    def comes_back(self, code: str = CODE) -> tuple[int, str]:
        return open_address(self.question.answer(ORIGIN, code=code))

    def end(self) -> None:
        self.sign_in.cancel()
        self.thread.join(10)
        self.sign_in.close()


@pytest.fixture
def server() -> Answering:
    return Answering()


@pytest.fixture
def person(server: Answering) -> Iterator[Person]:
    one = Person(server)
    yield one
    one.end()


def test_nothing_is_contacted_before_the_person_confirmed(server: Answering) -> None:
    sign_in = SignIn(ORIGIN, "x", open_sender=lambda *_: server)
    assert sign_in.host == "login.example"
    assert not server.sent
    sign_in.close()


def test_from_the_address_to_the_link(server: Answering, person: Person) -> None:
    assert person.endpoint == OAUTH["authorise"]
    assert person.question.device_name == "Ana’s desktop & co"
    assert person.comes_back() == (303, "https://login.example/security/joining")
    person.thread.join(10)
    assert person.link == LINK
    method, path, body = server.sent[-1]
    assert (method, path) == ("POST", "/api/v1/authorised")
    given = Exchange.parse(body)
    assert given.code == CODE
    assert given.redirect_uri == person.question.redirect_uri
    check_verifier(given.verifier, person.question.challenge)
    assert given.verifier not in person.question.to_query()
    with pytest.raises(urllib.error.URLError):  # it listens no more
        person.comes_back()


def test_two_ask_with_other_secrets(server: Answering) -> None:
    people = [Person(server), Person(server)]
    one, other = (person.question for person in people)
    assert one.state != other.state
    assert one.challenge != other.challenge
    assert one.port != other.port
    for person in people:
        person.end()


@pytest.mark.parametrize("case", OAUTH["callback"], ids=lambda case: case["why"])
def test_what_comes_back(server: Answering, person: Person, case: dict[str, str]) -> None:
    target = case["target"].replace(OAUTH["state"], person.question.state)
    status, _ = open_address(f"http://127.0.0.1:{person.question.port}{target}")
    if case["outcome"] in {"ok", "denied", "failed"}:
        assert status == 303
        person.thread.join(10)
        assert (person.link == LINK) is (case["outcome"] == "ok")
        assert person.error is None or isinstance(person.error, SignInRefused)
    else:  # nothing comes of it, and the right one is still waited for
        assert status == 404
        assert len(server.sent) == 1
        assert person.comes_back()[0] == 303
        person.thread.join(10)
        assert person.link == LINK


def test_no_is_told_as_no(server: Answering, person: Person) -> None:
    assert person.comes_back(code="") == (303, "https://login.example/security/joining")
    person.thread.join(10)
    assert isinstance(person.error, SignInRefused)
    assert person.error.denied
    assert len(server.sent) == 1  # nothing was exchanged


@pytest.mark.parametrize(
    "case",
    [case for case in OAUTH["discovery"] if case["outcome"] != "ok"],
    ids=lambda case: case["why"],
)
def test_a_server_that_says_something_else_of_itself(case: dict[str, str]) -> None:
    server = Answering(document=case["document"])
    sign_in = SignIn(ORIGIN, "x", open_sender=lambda *_: server)
    with pytest.raises(SignInNotOffered) as caught:
        sign_in.begin()
    assert caught.value.what_to_do
    sign_in.close()


@pytest.mark.parametrize("case", OAUTH["enrolment"], ids=lambda case: case["why"])
def test_the_link_that_is_given(server: Answering, person: Person, case: dict[str, str]) -> None:
    server.exchanged = lambda _: Reply(200, {}, case["answer"].encode())
    person.comes_back()
    person.thread.join(10)
    if case["outcome"] == "ok":
        assert person.link == LINK
    else:
        assert isinstance(person.error, NotForUs | MessageRefused)


def test_a_code_that_was_used_already(server: Answering, person: Person) -> None:
    server.exchanged = lambda _: reply({"error": "invalid_grant"}, 400)
    person.comes_back()
    person.thread.join(10)
    assert isinstance(person.error, EnrolmentRefused)
    assert "another program" in person.error.what_to_do
    assert len(server.sent) == 2  # it was not tried again: that would burn it


@pytest.mark.parametrize("failed", [AnswerLost, ServerBusy])
def test_nothing_is_said_to_be_tried_again_that_is_not(
    server: Answering, person: Person, failed: type[RemoteError]
) -> None:
    server.fail = failed(
        "It broke", "Somewhere", "Try again in a moment; login requests come once it answers"
    )
    person.comes_back()
    person.thread.join(10)
    assert person.error is not None
    assert person.error.what_to_do == "Begin again in a moment"


def test_what_is_no_watchword_server(server: Answering) -> None:
    sign_in = SignIn(ORIGIN, "x", open_sender=lambda *_: server)
    server.fail = NotOurServer("x", "It answered with a page instead of data", "y")
    with pytest.raises(SignInNotOffered, match="a page instead of data"):
        sign_in.begin()
    server.fail = Unreachable("login.example was not found", "No network", "Look at it")
    with pytest.raises(Unreachable):
        sign_in.begin()
    server.fail = None
    server.send = lambda *_, **__: Reply(404, {}, b"{}")  # type: ignore[method-assign]
    with pytest.raises(SignInNotOffered, match="404"):
        sign_in.begin()
    sign_in.close()


def test_stopping(server: Answering, person: Person) -> None:
    person.sign_in.cancel()
    person.thread.join(10)
    assert isinstance(person.error, EnrolmentCancelled)
    early = SignIn(ORIGIN, "x", open_sender=lambda *_: server)
    early.cancel()
    early.begin()
    with pytest.raises(EnrolmentCancelled):
        early.wait()
    early.close()


def test_nobody_comes_back(server: Answering) -> None:
    person = Person(server, seconds=0.05)
    person.thread.join(10)
    assert isinstance(person.error, EnrolmentExpired)
    person.end()
