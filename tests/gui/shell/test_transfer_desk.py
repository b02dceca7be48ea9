"""Import and export in the window: what a person sees first, and what is on disk afterwards."""

import errno
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pytest
import zxingcpp
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from pyzbar import pyzbar
from transfer_files import EMPTY, KALOS, OTHER_SECRET, SAFE, links
from vaults import hotp, totp

from watchword.desktop.application import Desktop
from watchword.desktop.background.jobs import Lane
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.theme import Theme
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.session import Session
from watchword.desktop.transfer.export_page import ExportPage
from watchword.desktop.transfer.file_password_page import FilePasswordPage
from watchword.desktop.transfer.import_page import ImportPage
from watchword.desktop.transfer.new_file_password_page import NewFilePasswordPage
from watchword.desktop.transfer.qr_page import QrPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.otp import migration, otpauth
from watchword.transfer import registry, watchword_backup
from watchword.transfer.format import Protection
from watchword.vault import CHEAPEST, Account, LockedVault, create_vault, durable

PASSWORD = "four words or so"
FILE_PASSWORD = "seven other words here"
T = TypeVar("T")
Read = Callable[[np.ndarray], Sequence[str]]


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


def unlocked(qtbot: QtBot, desktop: Desktop, path: Path, *accounts: Account) -> Session:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock())
    if accounts:
        vault.add(accounts)
        vault.save()
    vault.lock()
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def shown(qtbot: QtBot, desktop: Desktop, kind: type[T]) -> T:
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, kind))
    page = desktop.window.page
    assert isinstance(page, kind)
    return page


def answer_dialog(qtbot: QtBot, desktop: Desktop, name: str, file: Path) -> None:
    def dialog() -> QFileDialog | None:
        found = desktop.window.findChildren(QFileDialog, name)
        return next((each for each in found if each.isVisible()), None)

    qtbot.waitUntil(lambda: dialog() is not None)
    found = dialog()
    assert found is not None
    field = found.findChild(QLineEdit)
    assert field is not None
    field.setText(str(file))
    found.accept()


def give(qtbot: QtBot, desktop: Desktop, password: str = PASSWORD) -> PasswordAgainPage:
    page = shown(qtbot, desktop, PasswordAgainPage)
    page.password.clear()
    qtbot.keyClicks(page.password.edit, password)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    return page


def settings(qtbot: QtBot, desktop: Desktop, session: Session) -> SettingsPage:
    session.open_settings()
    return shown(qtbot, desktop, SettingsPage)


def on_disk(path: Path) -> list[Account]:
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock())
    accounts = list(vault.accounts)
    vault.lock()
    return accounts


# Import ---------------------------------------------------------------------------------------------
def test_a_list_is_shown_before_it_is_added_in_one_save(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub", secret=b"another secret 12345"))
    before = path.read_bytes()
    file = links(tmp_path, KALOS, SAFE, KALOS, EMPTY)
    page = settings(qtbot, desktop, session)
    page.take_in.click()
    answer_dialog(qtbot, desktop, "import dialog", file)
    preview = shown(qtbot, desktop, ImportPage)
    texts = preview.list.texts()
    assert len(texts) == 4
    assert texts[0].startswith("Line 4. There is no secret")
    assert "Kalos: ann" in texts[1]
    assert "Already here" in texts[3]
    assert "1 already here" in preview.about.text()
    assert preview.button.text() == "Add 2 accounts"
    assert path.read_bytes() == before
    preview.button.click()
    again = shown(qtbot, desktop, SettingsPage)
    qtbot.waitUntil(lambda: "2 accounts added" in again.notice.text())
    assert [account.issuer for account in on_disk(path)] == ["GitHub", "Kalos", "Safe"]
    assert session.place.model.count == 3
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock())
    assert vault.generation == 3  # made, the first account, and all of the file at once
    vault.lock()


def test_what_a_person_should_know_stands_before_the_rest(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("Kalos", "ann"))
    look_alike = KALOS.replace("Kalos:ann", "P%D0%B0ypal:ann").replace("issuer=Kalos", "")
    other = SAFE.replace(OTHER_SECRET, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    file = links(tmp_path, other, KALOS, look_alike)
    session.transfer.open_file(str(file))
    texts = shown(qtbot, desktop, ImportPage).list.texts()
    assert "Beside the one you have" in texts[0]
    assert "alphabets that look alike" in texts[1]
    assert texts[2] == "Safe: door. HOTP"


def test_importing_again_offers_nothing(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    entry = otpauth.parse(KALOS)
    there = Account(id="a" * 16, issuer="Kalos", account="ann", otp=entry.otp)
    session = unlocked(qtbot, desktop, path, there)
    before = path.read_bytes()
    session.transfer.open_file(str(links(tmp_path, KALOS)))
    preview = shown(qtbot, desktop, ImportPage)
    assert preview.button.text() == "Done"
    preview.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert path.read_bytes() == before


def test_the_empty_list_offers_an_import(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path)
    session.place.empty.chosen.emit("import")
    answer_dialog(qtbot, desktop, "import dialog", links(tmp_path, KALOS))
    preview = shown(qtbot, desktop, ImportPage)
    qtbot.keyClick(preview.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert session.place.model.count == 1


def test_a_file_that_is_none_of_ours_is_told(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    page = settings(qtbot, desktop, session)
    for name, words in (("data.json", "no kind that Watchword reads"), ("none", "no such file")):
        if name == "data.json":
            (tmp_path / name).write_text("[" * 100_000)
        session.transfer.open_file(str(tmp_path / name))
        qtbot.waitUntil(lambda words=words: words in page.notice.text())
        assert desktop.window.page is page


def test_a_backup_asks_for_its_password(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    file = tmp_path / "other.watchword"
    protection = Protection(FILE_PASSWORD, FakeClock(), CHEAPEST)
    file.write_bytes(watchword_backup.write([totp("Kalos"), totp("Safe")], protection).data)
    session.transfer.open_file(str(file))
    page = shown(qtbot, desktop, FilePasswordPage)
    qtbot.keyClicks(page.password.edit, "wrong")
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "not the file’s password" in page.notice.text().replace("'", "’"))
    assert len(on_disk(path)) == 1
    qtbot.keyClicks(page.password.edit, FILE_PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    preview = shown(qtbot, desktop, ImportPage)
    preview.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert [account.issuer for account in on_disk(path)] == ["GitHub", "Kalos", "Safe"]


def test_what_could_not_be_saved_is_not_there(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    lines = [KALOS.replace("ann", f"ann{number}") for number in range(1500)]
    session.transfer.open_file(str(links(tmp_path, *lines)))
    preview = shown(qtbot, desktop, ImportPage)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(durable, "_write_all", full)
        preview.button.click()
        qtbot.waitUntil(lambda: "The disk is full" in preview.notice.text())
    assert path.read_bytes() == before
    preview.bar.back_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert session.place.model.count == 1
    session.transfer.open_file(str(links(tmp_path, *lines)))
    shown(qtbot, desktop, ImportPage).button.click()
    qtbot.waitUntil(lambda: session.place.model.count == 1501)
    assert len(on_disk(path)) == 1501


def test_an_import_is_cancelled_while_it_waits(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    before = path.read_bytes()
    session.transfer.open_file(str(links(tmp_path, KALOS)))
    page = shown(qtbot, desktop, ImportPage)
    goes_on = threading.Event()
    desktop.jobs.run(lambda: goes_on.wait(20), lane=Lane.VAULT)
    page.button.click()
    qtbot.waitUntil(page.waiting.cancel.isVisible)
    page.waiting.cancel.click()
    goes_on.set()
    qtbot.waitUntil(lambda: "Nothing was added" in page.notice.text())
    assert path.read_bytes() == before
    page.button.click()
    qtbot.waitUntil(lambda: session.place.model.count == 2)


def test_locking_drops_what_was_to_be_imported(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    session.transfer.open_file(str(links(tmp_path, KALOS)))
    shown(qtbot, desktop, ImportPage)
    desktop.lock()
    shown(qtbot, desktop, UnlockPage)
    assert len(on_disk(path)) == 1


# Export ---------------------------------------------------------------------------------------------
def test_a_backup_is_written_after_the_password(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"), totp("Kalos"))
    settings(qtbot, desktop, session).give_out.click()
    shown(qtbot, desktop, ExportPage).cards["watchword"].click()
    page = shown(qtbot, desktop, NewFilePasswordPage)
    assert not page.button.isEnabled()
    page.new.password.set_text(FILE_PASSWORD)
    page.new.again.set_text(FILE_PASSWORD)
    page.button.click()
    target = tmp_path / "mine.watchword"
    answer_dialog(qtbot, desktop, "export dialog", target)
    again = give(qtbot, desktop, "not the password")
    qtbot.waitUntil(lambda: "password is wrong" in again.notice.text())
    assert not target.exists()
    qtbot.waitUntil(lambda: not again.waiting.held)
    give(qtbot, desktop)
    done = shown(qtbot, desktop, SettingsPage)
    qtbot.waitUntil(lambda: "2 accounts exported" in done.notice.text())
    read = watchword_backup.read(target.read_bytes(), FILE_PASSWORD)
    assert [account.issuer for account in read.accounts] == ["GitHub", "Kalos"]


def test_a_plain_list_says_that_it_is_not_protected(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    settings(qtbot, desktop, session).give_out.click()
    shown(qtbot, desktop, ExportPage).cards["otpauth"].click()
    target = tmp_path / "out.txt"
    answer_dialog(qtbot, desktop, "export dialog", target)
    page = shown(qtbot, desktop, PasswordAgainPage)
    assert "It is not protected" in all_texts(page)
    assert not target.exists()
    give(qtbot, desktop)
    qtbot.waitUntil(target.exists)
    shown(qtbot, desktop, SettingsPage)
    assert otpauth.parse(target.read_text("ascii")).issuer == "GitHub"


def test_the_vault_is_not_exported_over(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    session = unlocked(qtbot, desktop, path, totp("GitHub"))
    before = path.read_bytes()
    session.transfer.open_export()
    shown(qtbot, desktop, ExportPage)
    session.transfer._ask_before(registry.named("otpauth"), "", path)
    page = give(qtbot, desktop)
    qtbot.waitUntil(lambda: "lie there" in page.notice.text())
    assert path.read_bytes() == before


# QR codes -------------------------------------------------------------------------------------------
def by_zxing(picture: np.ndarray) -> Sequence[str]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [barcode.text for barcode in found]


def by_opencv(picture: np.ndarray) -> Sequence[str]:
    # Of codes as large as these its decoder misses one in ten, another one at each distance.
    for detector in (cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector()):
        for scale in (1.0, 0.75, 1.5, 2.0):
            seen = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            found, texts, _, _ = detector.detectAndDecodeMulti(seen)
            if found and all(texts):
                return list(texts)
    return []


def by_pyzbar(picture: np.ndarray) -> Sequence[str]:
    return [symbol.data.decode() for symbol in pyzbar.decode(picture)]


def photographed(page: QWidget) -> np.ndarray:
    """What a camera before the window sees, at two pixels for each of the design."""
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    data = np.frombuffer(image.constBits(), np.uint8)
    grey = data.reshape(image.height(), image.bytesPerLine())[:, : image.width()]
    return np.ascontiguousarray(
        cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    )


@pytest.mark.parametrize("read", [by_zxing, by_opencv, by_pyzbar])
@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_other_decoders_read_an_accounts_code(
    qtbot: QtBot, desktop: Desktop, path: Path, theme: Theme, read: Read, scheme: Qt.ColorScheme
) -> None:
    account = totp("Kalos Club", "ana@kalos.ch")
    session = unlocked(qtbot, desktop, path, account)
    theme.choose(scheme)
    session.place.qr_asked.emit(account.id)
    give(qtbot, desktop)
    page = shown(qtbot, desktop, QrPage)
    assert account.otp is not None
    expected = otpauth.write(account.otp, account.issuer, account.account)
    assert read(photographed(page)) == [expected]
    theme.choose(Qt.ColorScheme.Unknown)


@pytest.mark.parametrize("read", [by_zxing, by_opencv, by_pyzbar])
def test_other_decoders_read_a_google_export_page_by_page(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    read: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: 1_234_567)  # the same codes each time
    accounts = [totp(f"Service {number}") for number in range(23)]
    session = unlocked(qtbot, desktop, path, *accounts)
    session.transfer.open_export()
    shown(qtbot, desktop, ExportPage).cards["qr"].click()
    give(qtbot, desktop)
    page = shown(qtbot, desktop, QrPage)
    parts = []
    while True:
        (text,) = read(photographed(page))
        parts.append(migration.parse(text))
        if not page.after.isEnabled():
            break
        page.after.click()
    assert f"{len(parts)} of {len(parts)}" in page.countdown.text()
    assert len(parts) >= 3
    assert not migration.missing_parts(parts)
    read_back = [entry.issuer for part in parts for entry in part.entries]
    assert read_back == [account.issuer for account in accounts]
    page.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)


def test_a_code_hides_after_its_time_and_when_it_is_left(qtbot: QtBot) -> None:
    page = QrPage("Kalos", [KALOS], seconds=1)
    qtbot.addWidget(page)
    page.resize(420, 680)
    page.show()
    assert by_zxing(photographed(page)) == [KALOS]
    qtbot.waitUntil(lambda: page.code.is_empty)
    assert by_zxing(photographed(page)) == []
    assert "hidden" in page.countdown.text()
    left = QrPage("Kalos", [KALOS, SAFE])
    qtbot.addWidget(left)
    left.show()
    left.hide()
    assert left.code.is_empty
    left.show()
    qtbot.keyClick(left, Qt.Key.Key_Right)
    assert left.code.is_empty


def test_an_account_that_counts_has_one_home(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    account = hotp("Safe", 3)
    session = unlocked(qtbot, desktop, path, account)
    session.place.qr_asked.emit(account.id)
    give(qtbot, desktop)
    page = shown(qtbot, desktop, QrPage)
    assert "in one app only" in page.notice.text()
    page.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)


def test_a_wrong_password_shows_no_code(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    account = totp("Kalos")
    session = unlocked(qtbot, desktop, path, account)
    session.place.qr_asked.emit(account.id)
    page = give(qtbot, desktop, "wrong")
    qtbot.waitUntil(lambda: "password is wrong" in page.notice.text())
    assert desktop.window.page is page
    page.bar.back_button.setEnabled(True)
    page.bar.back_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)


def test_locking_hides_the_code(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    account = totp("Kalos")
    session = unlocked(qtbot, desktop, path, account)
    session.place.qr_asked.emit(account.id)
    give(qtbot, desktop)
    code = shown(qtbot, desktop, QrPage).code
    desktop.lock()
    assert code.is_empty


def all_texts(page: QWidget) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel))
