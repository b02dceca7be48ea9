"""Sign in from this computer, in the window: the address, the browser, and back with a link."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from add_pages_outside import Outside, ScriptedLinking
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from watchword.approvals.moving import NotDecided
from watchword.clock import SystemClock
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.errors import InvalidInput, KnownError
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.errors import SignInRefused
from watchword.protocol.origin import parse_origin
from watchword.providers.errors import EnrolmentCancelled, SignInNotOffered

HOST = "login.kalos.ch"
ADDRESS = f"https://{HOST}/authorise?state=x"


def enrol_link() -> str:
    return str(
        EnrolLink(
            origin=parse_origin(f"https://{HOST}"),
            id="AAAAAAAAAAAAAAAAAAAAAA",
            key=bytes(20),
            fingerprint=bytes(32),
            expires=int(SystemClock().now()) + 600,
        )
    )


@dataclass
class ScriptedSignIn:
    """Comes back from the browser when the test says so."""

    host: str = HOST
    steps: list[str] = field(default_factory=list)
    waited_for: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    fail_at: dict[str, Exception] = field(default_factory=dict)

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.fail_at:
            raise self.fail_at.pop(name)

    def begin(self) -> str:
        self._step("begin")
        return ADDRESS

    def wait(self) -> str:
        self.waited_for.set()
        self.answered.wait(10)
        if "cancel" in self.steps:
            self.steps.append("ended")
            raise EnrolmentCancelled("The linking was stopped")
        self._step("wait")
        return enrol_link()

    def cancel(self) -> None:
        self.steps.append("cancel")
        self.answered.set()

    def close(self) -> None:
        self.steps.append("close")


@pytest.fixture
def signing_in(outside: Outside) -> ScriptedSignIn:
    outside.signing_in = one = ScriptedSignIn()
    return one


def go_to_browser(pages: AddPages, typed: str = HOST) -> None:
    pages.open_sign_in()
    pages.address_page.address.set_text(typed)
    pages.address_page.button.click()
    pages.preview_page.device_name.set_text("Ana’s desktop")
    pages.preview_page.confirm_button.click()


def test_the_server_is_shown_and_asked_about_before_it_is_contacted(
    pages: AddPages, outside: Outside, signing_in: ScriptedSignIn
) -> None:
    pages.open_sign_in()
    page = pages.address_page
    page.address.set_text("Login.Kalos.CH/sign-in")
    assert page.remark.text() == f"The server is {HOST}"
    assert page.notices.isHidden()
    page.button.click()
    assert pages.preview_page.heading() == f"Link this computer to {HOST}?"
    assert pages.asks
    assert (outside.signed_in_with, signing_in.steps, outside.opened) == ([], [], [])


def test_from_the_address_to_done(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    signing_in: ScriptedSignIn,
    linking: ScriptedLinking,
) -> None:
    go_to_browser(pages)
    page = pages.browser_page
    qtbot.waitUntil(lambda: outside.opened == [ADDRESS])
    assert page.heading.text() == "Go on in your browser"
    assert pages.asks
    assert not pages.takes_data
    assert outside.signed_in_with == [(f"https://{HOST}", "Ana’s desktop")]
    page.open_button.click()
    assert outside.opened == [ADDRESS, ADDRESS]
    signing_in.answered.set()
    qtbot.waitUntil(pages.linking_page.code.isVisible)
    assert outside.linked_with == [(enrol_link(), "Ana’s desktop")]
    qtbot.waitUntil(lambda: "close" in signing_in.steps)
    linking.accepted.set()
    qtbot.waitUntil(pages.linking_page.done_button.isVisible)
    pages.linking_page.done_button.click()
    assert outside.closed == [(linking.account.id,)]


def test_what_is_typed_is_judged_while_it_is_typed(qtbot: QtBot, pages: AddPages) -> None:
    pages.open_sign_in()
    page = pages.address_page
    assert not page.button.isEnabled()
    page.address.set_text("http://login.kalos.ch")
    assert page.remark.isHidden()  # it may not be finished
    qtbot.waitUntil(page.remark.isVisible)
    assert "Plain http is used only for this computer" in page.remark.text()
    assert "Plain http is used only" in page.address.edit.accessibleDescription()
    page.button.click()
    assert pages.currentWidget() is page
    page.address.set_text("http://login.kalos.ch.")
    assert page.remark.isVisible()  # it is wrong still
    page.address.set_text("192.168.1.5")
    assert page.remark.text() == "The server is 192.168.1.5"  # what is put right, at once
    assert page.notices.text() == "The server is on a local network."
    page.address.set_text("192.168.1.5@")
    assert page.remark.isHidden()  # no other server than the typed one is named
    page.address.set_text("")
    assert page.remark.isHidden()
    assert page.notices.isHidden()


def test_where_there_is_no_browser_the_address_can_be_copied(
    qtbot: QtBot, pages: AddPages, outside: Outside, signing_in: ScriptedSignIn
) -> None:
    outside.has_browser = False
    go_to_browser(pages)
    page = pages.browser_page
    qtbot.waitUntil(lambda: "No browser could be opened" in page.notice.text())
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == ADDRESS


@pytest.mark.parametrize(
    ("step", "error", "said"),
    [
        (
            "begin",
            SignInNotOffered("x offers no sign-in", "It answered with 404", "Check it"),
            "404",
        ),
        ("wait", SignInRefused(denied=True), "No was chosen"),
    ],
)
def test_a_failure_says_why_and_can_be_tried_again(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    signing_in: ScriptedSignIn,
    step: str,
    error: Exception,
    said: str,
) -> None:
    signing_in.fail_at[step] = error
    signing_in.answered.set()
    go_to_browser(pages)
    page = pages.browser_page
    qtbot.waitUntil(lambda: said in page.notice.text())
    assert page.heading.text() == "This computer was not linked"
    assert outside.linked_with == []
    outside.signing_in = again = ScriptedSignIn()
    page.again_button.click()
    qtbot.waitUntil(again.waited_for.is_set)
    assert outside.signed_in_with == [(f"https://{HOST}", "Ana’s desktop")] * 2


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput("This code has expired", "It was valid for ten minutes"),
        NotDecided(),
    ],
    ids=["expired", "not decided"],
)
def test_a_link_that_cannot_be_used_is_told(
    qtbot: QtBot,
    pages: AddPages,
    signing_in: ScriptedSignIn,
    monkeypatch: pytest.MonkeyPatch,
    error: KnownError,
) -> None:
    def refused(link: str, device_name: str) -> ScriptedLinking:
        raise error

    monkeypatch.setattr(pages, "_link", refused)
    signing_in.answered.set()
    go_to_browser(pages)
    qtbot.waitUntil(lambda: error.title in pages.browser_page.notice.text())


@pytest.mark.parametrize(
    ("end", "after"),
    [
        (lambda pages: pages.browser_page.cancel_button.click(), "preview_page"),
        (lambda pages: pages.browser_page.back_pressed.emit(), "preview_page"),
        (lambda pages: pages.leave(), "_nothing"),
    ],
    ids=["cancel", "back", "lock"],
)
def test_leaving_stops_the_listening(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    signing_in: ScriptedSignIn,
    end: Callable[[AddPages], None],
    after: str,
) -> None:
    go_to_browser(pages)
    qtbot.waitUntil(signing_in.waited_for.is_set)
    end(pages)
    qtbot.waitUntil(lambda: "close" in signing_in.steps)
    assert signing_in.steps == ["begin", "cancel", "ended", "close"]
    assert outside.linked_with == []
    assert pages.currentWidget() is getattr(pages, after)


def test_by_keyboard_alone_forth_and_back(
    qtbot: QtBot, pages: AddPages, outside: Outside, signing_in: ScriptedSignIn
) -> None:
    pages.open_scan()
    pages.activateWindow()
    qtbot.waitUntil(pages.isActiveWindow)

    def press(key: Qt.Key, at: QWidget | None = None) -> None:
        qtbot.keyClick(at or pages.focusWidget(), key)

    pages.scan_page.sign_in_button.setFocus()
    press(Qt.Key.Key_Space)
    field_ = pages.address_page.address.edit
    qtbot.waitUntil(field_.hasFocus)
    qtbot.keyClicks(field_, HOST)
    press(Qt.Key.Key_Return)
    assert pages.currentWidget() is pages.preview_page
    press(Qt.Key.Key_Escape, pages.preview_page)
    assert pages.currentWidget() is pages.address_page
    assert pages.address_page.address.text() == HOST
    press(Qt.Key.Key_Return, field_)
    pages.preview_page.confirm_button.setFocus()
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: outside.opened == [ADDRESS])
    press(Qt.Key.Key_Escape, pages.browser_page)
    assert pages.currentWidget() is pages.preview_page
    press(Qt.Key.Key_Escape, pages.preview_page)
    press(Qt.Key.Key_Escape, pages.address_page)
    assert pages.currentWidget() is pages.scan_page
    assert pages.address_page.address.text() == ""


def test_the_form_is_left_for_where_it_was_opened(pages: AddPages, outside: Outside) -> None:
    """Also after a look at the preview."""
    pages.open_manual()
    pages.manual_page.secret.set_text("JBSWY3DPEHPK3PXPJBSWY3DP")
    pages.manual_page.service.set_text("Kalos")
    pages.manual_page.button.click()
    pages.preview_page.cancel_button.click()
    assert pages.currentWidget() is pages.manual_page
    pages.manual_page.back_pressed.emit()
    assert outside.closed == [()]
