"""What is dropped and pasted onto the window, from the list and back to the list, on a real vault."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import qr_scenes
from fake_clock import FakeClock
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from vaults import totp

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.drop_veil import DropVeil
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.otp.migration_export import export
from watchword.otp.otpauth import OtpauthEntry
from watchword.vault import CHEAPEST, LockedVault, create_vault, durable

PASSWORD = "four words or so"
LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"
BUTTONS, NO_KEYS, COPY = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.DropAction.CopyAction,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    running = Desktop(qapp, path, clock=FakeClock(), cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.may_close = lambda: True
    running.window.close()
    running.window.deleteLater()


@pytest.fixture
def session(qtbot: QtBot, desktop: Desktop, path: Path) -> Session:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock())
    vault.add([totp("GitHub")])
    vault.save()
    vault.lock()
    desktop.start()
    desktop.window.activateWindow()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def _text(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def _files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _image(text: str) -> QImage:
    picture = qr_scenes.on_table(qr_scenes.qr(text), level=255)
    rows, columns = picture.shape
    kind = QImage.Format.Format_Grayscale8
    return QImage(picture.tobytes(), columns, rows, columns, kind).copy()


def _drag(over: QWidget, data: QMimeData) -> bool:
    """Drag something into `over`; return whether the cursor says that it may be dropped."""
    entering = QDragEnterEvent(QPoint(100, 120), COPY, data, BUTTONS, NO_KEYS)
    entering.ignore()
    QApplication.sendEvent(over, entering)
    return entering.isAccepted()


def _drop(desktop: Desktop, data: QMimeData) -> None:
    assert _drag(desktop.window.beneath, data)
    moving = QDragMoveEvent(QPoint(110, 130), COPY, data, BUTTONS, NO_KEYS)
    QApplication.sendEvent(desktop.window.beneath, moving)
    assert moving.isAccepted()
    QApplication.sendEvent(
        desktop.window.beneath, QDropEvent(QPointF(110, 130), COPY, data, BUTTONS, NO_KEYS)
    )


def _veil(desktop: Desktop) -> DropVeil:
    veil = desktop.window.findChild(DropVeil)
    assert isinstance(veil, DropVeil)
    return veil


def _pages(desktop: Desktop) -> AddPages:
    page = desktop.window.page
    assert isinstance(page, AddPages)
    return page


def _preview(qtbot: QtBot, desktop: Desktop) -> AddPages:
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, AddPages))
    pages = _pages(desktop)
    # A busy computer takes its time to start the process that decodes.
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page, timeout=20_000)
    return pages


def _said(session: Session) -> str:
    return " ".join(notice.text() for notice in session.place.findChildren(Notice))


def _paste(qtbot: QtBot, desktop: Desktop) -> None:
    qtbot.waitUntil(desktop.window.isActiveWindow)
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def _issuers(path: Path) -> list[str]:
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock())
    issuers = [account.issuer for account in vault.accounts]
    vault.lock()
    return issuers


def test_a_picture_dropped_on_the_list_is_previewed_confirmed_and_in_the_vault(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "code.png"
    picture.write_bytes(qr_scenes.encoded(qr_scenes.qr(LINK)))
    _drop(desktop, _files(picture))
    pages = _preview(qtbot, desktop)
    assert _issuers(path) == ["GitHub"]
    pages.preview_page.confirm_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert _issuers(path) == ["GitHub", "Kalos"]
    assert desktop.window.said() == "Account added"


def test_an_image_dragged_from_a_browser(qtbot: QtBot, desktop: Desktop, session: Session) -> None:
    data = QMimeData()
    data.setImageData(_image(LINK))
    data.setUrls([QUrl("https://example.org/code.png")])
    _drop(desktop, data)
    assert _preview(qtbot, desktop).preview_page.heading() == "Add Kalos?"
    _drop(desktop, _text(LINK.replace("Kalos", "Orchid")))
    assert _pages(desktop).preview_page.heading() == "Add Orchid?"


def test_the_window_shows_that_it_would_take_a_drop(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    veil = _veil(desktop)
    assert not veil.isVisible()
    assert _drag(desktop.window.beneath, _text(LINK))
    assert veil.isVisible()
    assert veil.geometry() == desktop.window.rect()
    desktop.window.resize(700, 500)
    assert veil.geometry() == desktop.window.rect()
    QApplication.sendEvent(desktop.window.beneath, QDragLeaveEvent())
    assert not veil.isVisible()
    assert not _drag(desktop.window.beneath, QMimeData())
    assert not veil.isVisible()


def test_a_file_dragged_over_the_search_is_the_windows(
    desktop: Desktop, session: Session, tmp_path: Path
) -> None:
    assert _drag(session.place.list.search.edit, _files(tmp_path / "x.png"))
    assert _veil(desktop).isVisible()
    QApplication.sendEvent(desktop.window.beneath, QEvent(QEvent.Type.DragLeave))


def test_nothing_is_taken_while_locked_or_under_another_question(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    session.accounts.open_trash()
    assert not _drag(desktop.window.beneath, _text(LINK))
    QGuiApplication.clipboard().setText(LINK)
    page = desktop.window.page
    _paste(qtbot, desktop)
    assert desktop.window.page is page
    session.show_accounts()
    qtbot.keyClick(desktop.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desktop.session is None)
    assert not _drag(desktop.window.beneath, _text(LINK))
    assert desktop.window.findChild(DropVeil) is None or not _veil(desktop).isVisible()


@pytest.mark.parametrize("kind", ["link", "image"])
def test_pasting_on_the_list(qtbot: QtBot, desktop: Desktop, session: Session, kind: str) -> None:
    if kind == "link":
        QGuiApplication.clipboard().setText(f"Here it is:\n{LINK}\n")
    else:
        QGuiApplication.clipboard().setImage(_image(LINK))
    _paste(qtbot, desktop)
    assert _preview(qtbot, desktop).preview_page.heading() == "Add Kalos?"


def test_pasting_a_picture_while_the_search_has_the_keyboard(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    session.place.list.start_search()
    QGuiApplication.clipboard().setText("git")
    _paste(qtbot, desktop)
    assert session.place.list.search.text() == "git"  # a text is the field's
    QGuiApplication.clipboard().setImage(_image(LINK))
    _paste(qtbot, desktop)
    _preview(qtbot, desktop)
    assert session.place.list.search.text() == "git"


@pytest.mark.parametrize("text", [LINK, LINK.upper(), f"Here it is:\n{LINK}\n"])
def test_pasting_a_link_while_the_search_has_the_keyboard(
    qtbot: QtBot, desktop: Desktop, session: Session, text: str
) -> None:
    session.place.list.start_search()
    qtbot.keyClicks(session.place.list.search.edit, "git")
    QGuiApplication.clipboard().setText(text)
    _paste(qtbot, desktop)
    assert _preview(qtbot, desktop).preview_page.heading().casefold() == "add kalos?"
    assert session.place.list.search.text() == "git"


def test_a_link_that_comes_into_the_search_by_mouse_leaves_nothing_there(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    session.place.list.start_search()
    QGuiApplication.clipboard().setText(LINK)
    edit = session.place.list.search.edit
    edit.paste()  # as its own menu does
    assert _preview(qtbot, desktop).preview_page.heading() == "Add Kalos?"
    assert edit.text() == ""
    assert not edit.isUndoAvailable()
    session.show_accounts()
    # What is typed letter by letter is a search, whatever it says.
    qtbot.keyClicks(edit, "otpauth://")
    assert edit.text() == "otpauth://"
    assert desktop.window.page is session.place


@pytest.mark.parametrize(
    "text", ["https://evil.example", "123456", "", "otpauth://totp/A:b?secret="]
)
def test_a_text_that_is_no_login_code_opens_nothing(
    qtbot: QtBot, desktop: Desktop, session: Session, text: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    _paste(qtbot, desktop)
    assert desktop.window.page is session.place
    assert _said(session)


def _paste_export(qtbot: QtBot, desktop: Desktop, count: int) -> AddPages:
    entries = []
    for number in range(count):
        account = totp(f"Service {number}", secret=bytes([number + 1]) * 20)
        assert account.otp is not None
        entries.append(OtpauthEntry(otp=account.otp, issuer=account.issuer, account="ana"))
    QGuiApplication.clipboard().setText("\n".join(export(entries, 3).links))
    _paste(qtbot, desktop)
    pages = _pages(desktop)
    assert pages.currentWidget() is pages.batch_page
    return pages


def test_an_export_is_saved_in_one_go(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    pages = _paste_export(qtbot, desktop, 12)
    pages.batch_page.confirm_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert _issuers(path) == ["GitHub", *(f"Service {number}" for number in range(12))]
    assert desktop.window.said() == "12 accounts added"


def test_an_export_that_cannot_be_saved_leaves_nothing_of_it(
    qtbot: QtBot,
    desktop: Desktop,
    session: Session,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = _paste_export(qtbot, desktop, 3)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "settle_file", full)
        pages.batch_page.confirm_button.click()
        qtbot.waitUntil(lambda: bool(pages.batch_page.notice.text()))
    assert desktop.window.page is pages
    assert [account.issuer for account in session._vault.accounts] == ["GitHub"]
    assert session._vault.trash == ()
    assert _issuers(path) == ["GitHub"]
    pages.batch_page.confirm_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert len(_issuers(path)) == 4


def test_the_camera_and_the_mirror_are_the_same_after_the_next_start(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    session.adding.open_scan()
    pages = _pages(desktop)
    pages.scan_page.camera_button.mirror_changed.emit(False)
    pages.scan_page.camera_button.camera_chosen.emit("usb 2")
    qtbot.keyClick(desktop.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desktop.session is None)
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    desktop.session.adding.open_scan()
    assert not _pages(desktop).scan_page.view.mirrored
    assert _pages(desktop).scan_page._camera_id == "usb 2"
