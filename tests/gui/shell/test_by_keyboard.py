"""One account by each way, from the list to the vault, without a mouse."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import qr_scenes
from add_pages_outside import SceneSource
from fake_clock import FakeClock
from mock_portal import MockPortal, gives, needs_bus, session_bus
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from vaults import totp
from video_frames import frame_of

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.vault import CHEAPEST, LockedVault, create_vault

PASSWORD = "four words or so"
LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


class Person:
    """Hands on a keyboard, before the unlocked list."""

    def __init__(
        self,
        qtbot: QtBot,
        desktop: Desktop,
        source: SceneSource,
        folder: Path,
        clock: FakeClock,
    ) -> None:
        self.qtbot, self.desktop, self.source, self.folder = qtbot, desktop, source, folder
        self.clock = clock

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        # As a system does it: keys that no control takes are the window's.
        focused = QApplication.focusWidget() or self.desktop.window
        self.qtbot.keyClick(focused, key, modifier)

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert isinstance(focused, QLineEdit)
        self.qtbot.keyClicks(focused, text)

    def go_to(self, name: str) -> None:
        """Press Tab until the control of that name has the keyboard."""
        seen = []
        for _ in range(40):
            focused = QApplication.focusWidget()
            seen.append(focused.accessibleName() if focused is not None else None)
            if seen[-1] == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"{name!r} is not reached by Tab: {seen}")

    def push(self, name: str) -> None:
        self.go_to(name)
        self.press(Qt.Key.Key_Return)

    def open_scan(self) -> None:
        self.press(Qt.Key.Key_N, CTRL)
        self.qtbot.waitUntil(lambda: self.source.running)

    def picture(self) -> Path:
        path = self.folder / "code.png"
        path.write_bytes(qr_scenes.encoded(qr_scenes.on_table(qr_scenes.qr(LINK))))
        return path

    def previewed(self) -> bool:
        page = self.desktop.window.page
        return isinstance(page, AddPages) and page.currentWidget() is page.preview_page


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockPortal]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-none")
        with MockPortal(address).running() as running:
            yield running


@pytest.fixture
def person(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, portal: MockPortal
) -> Iterator[Person]:
    path = tmp_path / "data" / "vault"
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock())
    vault.add([totp("GitHub")])
    vault.save()
    vault.lock()
    source = SceneSource()
    clock = FakeClock()
    desktop = Desktop(qapp, path, clock=clock, cost=CHEAPEST, make_source=lambda: source)
    desktop.start()
    desktop.window.activateWindow()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    qtbot.waitUntil(desktop.window.isActiveWindow)
    page.password.set_text(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    someone = Person(qtbot, desktop, source, tmp_path, clock)
    portal.answer = lambda: gives(someone.picture())
    yield someone
    desktop.stop()
    desktop.window.may_close = lambda: True
    desktop.window.close()
    desktop.window.deleteLater()


def _camera(person: Person) -> None:
    person.open_scan()
    frame = frame_of(qr_scenes.on_table(qr_scenes.qr(LINK, scale=4)))

    def found() -> bool:
        # The clock of the test stands still, and a code must be steady for a moment.
        person.clock.advance(0.1)
        person.source.frame_arrived.emit(frame)
        return person.previewed()

    person.qtbot.waitUntil(found, timeout=20_000)


def _screen(person: Person) -> None:
    person.open_scan()
    person.push("From screen")


def _file(person: Person) -> None:
    path = person.picture()
    person.open_scan()
    person.push("Picture")
    pages = person.desktop.window.page
    assert isinstance(pages, AddPages)
    person.qtbot.waitUntil(lambda: pages.findChild(QFileDialog) is not None)
    person.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    person.type(str(path))
    person.press(Qt.Key.Key_Return)
    # What a window manager does when a dialog has closed.
    person.desktop.window.activateWindow()
    person.qtbot.waitUntil(person.desktop.window.isActiveWindow)


def _clipboard_image(person: Person) -> None:
    image = QImage(str(person.picture()))
    assert not image.isNull()
    QGuiApplication.clipboard().setImage(image)
    person.press(Qt.Key.Key_V, CTRL)


def _clipboard_text(person: Person) -> None:
    QGuiApplication.clipboard().setText(LINK)
    person.open_scan()
    person.push("Clipboard")


def _copied_file(person: Person) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(person.picture()))])
    QGuiApplication.clipboard().setMimeData(data)
    person.press(Qt.Key.Key_V, CTRL)


def _pasted_link(person: Person) -> None:
    QGuiApplication.clipboard().setText(LINK)
    person.open_scan()
    person.push("Type it in instead")
    person.press(Qt.Key.Key_V, CTRL)
    person.press(Qt.Key.Key_Return)


def _typed(person: Person) -> None:
    person.open_scan()
    person.push("Type it in instead")
    person.type("jbsw y3dp ehpk 3pxp jbsw y3dp")
    person.go_to("Service")
    person.type("Kalos")
    person.go_to("Account")
    person.type("ana")
    person.press(Qt.Key.Key_Return)


# The file dialog's list of completions wants to be on top and to have the keyboard.
@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
@needs_bus
@pytest.mark.parametrize(
    "way",
    [
        *(_camera, _screen, _file, _clipboard_image),
        *(_clipboard_text, _copied_file, _pasted_link, _typed),
    ],
)
def test_an_account_is_added_by_keyboard_alone(
    qtbot: QtBot, person: Person, way: Callable[[Person], None]
) -> None:
    window = person.desktop.window
    way(person)
    qtbot.waitUntil(person.previewed, timeout=20_000)
    assert not person.source.running
    person.push("Add account")
    session = person.desktop.session
    assert session is not None
    qtbot.waitUntil(lambda: window.page is session.place)
    vault = LockedVault(person.folder / "data" / "vault").unlock(PASSWORD, clock=FakeClock())
    github, kalos = vault.accounts
    assert (kalos.issuer, kalos.account) == ("Kalos", "ana")
    assert kalos.otp is not None
    assert kalos.otp.secret == b"Hello!\xde\xad\xbe\xefHello"
    vault.lock()
    # The keyboard is back in the list, on the new account.
    assert session.place.selected_id() == kalos.id
    assert github.issuer == "GitHub"
