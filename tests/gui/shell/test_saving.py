"""Saves that meet something else on disk: a person is asked, and is never stuck or robbed."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from vaults import hotp, totp

from watchword.desktop.accounts.edit_page import EditPage
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.copies_page import CopiesPage
from watchword.desktop.unlock.rejoin_page import RejoinPage
from watchword.desktop.unlock.replaced_page import ReplacedPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.unsaved_page import UnsavedPage
from watchword.vault import CHEAPEST, HistoryEntry, LockedVault, OpenVault, create_vault, durable
from watchword.vault.slots import change_password

PASSWORD = "four words or so"
NEW = "another four words"
T = TypeVar("T")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path, clock: FakeClock) -> Iterator[Desktop]:
    running = Desktop(qapp, path, clock=clock, cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.may_close = lambda: True
    running.window.close()
    running.window.deleteLater()


@pytest.fixture
def session(qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock) -> Session:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    for issuer in ("Kalos Club", "GitHub"):
        vault.add([totp(issuer)])
        vault.save()
    vault.lock()
    desktop.start()
    return unlock(qtbot, desktop, PASSWORD)


def unlock(qtbot: QtBot, desktop: Desktop, password: str) -> Session:
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(password)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def elsewhere(path: Path, password: str = PASSWORD) -> OpenVault:
    return LockedVault(path).unlock(password, clock=FakeClock())


def change_elsewhere(path: Path, *, issuer: str = "Added elsewhere") -> None:
    """Change the password and add an account, as another process."""
    other = elsewhere(path)
    other.add([totp(issuer)])
    change_password(other, NEW, FakeClock(), cost=CHEAPEST)
    other.lock()


def on_disk(path: Path, password: str = PASSWORD) -> dict[str, str]:
    vault = elsewhere(path, password)
    found = {account.issuer: account.note for account in vault.accounts}
    vault.lock()
    return found


def edit(qtbot: QtBot, desktop: Desktop, session: Session, note: str = "Kept") -> EditPage:
    session.accounts.edit(session._accounts[0].id)
    page = desktop.window.page
    assert isinstance(page, EditPage)
    page.note.set_text(note)
    page.button.click()
    return page


def shown(qtbot: QtBot, desktop: Desktop, kind: type[T]) -> T:
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, kind))
    page = desktop.window.page
    assert isinstance(page, kind)
    return page


def texts(page: ReplacedPage) -> list[str]:
    return [label.text() for label in page.findChildren(Label) if label.isVisible()]


class FullDisk:
    """Lets every save fail, until there is room again."""

    def __init__(self) -> None:
        self.patch = pytest.MonkeyPatch()

    def __enter__(self) -> Self:
        def fail(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        self.patch.setattr(durable, "settle_file", fail)
        return self

    def make_room(self) -> None:
        self.patch.undo()

    def __exit__(self, *_: object) -> None:
        self.patch.undo()


def test_a_backup_that_fails_is_told_at_once(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    backups = path.parent / "backups"
    for each in backups.iterdir():
        each.unlink()
    backups.rmdir()
    backups.write_text("not a folder")
    edit(qtbot, desktop, session)
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert on_disk(path)["Kalos Club"] == "Kept"
    assert session.notices.notice.isVisible()
    assert "its backup could not be written" in session.notices.notice.text()
    assert session._vault.take_notices() == ()


# The password was changed elsewhere ----------------------------------------------------------
def test_a_changed_password_is_asked_for_and_the_change_is_saved_with_theirs(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path, clock: FakeClock
) -> None:
    change_elsewhere(path)
    edit(qtbot, desktop, session)
    page = shown(qtbot, desktop, RejoinPage)
    for pause in (0, 0, 1):
        page.password.clear()
        qtbot.keyClicks(page.password.edit, PASSWORD)
        qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "wrong" in page.notice.text())
        clock.advance(pause)
        qtbot.waitUntil(page.button.isEnabled)
    page.password.clear()
    qtbot.keyClicks(page.password.edit, NEW)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert desktop.window.said() == "Saved"
    assert on_disk(path, NEW) == {"Kalos Club": "Kept", "GitHub": "", "Added elsewhere": ""}
    assert session.place.model.rowCount() == 3
    assert not session.saves.unsaved


def test_who_does_not_know_the_new_password_goes_back_and_what_was_typed_is_there(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    change_elsewhere(path)
    editing = edit(qtbot, desktop, session)
    qtbot.keyClick(shown(qtbot, desktop, RejoinPage), Qt.Key.Key_Escape)
    assert desktop.window.page is editing
    assert editing.note.text() == "Kept"
    assert "Not saved" in editing.notice.text()
    editing.button.click()
    page = shown(qtbot, desktop, RejoinPage)
    page.password.set_text(NEW)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert on_disk(path, NEW)["Kalos Club"] == "Kept"


def test_what_happens_by_itself_does_not_put_a_page_over_what_a_person_does(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path, clock: FakeClock
) -> None:
    change_elsewhere(path)
    entry = HistoryEntry(
        at=clock.now(),
        account_id="",
        service="Kalos Club",
        account="",
        decision="deny",
        result="denied",
        request_id="r1",
    )

    def record() -> None:
        session._vault.record(entry)
        session._vault.save()

    session.saves.run(record, again=session._vault.save, quiet=True)
    qtbot.waitUntil(session.notices.notice.isVisible)
    assert desktop.window.page is session.place
    assert session.notices.notice.action.text() == "Try again"
    session.notices.notice.action.click()
    page = shown(qtbot, desktop, RejoinPage)
    page.password.set_text(NEW)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place and not session.saves.unsaved)
    vault = elsewhere(path, NEW)
    assert [e.service for e in vault.history] == ["Kalos Club"]
    vault.lock()
    assert not session.notices.notice.isVisible()


# Something else lies there ---------------------------------------------------------------------
def deleted(path: Path) -> None:
    path.unlink()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def older(path: Path) -> None:
    path.write_bytes(path.with_name("vault.bak").read_bytes())


def another(path: Path) -> None:
    other = path.parent.parent / "other" / "vault"
    vault, _ = create_vault(other, NEW, recovery_key=False, cost=CHEAPEST, clock=FakeClock())
    vault.lock()
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize(
    ("happen", "reason", "found"),
    [
        (deleted, "There is no vault on disk any more.", "No vault is there"),
        (damaged, "The vault on disk is damaged", "Damaged: no password opens it"),
        (older, "An older copy of the vault lies in its place.", "1 account · saved today"),
        (another, "Another vault lies in its place.", "0 accounts · saved today"),
    ],
)
def test_what_is_open_is_kept_and_what_was_on_disk_is_put_among_the_backups(
    qtbot: QtBot,
    desktop: Desktop,
    session: Session,
    path: Path,
    happen: Callable[[Path], None],
    reason: str,
    found: str,
) -> None:
    happen(path)
    lay_there = path.read_bytes() if path.exists() else None
    edit(qtbot, desktop, session)
    page = shown(qtbot, desktop, ReplacedPage)
    assert any(text.startswith(reason) for text in texts(page))
    assert any(text.startswith(found) for text in texts(page))
    assert "2 accounts, with your latest changes" in texts(page)
    page.keep.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert on_disk(path) == {"Kalos Club": "Kept", "GitHub": ""}
    aside = [f for f in (path.parent / "backups").iterdir() if f.name.startswith("set-aside")]
    assert [f.read_bytes() for f in aside] == ([] if lay_there is None else [lay_there])


def test_what_is_on_disk_is_used_after_a_warning(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    another(path)
    lay_there = path.read_bytes()
    edit(qtbot, desktop, session)
    page = shown(qtbot, desktop, ReplacedPage)
    assert not page.give_up.isVisible()
    page.use_disk.click()
    assert any(
        text.startswith("Your changes since the last save are lost") for text in texts(page)
    )
    page.rather_not.click()
    assert page.keep.isVisible()
    page.use_disk.click()
    page.give_up.click()
    assert isinstance(desktop.window.page, UnlockPage)
    assert desktop.session is None
    assert path.read_bytes() == lay_there
    unlock(qtbot, desktop, NEW)


def test_a_deleted_vault_that_is_given_up_leads_to_its_copies(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    deleted(path)
    edit(qtbot, desktop, session)
    page = shown(qtbot, desktop, ReplacedPage)
    assert page.use_disk.text() == "Lock, and look for a copy"
    page.use_disk.click()
    page.give_up.click()
    assert isinstance(desktop.window.page, CopiesPage)


def test_a_password_changed_before_the_vault_was_replaced_leads_from_one_question_to_the_other(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    change_elsewhere(path)
    edit(qtbot, desktop, session)
    page = shown(qtbot, desktop, RejoinPage)
    another(path)
    page.password.set_text(NEW)
    page.button.click()
    shown(qtbot, desktop, ReplacedPage).keep.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert on_disk(path)["Kalos Club"] == "Kept"


# It cannot be written --------------------------------------------------------------------------
def test_a_save_that_fails_can_be_tried_again_from_its_notice(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    first = session._accounts[0].id
    with FullDisk() as disk:
        session.accounts.set_favourite(first)
        qtbot.waitUntil(session.notices.notice.isVisible)
        assert "Not saved" in session.notices.notice.text()
        disk.make_room()
        session.notices.notice.action.setFocus()
        qtbot.keyClick(session.notices.notice.action, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: session._accounts[0].favourite)
    assert not session.notices.notice.isVisible()
    vault = elsewhere(path)
    assert vault.accounts[0].favourite
    vault.lock()


def test_a_counter_code_is_not_shown_before_its_counter_is_saved(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    account = hotp("Router")
    vault.add([account])
    vault.save()
    vault.lock()
    desktop.start()
    session = unlock(qtbot, desktop, PASSWORD)

    def code() -> str:
        row = session.place.model.row_of(account.id)
        assert row is not None
        return row.plain_code

    with FullDisk() as disk:
        session.place.new_code_asked.emit(account.id)
        qtbot.waitUntil(session.notices.notice.isVisible)
        assert "Not saved" in session.notices.notice.text()
        assert code() == ""
        disk.make_room()
        session.notices.notice.action.click()
        qtbot.waitUntil(lambda: code() == "755224")  # RFC 4226 appendix D: of counter 0
    other = elsewhere(path)
    assert [each.otp.counter for each in other.accounts if each.otp] == [1]
    other.lock()


def unsaved(session: Session) -> None:
    """Leave something in memory, as an answer's line of history that could not be saved."""
    session._vault.replace(replace(session._vault.accounts[0], note="Not yet"))


def test_locking_says_first_what_would_be_lost(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    with FullDisk() as disk:
        unsaved(session)
        session.leaving.ask_to_lock()
        page = shown(qtbot, desktop, UnsavedPage)
        assert "The disk is full" in page.notice.text()
        qtbot.keyClick(page, Qt.Key.Key_Escape)
        assert desktop.window.page is session.place
        session.leaving.ask_to_lock()
        page = shown(qtbot, desktop, UnsavedPage)
        disk.make_room()
        page.again.click()
        qtbot.waitUntil(lambda: not session.saves.unsaved)
    assert desktop.window.page is session.place
    assert on_disk(path)["Kalos Club"] == "Not yet"
    session.leaving.ask_to_lock()
    assert isinstance(desktop.window.page, UnlockPage)


def test_what_is_given_up_knowingly_is_not_told_again(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    with FullDisk():
        unsaved(session)
        session.leaving.ask_to_lock()
        shown(qtbot, desktop, UnsavedPage).leave.click()
        assert isinstance(desktop.window.page, UnlockPage)
        notice = desktop.window.page.findChild(Notice)
        unlock(qtbot, desktop, PASSWORD)
    assert notice is not None
    assert on_disk(path)["Kalos Club"] == ""


def test_a_change_that_is_still_being_saved_is_waited_for(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    edit(qtbot, desktop, session)
    session.leaving.ask_to_lock()
    shown(qtbot, desktop, UnlockPage)
    assert on_disk(path)["Kalos Club"] == "Kept"


def test_locked_when_nobody_is_there_it_saves_what_it_can_and_tells_what_it_could_not(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    unsaved(session)
    desktop._auto_lock.lock_asked.emit()
    assert isinstance(desktop.window.page, UnlockPage)
    qtbot.waitUntil(lambda: on_disk(path)["Kalos Club"] == "Not yet")
    again = unlock(qtbot, desktop, PASSWORD)
    with FullDisk():
        again._vault.replace(replace(again._vault.accounts[1], note="Lost"))
        desktop._auto_lock.lock_asked.emit()
        page = shown(qtbot, desktop, UnlockPage)
        notice = page.findChild(Notice)
        assert notice is not None
        qtbot.waitUntil(notice.isVisible)
        assert notice.text().startswith("Not everything was saved before it was locked")
        assert "The disk is full" in notice.text()


def test_a_question_that_waits_is_told_when_nobody_answers_before_it_locks(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    change_elsewhere(path)
    edit(qtbot, desktop, session)
    shown(qtbot, desktop, RejoinPage)
    session.leaving.ask_to_lock()
    page = shown(qtbot, desktop, UnsavedPage)
    page.again.click()
    shown(qtbot, desktop, RejoinPage)
    desktop._auto_lock.lock_asked.emit()
    locked = shown(qtbot, desktop, UnlockPage)
    notice = locked.findChild(Notice)
    assert notice is not None
    qtbot.waitUntil(lambda: "changed meanwhile" in notice.text())


def test_closing_the_window_says_first_what_would_be_lost(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    with FullDisk():
        unsaved(session)
        assert not desktop.window.close()
        page = shown(qtbot, desktop, UnsavedPage)
        assert page.leave.text() == "Quit without saving"
        assert desktop.window.isVisible()
        page.leave.click()
        assert not desktop.window.isVisible()


def test_closing_the_window_saves_first_what_can_be_saved(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    unsaved(session)
    assert not desktop.window.close()
    qtbot.waitUntil(lambda: not desktop.window.isVisible())
    assert on_disk(path)["Kalos Club"] == "Not yet"
