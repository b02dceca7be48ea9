"""The history in the window: the ways to it, how long it is kept, and written to a file."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from login_requests import login_request
from open_session import NOW, PASSWORD, QuietServer, open_session, sample_vault
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.history.keeping_page import KeepingPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result
from watchword.vault import HistoryEntry, LockedVault, OpenVault, history
from watchword.vault.account import ServerLink
from watchword.vault.limits import DAY

KALOS, BASEL = (f"a{number}".rjust(16, "0") for number in (1, 3))
T = TypeVar("T")


class Kalos(QuietServer):
    """A server at which logins wait as it is told."""

    def __init__(self) -> None:
        self.waiting: tuple[LoginRequest, ...] = ()

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
        return Answer(id=request.id, result=Result.DENIED)


def answer(days_ago: float, account_id: str = KALOS) -> HistoryEntry:
    return HistoryEntry(
        at=NOW - days_ago * DAY,
        account_id=account_id,
        service="=Kalos Club",
        account="ana",
        place="Zürich",
        decision="deny",
        result="denied",
        request_id=f"past{days_ago}",
    )


@pytest.fixture
def kalos() -> Kalos:
    return Kalos()


@pytest.fixture
def vault(tmp_path: Path) -> OpenVault:
    made = sample_vault(tmp_path / "data" / "vault")
    for days_ago in (200, 50, 3, 2):
        made.record(answer(days_ago))
    made.record(answer(1, BASEL))
    made.save()
    return made


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, vault: OpenVault, kalos: Kalos
) -> Iterator[Session]:
    with open_session(qapp, window, vault, kalos) as made:
        yield made


def shown(qtbot: QtBot, window: MainWindow, kind: type[T]) -> T:
    qtbot.waitUntil(lambda: isinstance(window.page, kind))
    page = window.page
    assert isinstance(page, kind)
    return page


def by_key(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)


def give(qtbot: QtBot, window: MainWindow, password: str = PASSWORD) -> PasswordAgainPage:
    page = shown(qtbot, window, PasswordAgainPage)
    page.password.set_text(password)
    page.button.click()
    return page


def test_the_bell_shows_the_history_while_nothing_waits(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    session.place.list.bell.click()
    page = shown(qtbot, window, HistoryPage)
    assert len(page.model.shown) == 5
    assert window.said() == "No login request waits"
    page.bar.back_button.click()
    assert window.page is session.place


def test_a_key_shows_the_history_and_another_searches_it(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    by_key(qtbot, window, Qt.Key.Key_H)
    page = shown(qtbot, window, HistoryPage)
    by_key(qtbot, window, Qt.Key.Key_F)
    assert page.search.edit.hasFocus()


def test_the_detail_of_an_account_leads_to_all_its_answers(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    window.resize(1000, 700)
    session.place.select(BASEL)
    qtbot.waitUntil(session.place.detail.history_button.isVisible)
    session.place.detail.history_button.click()
    page = shown(qtbot, window, HistoryPage)
    assert [item.entry.account_id for item in page.model.shown] == [BASEL]


def test_an_answer_given_meanwhile_is_there(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos
) -> None:
    kalos.waiting = (login_request("r1", account_id=KALOS, issued_at=NOW, expires_at=NOW + 60),)
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: session.desk.waiting == 1)
    session.history.open()
    page = shown(qtbot, window, HistoryPage)
    session.desk._send(session.desk.watching.inbox.open[0].key, Decision.DENY, "")
    qtbot.waitUntil(lambda: len(page.model.shown) == 6)
    assert page.model.shown[0].entry.request_id == "r1"


def test_from_the_settings_one_comes_back_to_the_settings(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    session.open_settings()
    settings = shown(qtbot, window, SettingsPage)
    assert settings.texts()["history"] == "5 answers. Kept for a year."
    settings.history.click()
    page = shown(qtbot, window, HistoryPage)
    page.bar.back_button.click()
    assert window.page is settings


def test_a_shorter_time_says_what_goes_and_lets_it_go(
    qtbot: QtBot, session: Session, window: MainWindow, vault: OpenVault
) -> None:
    session.open_settings()
    settings = shown(qtbot, window, SettingsPage)
    settings.keeping.click()
    page = shown(qtbot, window, KeepingPage)
    texts = {row.span.days: row.span.text for row in page.rows}
    assert texts[30] == "Removes 2 older answers for good"
    assert texts[90] == "Removes 1 older answer for good"
    assert [row.span.days for row in page.rows if row.isChecked()] == [365]
    page.rows[1].click()
    qtbot.waitUntil(lambda: [r.span.days for r in page.rows if r.isChecked()] == [90])
    assert len(vault.history) == 4
    page.bar.back_button.click()
    assert window.page is settings
    assert settings.texts()["history"] == "4 answers. Kept for 90 days."
    again = LockedVault(vault.path).unlock(PASSWORD)
    assert (again.setting(history.DAYS_KEPT), len(again.history)) == (90, 4)
    again.lock()


def test_what_could_not_be_saved_stays_as_it_was(
    qtbot: QtBot, session: Session, window: MainWindow, vault: OpenVault
) -> None:
    vault.path.with_name("vault.lock").unlink(missing_ok=True)
    vault.path.with_name("vault.lock").mkdir()
    session.history.open_keeping()
    page = shown(qtbot, window, KeepingPage)
    page.rows[0].click()
    qtbot.waitUntil(lambda: bool(page.notice.text()))
    assert [row.span.days for row in page.rows if row.isChecked()] == [365]
    assert all(row.isEnabled() for row in page.rows)
    assert len(vault.history) == 5
    assert history.days_kept(vault.setting(history.DAYS_KEPT)) == 365


def test_it_is_exported_after_the_password_and_only_the_user_can_read_it(
    qtbot: QtBot, session: Session, window: MainWindow, tmp_path: Path
) -> None:
    session.history.open()
    page = shown(qtbot, window, HistoryPage)
    page.menu_of().actions()[0].trigger()
    (dialog,) = window.findChildren(QFileDialog, "export dialog")
    field = dialog.findChild(QLineEdit)
    assert field is not None
    target = tmp_path / "history.csv"
    field.setText(str(target))
    dialog.accept()
    asked = give(qtbot, window, "not the password")
    qtbot.waitUntil(lambda: "wrong" in asked.notice.text())
    assert not target.exists()
    asked.back_pressed.emit()
    session.history.ask_before("csv", session._vault.history, target)
    give(qtbot, window)
    qtbot.waitUntil(target.exists)
    shown(qtbot, window, HistoryPage)
    assert "exported" in page.notice.text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "'=Kalos Club" in target.read_text("utf-8-sig")


def test_json_holds_what_was_shown(
    qtbot: QtBot, session: Session, window: MainWindow, tmp_path: Path
) -> None:
    target = tmp_path / "history.json"
    session.history.open(BASEL)
    page = shown(qtbot, window, HistoryPage)
    entries = tuple(item.entry for item in page.model.shown)
    session.history.ask_before("json", entries, target)
    give(qtbot, window)
    qtbot.waitUntil(lambda: window.page is page)
    (row,) = json.loads(target.read_text())
    assert row["service"] == "=Kalos Club"


def test_the_vault_is_not_exported_over(
    qtbot: QtBot, session: Session, window: MainWindow, vault: OpenVault
) -> None:
    before = vault.path.read_bytes()
    session.history.ask_before("csv", vault.history, vault.path)
    asked = give(qtbot, window)
    qtbot.waitUntil(lambda: "Not exported" in asked.notice.text())
    assert vault.path.read_bytes() == before


def test_locking_forgets_the_question_and_the_pages(
    qtbot: QtBot, session: Session, window: MainWindow, tmp_path: Path
) -> None:
    session.history.open()
    session.history.ask_before("csv", session._vault.history, tmp_path / "late.csv")
    asked = shown(qtbot, window, PasswordAgainPage)
    asked.password.set_text(PASSWORD)
    session.history.stop()
    assert asked.password.text() == ""
    assert not (tmp_path / "late.csv").exists()
