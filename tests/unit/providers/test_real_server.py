"""The app's side against a real watchword-server process, its pages driven by their forms."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

import pytest
from browserless import Browserless
from programs import Server, server

from watchword.clock import SystemClock
from watchword.otp.code import code_at
from watchword.protocol.encoding import CROCKFORD
from watchword.providers.errors import EnrolmentRefused, EnrolmentUsed
from watchword.providers.login_request import Decision, LoginRequest, Match, Result
from watchword.providers.native import Enrolment, NativeProvider
from watchword.remote.errors import Unreachable
from watchword.vault.account import Account, ServerLink

PASSWORD = "correct horse battery staple"
_numbers = count()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("server"), "--name", "Kalos Club") as one:
        yield one


@dataclass
class Person:
    """Somebody with a login, a browser and this app; limits of the server count by login."""

    server: Server
    name: str
    browsers: list[Browserless] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    native: NativeProvider = field(default_factory=lambda: NativeProvider(SystemClock()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.native.close()
        for one in (*self.browsers, *self.enrolments):
            one.close()

    def enrolment(self, link: str) -> Enrolment:
        self.enrolments.append(Enrolment(link, "Laptop", SystemClock()))
        return self.enrolments[-1]

    def browser(self) -> Browserless:
        self.browsers.append(Browserless(self.server.origin))
        return self.browsers[-1]

    def begin(self) -> tuple[Browserless, Enrolment]:
        browser = self.browser()
        browser.sign_in(self.name, PASSWORD)
        return browser, self.enrolment(browser.add_device(PASSWORD))

    def enrolled(self) -> Account:
        browser, enrolment = self.begin()
        browser.join(enrolment.contact()[:4])
        linked = enrolment.wait()
        enrolment.acknowledge()
        assert linked.first_device
        return linked.account

    def asked(self, link: ServerLink) -> tuple[Browserless, LoginRequest]:
        """Sign in with the password in a new browser, and return the request that arrives."""
        browser = self.browser()
        browser.sign_in(self.name, PASSWORD)
        (request,) = self.native.poll("a1", link).requests
        return browser, request


@pytest.fixture
def elena(running: Server) -> Iterator[Person]:
    name = f"elena{next(_numbers)}"
    running.administer("user", "add", name, "--password-stdin", standard_input=f"{PASSWORD}\n")
    with Person(running, name) as person:
        yield person


def link_of(account: Account) -> ServerLink:
    assert account.link is not None
    return account.link


def other(code: str, by: int = 1) -> str:
    """Return a code that differs in its first character; another one for each `by`."""
    return CROCKFORD[(CROCKFORD.index(code[0]) + by) % 32] + code[1:]


def test_enrol_then_approve_with_the_code_of_the_page(elena: Person) -> None:
    account = elena.enrolled()
    link = link_of(account)
    assert (account.issuer, account.account) == ("Kalos Club", elena.name)
    assert link.backup_codes
    browser, request = elena.asked(link)
    assert (request.service, request.account) == ("Kalos Club", elena.name)
    assert (request.ip, request.user_agent) == ("127.0.0.1", "Firefox on Linux")
    assert request.match is Match.TYPE4
    assert 100 < request.expires_at - request.issued_at <= 120
    answer = elena.native.answer(link, request, Decision.APPROVE, browser.match_code().lower())
    assert answer.result is Result.APPROVED
    assert browser.is_let_in()
    assert not elena.native.poll("a1", link).requests


def test_the_one_time_codes_are_the_servers_too(elena: Person) -> None:
    account = elena.enrolled()
    assert account.otp is not None
    browser = elena.browser()
    browser.sign_in(elena.name, PASSWORD)
    browser.submit("/sign-in/code", code=code_at(account.otp, SystemClock().now()).value)
    browser.open("/account")
    assert browser.path == "/account"


@pytest.mark.parametrize("decision", [Decision.DENY, Decision.NOT_ME])
def test_a_denied_browser_stays_outside(elena: Person, decision: Decision) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    assert elena.native.answer(link, request, decision).result is Result.DENIED
    assert not browser.is_let_in()


def test_a_wrong_code_costs_a_try_and_the_right_one_still_opens(elena: Person) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    code = browser.match_code()
    for left in (2, 1):
        answer = elena.native.answer(link, request, Decision.APPROVE, other(code, left + 1))
        assert (answer.result, answer.tries_left) == (Result.WRONG_CODE, left)
        assert not browser.is_let_in()
    assert elena.native.answer(link, request, Decision.APPROVE, code).result is Result.APPROVED
    assert browser.is_let_in()


def test_after_three_wrong_codes_the_right_one_is_too_late(elena: Person) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    code = browser.match_code()
    for left in (2, 1, 0):
        answer = elena.native.answer(link, request, Decision.APPROVE, other(code, left + 1))
        assert (answer.result, answer.tries_left) == (Result.WRONG_CODE, left)
    late = elena.native.answer(link, request, Decision.APPROVE, code)
    assert late.result is not Result.APPROVED
    assert not browser.is_let_in()


def test_the_first_answer_stands(elena: Person) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    code = browser.match_code()
    assert elena.native.answer(link, request, Decision.DENY).result is Result.DENIED
    again = elena.native.answer(link, request, Decision.DENY)
    assert again.result is Result.DENIED
    late = elena.native.answer(link, request, Decision.APPROVE, code)
    assert late.result is Result.ANSWERED_ELSEWHERE
    assert not browser.is_let_in()


def test_an_answer_repeated_by_a_new_process_is_told_as_it_was(elena: Person) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    code = browser.match_code()
    elena.native.answer(link, request, Decision.APPROVE, code)
    fresh = NativeProvider(SystemClock())
    assert fresh.answer(link, request, Decision.APPROVE, code).result is Result.APPROVED
    fresh.close()


def test_a_login_that_was_given_up_is_no_longer_open(elena: Person) -> None:
    link = link_of(elena.enrolled())
    browser, request = elena.asked(link)
    code = browser.match_code()
    browser.submit("/sign-out")
    browser.sign_in(elena.name, PASSWORD)
    answer = elena.native.answer(link, request, Decision.APPROVE, code)
    assert answer.result is Result.EXPIRED
    (newer,) = elena.native.poll("a1", link).requests
    assert newer.id != request.id


def test_a_held_poll_brings_a_request_at_once(elena: Person) -> None:
    link = link_of(elena.enrolled())
    elena.native.poll("a1", link)  # learns the nonce
    arrived: list[LoginRequest] = []
    poll = threading.Thread(
        target=lambda: arrived.extend(elena.native.poll("a1", link, wait=20).requests)
    )
    poll.start()
    elena.browser().sign_in(elena.name, PASSWORD)
    poll.join(10)
    assert len(arrived) == 1


def test_a_removed_device_is_told_so_signed(elena: Person) -> None:
    account = elena.enrolled()
    link = link_of(account)
    assert account.otp is not None
    code = code_at(account.otp, SystemClock().now()).value
    browser = elena.browsers[0]
    browser.open("/security")
    browser.submit("/remove")
    if 'name="password"' in browser.page:
        browser.submit("/remove", password=PASSWORD, code=code)
    assert elena.native.poll("a1", link).revoked


def test_unlinking_here_removes_the_device_there(elena: Person) -> None:
    link = link_of(elena.enrolled())
    elena.native.unlink(link)
    assert elena.native.poll("a1", link).revoked
    elena.browsers[0].open("/security")
    assert "Laptop" not in elena.browsers[0].page.split("Recent")[0]


def test_no_in_the_browser_ends_the_enrolment(elena: Person) -> None:
    browser, enrolment = elena.begin()
    enrolment.contact()
    browser.refuse()
    with pytest.raises(EnrolmentRefused):
        enrolment.wait()


def test_three_wrong_short_codes_end_the_enrolment(elena: Person) -> None:
    browser, enrolment = elena.begin()
    code = enrolment.contact()
    for _ in range(3):
        browser.join(other(code[:4]))
    with pytest.raises(EnrolmentRefused):
        enrolment.wait()


def test_a_link_serves_one_device(elena: Person) -> None:
    browser = elena.browser()
    browser.sign_in(elena.name, PASSWORD)
    link = browser.add_device(PASSWORD)
    elena.enrolment(link).contact()
    with pytest.raises(EnrolmentUsed):
        elena.enrolment(link).contact()


def test_a_device_that_never_acknowledged_gets_no_requests(elena: Person) -> None:
    browser, enrolment = elena.begin()
    browser.join(enrolment.contact()[:4])
    enrolment.wait()
    other_browser = elena.browser()
    other_browser.sign_in(elena.name, PASSWORD)
    other_browser.open("/account")
    assert other_browser.path == "/account"  # still one step: there is no device yet


def test_a_server_that_was_killed_is_unreachable_and_then_goes_on(tmp_path: Path) -> None:
    with server(tmp_path, users={"elena": PASSWORD}) as one, Person(one, "elena") as elena:
        link = link_of(elena.enrolled())
        browser, request = elena.asked(link)
        code = browser.match_code()
        one.stop(9)
        with pytest.raises(Unreachable):
            elena.native.answer(link, request, Decision.APPROVE, code)
        with pytest.raises(Unreachable):
            elena.native.poll("a1", link)
        one.start()
        answer = elena.native.answer(link, request, Decision.APPROVE, code)
        assert answer.result is Result.APPROVED
        assert browser.is_let_in()
