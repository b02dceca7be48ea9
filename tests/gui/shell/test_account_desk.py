"""Edit, remove, undo, restore, backup codes: on the screen, and in the vault on disk."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from open_session import NOW, PASSWORD, QuietServer, open_session, sample_vault
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QPdfWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from sample_accounts import CODES, sample_accounts

from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
from watchword.desktop.accounts.edit_page import EditPage, read_tags
from watchword.desktop.accounts.printing import can_print, put_on, sheet
from watchword.desktop.accounts.remove_page import RemovePage
from watchword.desktop.accounts.trash_page import TrashPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.errors import RemoteError
from watchword.otp.code import code_at
from watchword.otp.parameters import OtpType, of_one_shape
from watchword.vault import Account, LockedVault, OpenVault
from watchword.vault.account import ServerLink

KALOS, GITHUB = (f"a{number}".rjust(16, "0") for number in (1, 2))


class Kalos(QuietServer):
    """A server that is told, or cannot be."""

    def __init__(self) -> None:
        self.reachable = True
        self.unlinked: list[str] = []

    def unlink(self, link: ServerLink) -> None:
        if not self.reachable:
            raise RemoteError("The server cannot be reached", "It does not answer")
        self.unlinked.append(link.device_id)


@pytest.fixture
def kalos() -> Kalos:
    return Kalos()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def vault(path: Path) -> OpenVault:
    return sample_vault(path)


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, vault: OpenVault, kalos: Kalos
) -> Iterator[Session]:
    with open_session(qapp, window, vault, kalos) as made:
        yield made


def on_disk(path: Path) -> tuple[list[Account], list[Account]]:
    """Return the accounts and the trash that a restart would find."""
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock(time=NOW))
    found = list(vault.accounts), [trashed.entry.account for trashed in vault.trash]
    vault.lock()
    return found


def titles(session: Session) -> list[str]:
    model = session.place.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def edit_page(qtbot: QtBot, window: MainWindow, session: Session) -> EditPage:
    """Open GitHub's page as the keyboard does."""
    session.place.select(GITHUB)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    page = window.page
    assert isinstance(page, EditPage)
    return page


def test_ctrl_f_searches_where_the_accounts_are_and_the_other_keys_work_only_there(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    page = edit_page(qtbot, window, session)
    for key in (Qt.Key.Key_F, Qt.Key.Key_N, Qt.Key.Key_H, Qt.Key.Key_Comma):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.page is page
    session.show_accounts()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert session.place.list.search.edit.hasFocus()


def codes_page(qtbot: QtBot, window: MainWindow, session: Session) -> BackupCodesPage:
    """Open the backup codes of Kalos, which asks for the password."""
    session.accounts.open_codes(KALOS)
    asked = window.page
    assert isinstance(asked, PasswordAgainPage)
    asked.password.set_text(PASSWORD)
    asked.button.click()
    qtbot.waitUntil(lambda: isinstance(window.page, BackupCodesPage))
    page = window.page
    assert isinstance(page, BackupCodesPage)
    return page


def unwritable(path: Path) -> None:
    """Let no save succeed any more: a folder stands where the next file would be locked."""
    path.with_name("vault.lock").unlink(missing_ok=True)
    path.with_name("vault.lock").mkdir()


def test_what_is_edited_is_shown_and_saved(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = edit_page(qtbot, window, session)
    page.service.set_text("GitHub \u202eEnterprise")
    page.tags.set_text("work, ,Café,work ")
    page.note.set_text("First line\nSecond line")
    qtbot.keyClick(page.favourite, Qt.Key.Key_Space)
    qtbot.keyClick(page.account.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is session.place)
    assert window.said() == "Saved"
    assert titles(session) == ["Kalos Club", "GitHub Enterprise", "privacyIDEA · Uni Basel"]
    kept = next(account for account in on_disk(path)[0] if account.id == GITHUB)
    assert (kept.issuer, kept.tags, kept.note, kept.favourite) == (
        "GitHub Enterprise",
        ("work", "Café"),
        "First line\nSecond line",
        True,
    )


def test_a_new_pin_is_taken_once_it_can_be_one(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    old = of_one_shape(OtpType.MOTP, bytes.fromhex("e3152afee62599c8"), "1234")
    site = replace(sample_accounts()[1], id=f"{9:0>16}", issuer="Site", otp=old)
    session._vault.add([site])
    session._take_accounts(session._vault.accounts)
    session.accounts.edit(site.id)
    page = window.page
    assert isinstance(page, EditPage)
    assert page.pin is not None
    assert page.pin.text() == ""  # the old one is part of the secret, and shown nowhere here
    assert page.pin.edit.echoMode() is QLineEdit.EchoMode.Password
    assert page.may_leave()
    for wrong in ("12 34", "ünsicher", "1" * 65):
        page.pin.set_text(wrong)
        assert "PIN" in page.pin.edit.accessibleDescription()
        page.button.click()
        assert window.page is page
        assert page.button.isEnabled()
    assert not page.may_leave()
    page.pin.set_text(" 98-76 ")
    assert page.pin.edit.accessibleDescription() == ""
    qtbot.keyClick(page.pin.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is session.place)
    kept = next(account for account in on_disk(path)[0] if account.id == site.id)
    assert kept == replace(site, otp=replace(old, pin="98-76"))
    row = session.place.model.row_of(site.id)
    assert row is not None
    assert row.plain_code == code_at(replace(old, pin="98-76"), NOW).value


def test_an_account_without_a_pin_has_no_field_for_one(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    assert edit_page(qtbot, window, session).pin is None


def test_tags_are_told_apart_by_commas() -> None:
    assert read_tags("") == ()
    assert read_tags(" a b ,c,, a b,") == ("a b", "c")


def test_leaving_with_changes_is_asked_once(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = edit_page(qtbot, window, session)
    page.note.set_text("half a thought")
    page.bar.back_button.click()
    assert window.page is page
    assert page.notice.text().startswith("Your changes are not saved")
    page.bar.back_button.click()
    assert window.page is session.place
    page = edit_page(qtbot, window, session)
    assert page.note.text() == ""
    page.bar.back_button.click()
    assert window.page is session.place


def test_escape_goes_back_as_the_arrow_does(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    page = edit_page(qtbot, window, session)
    page.note.set_text("half a thought")
    qtbot.keyClick(page.note.edit, Qt.Key.Key_Escape)
    assert page.notice.text().startswith("Your changes are not saved")
    qtbot.keyClick(page.service.edit, Qt.Key.Key_Escape)
    assert window.page is session.place


def test_too_long_and_nameless_are_refused_and_what_was_typed_stays(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = edit_page(qtbot, window, session)
    page.service.set_text("x" * 257)
    page.button.click()
    qtbot.waitUntil(lambda: "too long" in page.notice.text())
    assert page.service.text() == "x" * 257
    page.service.set_text("")
    page.account.set_text("  ")
    page.button.click()
    assert page.notice.text().startswith("The account needs a name")
    assert on_disk(path)[0][1].issuer == "GitHub"


def test_an_edit_that_is_not_saved_is_not_shown_as_if(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path, vault: OpenVault
) -> None:
    page = edit_page(qtbot, window, session)
    unwritable(path)
    page.service.set_text("Gitea")
    page.button.click()
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not saved"))
    assert vault.accounts[1].issuer == "GitHub"
    assert page.service.text() == "Gitea"


def test_an_edit_leaves_alone_what_changed_meanwhile(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = edit_page(qtbot, window, session)
    other = LockedVault(path).unlock(PASSWORD, clock=FakeClock(time=NOW))
    other.replace(replace(other.accounts[1], note="from elsewhere"))
    other.save()
    other.lock()
    page.service.set_text("Gitea")
    page.button.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    kept = on_disk(path)[0][1]
    assert (kept.issuer, kept.note) == ("Gitea", "from elsewhere")


def test_delete_can_be_undone_and_the_account_returns_to_its_place(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    session.place.select(GITHUB)
    qtbot.keyClick(session.place.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: window.said() == "GitHub is in the trash")
    assert titles(session) == ["Kalos Club", "privacyIDEA · Uni Basel"]
    assert session.place.list.trash_button.isVisible()
    # The keyboard goes on where it was.
    assert session.place.selected_id() == "a3".rjust(16, "0")
    accounts, trash = on_disk(path)
    assert [account.id for account in trash] == [GITHUB]
    word = window._toast.action
    assert word.text() == "Undo"
    QTest.mouseClick(word, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(titles(session)) == 3)
    qtbot.waitUntil(lambda: session.place.selected_id() == GITHUB)
    accounts, trash = on_disk(path)
    assert [account.issuer for account in accounts] == [
        "Kalos Club",
        "GitHub",
        "privacyIDEA · Uni Basel",
    ]
    assert trash == []
    assert not session.place.list.trash_button.isVisible()


def test_undo_by_key_and_not_after_locking(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    session.accounts.remove(GITHUB)
    qtbot.waitUntil(lambda: window.said() == "GitHub is in the trash")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(titles(session)) == 3)
    session.accounts.remove(GITHUB)
    qtbot.waitUntil(lambda: window.said() == "GitHub is in the trash")
    window.take_back_offer()
    assert window.said() == ""
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(titles(session)) == 2


def test_a_removal_that_is_not_saved_leaves_the_account_where_it_was(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path, vault: OpenVault
) -> None:
    unwritable(path)
    session.accounts.remove(GITHUB)
    qtbot.waitUntil(lambda: session.notices.notice.text().startswith("Not saved"))
    assert [account.id for account in vault.accounts][1] == GITHUB
    assert len(titles(session)) == 3
    assert vault.trash == ()


def test_the_trash_gives_back_what_was_removed(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = edit_page(qtbot, window, session)
    page.remove_button.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    session.place.list.trash_button.click()
    trash = window.page
    assert isinstance(trash, TrashPage)
    (button,) = trash.buttons()
    qtbot.waitUntil(button.hasFocus)
    assert button.accessibleName() == "Restore GitHub"
    (removed,) = session.accounts._removed()
    assert removed.account == "ana-ferrer"
    assert removed.about.startswith("removed today")
    assert removed.about.endswith("30 days left")
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is session.place)
    assert len(titles(session)) == 3
    assert on_disk(path)[1] == []


def test_the_server_is_told_before_a_linked_account_goes(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path, kalos: Kalos
) -> None:
    kalos.reachable = False
    session.accounts.remove(KALOS)
    page = window.page
    assert isinstance(page, RemovePage)
    assert not page.here_button.isVisible()
    page.button.click()
    qtbot.waitUntil(page.here_button.isVisible)
    assert "The server was not told" in page.notice.text()
    assert len(on_disk(path)[0]) == 3
    kalos.reachable = True
    page.button.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    assert kalos.unlinked == ["device-1"]
    assert window.said() == "Unlinked. Kalos Club is in the trash"
    assert not window._toast.action.isVisible()
    (trashed,) = on_disk(path)[1]
    assert trashed.link is not None
    assert trashed.link.state == "revoked"


def test_here_only_removes_without_a_server(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path, kalos: Kalos
) -> None:
    kalos.reachable = False
    session.accounts.remove(KALOS)
    page = window.page
    assert isinstance(page, RemovePage)
    page.button.click()
    qtbot.waitUntil(page.here_button.isVisible)
    page.here_button.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    assert kalos.unlinked == []
    (trashed,) = on_disk(path)[1]
    assert trashed.link is not None
    assert trashed.link.state == "active"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_a_row_is_reached_by_mouse_and_by_key(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    view = session.place.list.view
    session.place.select(KALOS)
    view.contextMenuEvent(
        QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    )
    menu = view.findChild(QMenu)
    assert menu is not None
    names = [action.text() for action in menu.actions() if action.text()]
    assert names == [
        "Copy code\tEnter",
        "Copy next code\tShift+Enter",
        "Edit…\tCtrl+E",
        "No favourite any more\tCtrl+D",
        "Backup codes…",
        "Server and device…",
        "History…",
        "Show as a QR code…",
        "Move to the trash\tDel",
    ]
    next(each for each in menu.actions() if "favourite" in each.text()).trigger()
    qtbot.waitUntil(lambda: not on_disk(path)[0][0].favourite)
    menu.close()
    QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete.value)


def test_backup_codes_are_marked_copied_and_saved_where_only_the_user_reads(
    qtbot: QtBot,
    qapp: QApplication,
    window: MainWindow,
    session: Session,
    path: Path,
    tmp_path: Path,
) -> None:
    page = codes_page(qtbot, window, session)
    fourth, fifth = CODES[3:5]
    assert page.cells[3].accessibleName() == f"{fourth}, not used"
    qtbot.keyClick(page.cells[3], Qt.Key.Key_Space)
    assert page.cells[3].accessibleName() == f"{fourth}, used"

    def used() -> tuple[str, ...]:
        link = on_disk(path)[0][0].link
        return link.used_backup_codes if link else ()

    qtbot.waitUntil(lambda: used() == (fourth,))
    page.copy_button.click()
    assert qapp.clipboard().text().split() == [code for code in CODES if code != fourth]
    file = tmp_path / "codes.txt"
    file.write_text("older")
    file.chmod(0o644)
    page._save_to(str(file))
    qtbot.waitUntil(lambda: page.notice.text().startswith("Saved"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.startswith("Backup codes of Kalos Club\n")
    assert fourth not in text
    assert fifth in text
    page._save_to(str(tmp_path / "nowhere" / "codes.txt"))
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not exported"))
    qtbot.keyClick(page.cells[3], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: used() == ())
    page.done_button.click()
    assert window.page is session.place


def test_a_mark_that_is_not_saved_is_taken_off_again(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = codes_page(qtbot, window, session)
    unwritable(path)
    page.cells[0].click()
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not saved"))
    assert not page.cells[0].isChecked()


def test_backup_codes_are_shown_again_only_after_the_password(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    session.place.codes_asked.emit(KALOS)
    asked = window.page
    assert isinstance(asked, PasswordAgainPage)
    asked.password.set_text("not the password")
    asked.button.click()
    qtbot.waitUntil(lambda: "wrong" in asked.notice.text())
    assert window.page is asked
    asked.back_pressed.emit()
    assert window.page is session.place
    # Those that came with a new link are shown by themselves.
    assert session.accounts.open_codes(KALOS, fresh=True)
    assert isinstance(window.page, BackupCodesPage)


def test_backup_codes_are_never_written_over_the_vault(
    qtbot: QtBot, window: MainWindow, session: Session, path: Path
) -> None:
    page = codes_page(qtbot, window, session)
    before = path.read_bytes()
    page._save_to(str(path))
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not exported"))
    assert path.read_bytes() == before


def test_codes_that_are_all_used_are_not_given_out(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    page = codes_page(qtbot, window, session)
    for cell in page.cells:
        cell.click()
    assert not page.copy_button.isEnabled()
    assert not page.save_button.isEnabled()
    assert not page.print_button.isEnabled()
    page.cells[0].click()
    assert page.print_button.isEnabled()


def test_a_printed_sheet_holds_the_codes_that_are_left_and_no_markup_of_the_server(
    tmp_path: Path,
) -> None:
    service = "Kalos <b>Club</b>"
    made = sheet(service, "ana@kalos.ch", CODES[1:])
    text = made.toPlainText()
    assert text.startswith(f"Backup codes of {service}\nana@kalos.ch\n")
    assert CODES[0] not in text
    assert all(code in text for code in CODES[1:])
    file = tmp_path / "sheet.pdf"
    put_on(QPdfWriter(str(file)), made)
    assert file.read_bytes().startswith(b"%PDF")
    assert made.pageCount() == 1


@pytest.mark.skipif(not can_print(), reason="this Qt does not print")
def test_the_printers_dialog_prints_the_sheet(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    page = codes_page(qtbot, window, session)
    page.print_button.click()
    (dialog,) = page.findChildren(QPrintDialog)
    file = tmp_path / "sheet.pdf"
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(file))
    dialog.done(QPrintDialog.DialogCode.Accepted)
    qtbot.waitUntil(file.exists)
    assert file.read_bytes().startswith(b"%PDF")
    assert page.notice.text().startswith("Given to the printer")
