"""A browser on this computer hands a login request over by a link: the app's end of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from login_requests import login_request
from open_session import NOW, QuietServer, open_session, sample_vault
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from watchword.approvals.watch import PAUSE_SECONDS
from watchword.desktop.approvals.request_page import INERT_SECONDS, RequestPage
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.protocol.encoding import to_base64url
from watchword.protocol.origin import parse_origin
from watchword.protocol.request_link import RequestLink
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result
from watchword.vault.account import ServerLink

KALOS = f"{'a1':0>16}"
ORIGIN = "https://login.kalos.ch"
HANDOFF = bytes(range(16))
CONTINUE = f"{ORIGIN}/continue/{to_base64url(bytes(16))}"


def login_of(number: int) -> str:
    return to_base64url(bytes([number] * 16))


def link_to(number: int, origin: str = ORIGIN) -> str:
    link = RequestLink(origin=parse_origin(origin), login=login_of(number), handoff=HANDOFF)
    return str(link)


class Kalos(QuietServer):
    """A server at which logins wait as it is told; it keeps what it was sent."""

    def __init__(self) -> None:
        self.waiting: tuple[LoginRequest, ...] = ()
        self.given: list[tuple[str, Decision, str, bytes]] = []
        self.refuses = 0

    def asks(self, *numbers: int) -> None:
        self.waiting = tuple(
            replace(
                login_request(
                    f"r{n}", account_id=KALOS, origin=ORIGIN, issued_at=NOW, expires_at=NOW + 120
                ),
                login=login_of(n),
            )
            for n in numbers
        )

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        asked = self.waiting if account_id == KALOS else ()
        return Polled(requests=asked, server_time=NOW, interval=3600)

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        self.given.append((request.id, decision, code, handoff))
        if self.refuses:
            self.refuses -= 1
            return Answer(id=request.id, result=Result.WRONG_CODE, tries_left=2)
        if decision is not Decision.APPROVE:
            return Answer(id=request.id, result=Result.DENIED)
        ticket = CONTINUE if handoff else ""
        return Answer(id=request.id, result=Result.APPROVED, continue_at=ticket)


class SystemBrowser(QObject):
    """Stands where the system's browser would be started."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser(qapp: QApplication) -> Iterator[SystemBrowser]:
    one = SystemBrowser()
    QDesktopServices.setUrlHandler("https", one, "open")
    yield one
    QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def kalos() -> Kalos:
    return Kalos()


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, tmp_path: Path, kalos: Kalos, clock: FakeClock
) -> Iterator[Session]:
    clock.time = NOW
    vault = sample_vault(tmp_path / "data" / "vault", clock)
    with open_session(qapp, window, vault, kalos, clock) as made:
        yield made


def arrive(qtbot: QtBot, session: Session, kalos: Kalos, *numbers: int) -> None:
    kalos.asks(*numbers)
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: session.desk.waiting == len(numbers))


def awake(page: RequestPage, clock: FakeClock) -> None:
    clock.advance(INERT_SECONDS)
    page.refresh()


def test_the_request_comes_up_and_waits_for_approve(
    qtbot: QtBot,
    window: MainWindow,
    session: Session,
    kalos: Kalos,
    clock: FakeClock,
    browser: SystemBrowser,
) -> None:
    arrive(qtbot, session, kalos, 1, 2)
    session.open_text(link_to(1))
    page = session.desk.page
    assert window.page is page
    assert page.key == (ORIGIN, "r1")
    assert page.form is not None
    assert page.form.cells is None
    assert not page.approve.isEnabled()  # inert for the first second, as ever
    awake(page, clock)
    assert kalos.given == []  # by itself nothing is answered
    page.approve.click()
    qtbot.waitUntil(page.outcome.isVisible)
    assert kalos.given == [("r1", Decision.APPROVE, "", HANDOFF)]
    assert browser.opened == [CONTINUE]
    assert page.outcome.title.text() == "Approved"
    # The other one still asks for what its page shows.
    page.outcome.done_button.click()
    assert page.key == (ORIGIN, "r2")
    assert page.form is not None
    assert page.form.cells is not None


def test_no_does_not_carry_the_hand_off(
    qtbot: QtBot, session: Session, kalos: Kalos, browser: SystemBrowser
) -> None:
    arrive(qtbot, session, kalos, 1)
    session.open_text(link_to(1))
    session.desk.page.deny.click()
    qtbot.waitUntil(session.desk.page.outcome.isVisible)
    assert kalos.given == [("r1", Decision.DENY, "", b"")]
    assert browser.opened == []


def test_a_typed_code_opens_no_browser(
    qtbot: QtBot, session: Session, kalos: Kalos, clock: FakeClock, browser: SystemBrowser
) -> None:
    arrive(qtbot, session, kalos, 1)
    session.open_text(link_to(1))
    page = session.desk.page
    assert page.form is not None
    page.form.typing.click()
    assert page.form.cells is not None
    page.form.cells.setText("7KQM")
    awake(page, clock)
    page.approve.click()
    qtbot.waitUntil(page.outcome.isVisible)
    assert kalos.given == [("r1", Decision.APPROVE, "7KQM", b"")]
    assert browser.opened == []


def test_the_page_that_is_open_already_asks_for_nothing_any_more(
    qtbot: QtBot, window: MainWindow, session: Session, kalos: Kalos, clock: FakeClock
) -> None:
    arrive(qtbot, session, kalos, 1)
    session.desk.open()
    page = session.desk.page
    awake(page, clock)
    session.open_text(link_to(1))
    assert page.form is not None
    assert page.form.cells is None
    assert not page.approve.isEnabled()  # what is under the hand has changed
    page.back_pressed.emit()
    session.desk.open()  # and a banner's press is no link
    assert page.form.cells is not None


def test_a_link_to_another_page_is_told_and_the_code_typed(
    qtbot: QtBot, session: Session, kalos: Kalos, clock: FakeClock, browser: SystemBrowser
) -> None:
    arrive(qtbot, session, kalos, 1)
    kalos.refuses = 1
    session.open_text(link_to(1))
    page = session.desk.page
    awake(page, clock)
    page.approve.click()
    qtbot.waitUntil(lambda: "not of the login page that waits" in page.notice.text())
    assert "2 tries are left" in page.notice.text()
    assert page.form is not None
    assert page.form.cells is not None
    assert browser.opened == []


def test_a_request_that_comes_after_its_link(
    qtbot: QtBot, window: MainWindow, session: Session, kalos: Kalos
) -> None:
    session.open_text(link_to(1))
    assert window.page is session.place
    arrive(qtbot, session, kalos, 1)
    assert window.page is session.desk.page
    assert session.desk.page.form is not None
    assert session.desk.page.form.cells is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (link_to(9), "No such login request is open"),
        (link_to(1, "https://login.elsewhere.ch"), "No such login request is open"),
        (link_to(1).replace("/1?", "/2?"), "newer"),
        (link_to(1)[:-4], "cannot be used"),
    ],
    ids=["of nothing", "of another server", "of tomorrow", "broken"],
)
def test_what_is_not_found_says_so_and_nothing_comes_up(
    qtbot: QtBot, window: MainWindow, session: Session, kalos: Kalos, text: str, said: str
) -> None:
    arrive(qtbot, session, kalos, 1)
    session.desk._on_its_way.setInterval(0)
    session.open_text(text)
    qtbot.waitUntil(lambda: said in window.said())
    assert window.page is session.place
    assert kalos.given == []


def test_paused_requests_are_not_asked_for_because_of_a_link(
    window: MainWindow, session: Session
) -> None:
    session.desk.watching.pause(PAUSE_SECONDS)
    session.open_text(link_to(1))
    assert "paused" in window.said()


def test_it_never_comes_up_under_another_answer(
    qtbot: QtBot, window: MainWindow, session: Session, kalos: Kalos
) -> None:
    arrive(qtbot, session, kalos, 1, 2)
    session.desk.open()
    page = session.desk.page
    first = page.key
    other = 1 if first == (ORIGIN, "r2") else 2
    session.open_text(link_to(other))
    assert page.key == first
    assert window.said() == "The link waits until you are done here"
    page.deny.click()
    qtbot.waitUntil(page.outcome.isVisible)
    assert page.key == first
    page.back_pressed.emit()
    assert page.key == (ORIGIN, f"r{other}")
    assert page.form is not None
    assert page.form.cells is None


def test_one_that_comes_late_waits_until_the_question_is_answered(
    qtbot: QtBot, window: MainWindow, session: Session, kalos: Kalos
) -> None:
    session.open_text(link_to(1))
    session.accounts.remove(KALOS)
    question: QWidget | None = window.page
    assert question is not session.place
    arrive(qtbot, session, kalos, 1)
    assert window.page is question
    session.show_accounts()
    assert window.page is session.desk.page
