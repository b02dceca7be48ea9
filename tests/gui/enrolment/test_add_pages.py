"""From each place a code can come from, through the preview, to what is saved: and nothing before."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import qr_scenes
from add_pages_outside import Outside, ScriptedLinking, make_pages
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from video_frames import frame_of

from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.enrolment import screen_grab
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import Camera, SourceState
from watchword.desktop.enrolment.linking_page import LinkingPage
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.label import Label
from watchword.enrolment.files import read_files
from watchword.errors import InvalidInput, RemoteError, VaultError
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType, of_one_shape
from watchword.otp.two_step import in_groups
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.origin import parse_origin
from watchword.providers.errors import (
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
)
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.vault.account import Account

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"
OTHER = "otpauth://totp/Orchid:ben?secret=GEZDGNBVGY3TQOJQ&issuer=Orchid"
BAD = "otpauth://totp/A:b?secret="


def _enrol_link() -> str:
    return str(
        EnrolLink(
            origin=parse_origin("https://login.kalos.ch"),
            id="AAAAAAAAAAAAAAAAAAAAAA",
            key=bytes(20),
            fingerprint=bytes(32),
            expires=int(SystemClock().now()) + 600,
        )
    )


def _wait_for(qtbot: QtBot, pages: AddPages, page: QWidget) -> None:
    # A busy computer takes its time to start the process that decodes.
    qtbot.waitUntil(lambda: pages.currentWidget() is page, timeout=20_000)


def _texts(page: QWidget) -> str:
    return " | ".join(label.text() for label in page.findChildren(Label) if label.isVisible())


def _picture(tmp_path: Path, *texts: str) -> str:
    path = tmp_path / "codes.png"
    path.write_bytes(qr_scenes.encoded(qr_scenes.beside([qr_scenes.qr(text) for text in texts])))
    return str(path)


# Where codes come from.


def test_a_picture_from_the_file_dialog(
    qtbot: QtBot, pages: AddPages, outside: Outside, tmp_path: Path
) -> None:
    pages.open_scan()
    pages.scan_page.picture_card.click()
    dialog = pages.findChild(QFileDialog, "picture dialog")
    assert isinstance(dialog, QFileDialog)
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(name, QLineEdit)
    name.setText(_picture(tmp_path, LINK))
    dialog.accept()
    _wait_for(qtbot, pages, pages.preview_page)
    assert pages.preview_page.heading() == "Add Kalos?"


def test_a_picture_on_the_clipboard(qtbot: QtBot, pages: AddPages) -> None:
    pages.open_scan()
    picture = qr_scenes.qr(LINK)
    rows, columns = picture.shape
    image = QImage(
        picture.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8
    ).copy()
    QGuiApplication.clipboard().setImage(image)
    pages.scan_page.clipboard_card.click()
    _wait_for(qtbot, pages, pages.preview_page)


@pytest.mark.parametrize("text", [LINK, f"\n  {LINK}  \n", f"Your link:\n{LINK}\nBye"])
def test_a_text_on_the_clipboard(pages: AddPages, text: str) -> None:
    pages.open_scan()
    QGuiApplication.clipboard().setText(text)
    pages.scan_page.clipboard_card.click()
    assert pages.currentWidget() is pages.preview_page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The clipboard is empty"),
        ("https://evil.example", "This is not a login code"),
        (BAD, "secret"),
        ("otpauth-migration://offline?data=CiEK", "damaged"),
        ("x" * 1_000_000, "This is not a login code"),
    ],
)
def test_what_leads_nowhere_is_said_on_the_page(pages: AddPages, text: str, said: str) -> None:
    pages.open_scan()
    QGuiApplication.clipboard().setText(text)
    pages.scan_page.clipboard_card.click()
    assert pages.currentWidget() is pages.scan_page
    assert said in pages.scan_page.notice.text()


def test_a_secret_dropped_on_the_form_goes_into_its_field(pages: AddPages) -> None:
    pages.open_manual()
    data = QMimeData()
    data.setText(" JBSW Y3DP EHPK 3PXP\n")
    pages.open_data(data)
    assert pages.currentWidget() is pages.manual_page
    assert pages.manual_page.secret.text() == "JBSW Y3DP EHPK 3PXP"
    data.setText(LINK)
    pages.open_data(data)
    assert pages.preview_page.heading() == "Add Kalos?"


def test_data_that_is_nothing_is_refused(pages: AddPages) -> None:
    pages.open_scan()
    pages.open_data(QMimeData())
    assert "nothing to read" in pages.scan_page.notice.text()


def test_of_several_files_those_without_a_code_are_named(
    qtbot: QtBot, pages: AddPages, tmp_path: Path
) -> None:
    (tmp_path / "a<b>.gif").write_bytes(b"GIF89a" + bytes(100))
    (tmp_path / "hello.png").write_bytes(qr_scenes.encoded(qr_scenes.qr("hello")))
    files = [*map(str, tmp_path.glob("*.*")), _picture(tmp_path, LINK)]
    pages.open_files(files)
    _wait_for(qtbot, pages, pages.preview_page)
    said = pages.preview_page.notice.text()
    assert "a<b>.gif: This is not a PNG" in said
    assert "hello.png: no login code found" in said


def test_more_files_than_are_read_at_once_are_counted(
    qtbot: QtBot, pages: AddPages, tmp_path: Path
) -> None:
    code = _picture(tmp_path, LINK)
    pages.open_files([code, *[str(tmp_path / f"{n}.png") for n in range(60)]])
    _wait_for(qtbot, pages, pages.preview_page)
    said = pages.preview_page.notice.text()
    assert "0.png: There is no such file" in said
    assert "46 more held none" in said
    assert "11 were left out" in said


def test_what_was_scanned_is_saved_whatever_the_camera_and_the_file_show_later(
    qtbot: QtBot, pages: AddPages, outside: Outside, tmp_path: Path
) -> None:
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    frames = {
        text: frame_of(qr_scenes.on_table(qr_scenes.qr(text, scale=4))) for text in (LINK, OTHER)
    }

    def previewed() -> bool:
        outside.source.frame_arrived.emit(frames[LINK])
        return pages.currentWidget() is pages.preview_page

    qtbot.waitUntil(previewed, timeout=20_000)
    for _ in range(10):
        outside.source.frame_arrived.emit(frames[OTHER])
        qtbot.wait(20)
    assert pages.preview_page.heading() == "Add Kalos?"
    pages.preview_page.cancel_button.click()
    path = _picture(tmp_path, LINK)
    pages.open_files([path])
    _wait_for(qtbot, pages, pages.preview_page)
    _picture(tmp_path, OTHER)  # under the same name
    pages.preview_page.confirm_button.click()
    assert [each.account.issuer for each in outside.saved] == ["Kalos"]


def test_a_picture_still_being_read_does_not_come_up_under_a_preview(
    qtbot: QtBot, pages: AddPages, outside: Outside, jobs: Jobs, tmp_path: Path
) -> None:
    pages.open_files([_picture(tmp_path, OTHER)])
    pages.open_text(LINK)
    pages.open_files([_picture(tmp_path, OTHER)])
    pages.open_text(LINK)
    done: list[object] = []
    jobs.run(
        lambda: read_files([_picture(tmp_path, OTHER)]), on_done=done.append, lane=Lane.DECODE
    )
    jobs.run(
        lambda: read_files([_picture(tmp_path, OTHER)]), on_done=done.append, lane=Lane.DECODE
    )
    qtbot.waitUntil(lambda: len(done) == 2, timeout=20_000)
    assert pages.preview_page.heading() == "Add Kalos?"
    pages.preview_page.confirm_button.click()
    assert [each.account.issuer for each in outside.saved] == ["Kalos"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a" + bytes(100), "not a PNG"),
        (b"", "empty"),
        (qr_scenes.encoded(qr_scenes.qr("hello")), "not a login code"),
        (qr_scenes.encoded(qr_scenes.on_table(qr_scenes.qr("x")[:10])), "No QR code found"),
    ],
)
def test_pictures_without_a_login_code(
    qtbot: QtBot, pages: AddPages, tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    pages.open_files([str(path)])
    qtbot.waitUntil(lambda: said in pages.scan_page.notice.text())


def test_several_codes_are_offered_never_the_first_one_taken(
    qtbot: QtBot, pages: AddPages, tmp_path: Path
) -> None:
    pages.open_files([_picture(tmp_path, LINK, OTHER, BAD, "https://example.org")])
    _wait_for(qtbot, pages, pages.choose_page)
    cards = pages.choose_page.findChildren(ChoiceCard)
    assert {card.accessibleName() for card in cards} == {"Kalos", "Orchid"}
    assert "1 of them cannot be used" in _texts(pages.choose_page)
    next(card for card in cards if card.accessibleName() == "Orchid").click()
    assert pages.preview_page.heading() == "Add Orchid?"
    pages.preview_page.cancel_button.click()
    assert pages.currentWidget() is pages.choose_page


def _image(text: str) -> QImage:
    picture = qr_scenes.on_table(qr_scenes.qr(text), level=255)
    rows, columns = picture.shape
    kind = QImage.Format.Format_Grayscale8
    return QImage(picture.tobytes(), columns, rows, columns, kind).copy()


def test_codes_on_the_screens(qtbot: QtBot, jobs: Jobs, outside: Outside) -> None:
    shown = [_image(LINK), _image(OTHER)]
    pages = make_pages(jobs, outside, grab_screens=lambda: shown)
    qtbot.addWidget(pages, before_close_func=AddPages.leave)
    pages.show()
    pages.open_scan()
    pages.scan_page.screen_card.click()
    _wait_for(qtbot, pages, pages.choose_page)
    pages.open_scan()
    shown[:] = [QImage(100, 100, QImage.Format.Format_RGB32)]
    pages.scan_page.screen_card.click()
    qtbot.waitUntil(lambda: "on the screen" in pages.scan_page.notice.text())


def test_our_own_windows_are_painted_over() -> None:
    picture = _image(LINK)
    left = screen_grab.without(picture, [QRect(1000, 0, 320, 240)], QPoint(1000, 0), 2.0)
    assert left.pixelColor(320, 240).name() == "#ffffff"
    assert all(left.pixelColor(x, 240).name() == "#ffffff" for x in range(640))
    beside = screen_grab.without(picture, [QRect(0, 0, 320, 240)], QPoint(1000, 0), 2.0)
    assert any(beside.pixelColor(x, 240).name() == "#000000" for x in range(640))


def test_a_source_that_does_not_work_here_is_not_offered(pages: AddPages) -> None:
    pages.open_scan()
    assert not pages.scan_page.screen_card.isVisible()
    assert pages.scan_page.picture_card.isVisible()


# Typing it in.


def test_typing_an_account_in(qtbot: QtBot, pages: AddPages, outside: Outside) -> None:
    pages.open_manual()
    page = pages.manual_page
    assert not page.button.isEnabled()
    qtbot.keyClicks(page.secret.edit, "jbsw y3dp-ehpk 3pxp")
    page.service.set_text("Kalos & Söhne")
    qtbot.keyClicks(page.account.edit, "ana")
    qtbot.keyClick(page.account.edit, Qt.Key.Key_Return)
    assert pages.currentWidget() is pages.preview_page
    assert pages.preview_page.heading() == "Add Kalos & Söhne?"
    pages.preview_page.cancel_button.click()
    assert page.secret.text() == "jbsw y3dp-ehpk 3pxp"  # what was typed is still there
    page.back_pressed.emit()
    assert page.secret.text() == ""


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("JBSW0189", "base32"),
        ("otpauth://totp/A:b?secret=", "secret"),
        ("https://evil.example", "not a login code"),
    ],
)
def test_a_secret_that_cannot_be_one(pages: AddPages, secret: str, said: str) -> None:
    pages.open_manual()
    pages.manual_page.secret.set_text(secret)
    pages.manual_page.button.click()
    assert pages.currentWidget() is pages.manual_page
    assert said in pages.manual_page.remark(pages.manual_page.secret)
    assert secret not in pages.manual_page.remark(pages.manual_page.secret)
    assert pages.manual_page.notice.text() == ""


def test_what_is_wrong_is_said_while_typing_and_taken_back_at_once(
    qtbot: QtBot, pages: AddPages
) -> None:
    pages.open_manual()
    page = pages.manual_page
    qtbot.keyClicks(page.secret.edit, "JBSW0")
    assert page.remark(page.secret) == ""  # not in the middle of a word
    qtbot.waitUntil(lambda: "“0”" in page.remark(page.secret))
    assert "“0”" in page.secret.edit.accessibleDescription()
    qtbot.keyClick(page.secret.edit, Qt.Key.Key_Backspace)
    assert "“0”" not in page.remark(page.secret)
    assert "unusually short" in page.remark(page.secret)
    assert page.button.isEnabled()  # weak is no reason to refuse
    qtbot.keyClicks(page.secret.edit, "Y3DPEHPK3PXP")
    assert page.remark(page.secret) == ""
    assert page.secret.edit.accessibleDescription() == ""
    page.account.set_text("x" * 300)
    qtbot.waitUntil(lambda: "At most 256" in page.remark(page.account))
    page.account.set_text("a\u202eb")
    assert "Hidden characters" in page.remark(page.account)
    # A link counts alone: nothing is said about what it makes meaningless.
    page.secret.set_text(LINK)
    assert page.remark(page.account) == ""
    assert page.remark(page.secret) == ""


def test_the_first_wrong_field_gets_the_keyboard(qtbot: QtBot, pages: AddPages) -> None:
    pages.open_manual()
    page = pages.manual_page
    pages.activateWindow()
    page.more_button.click()
    page.secret.set_text("JBSWY3DPEHPK3PXP")
    page.moves.set_text("4")
    qtbot.keyClick(page.secret.edit, Qt.Key.Key_Return)
    assert pages.currentWidget() is page
    assert "period of 4 seconds" in page.remark(page.moves)
    qtbot.waitUntil(page.moves.edit.hasFocus)


def test_rarely_needed_settings(qtbot: QtBot, pages: AddPages, outside: Outside) -> None:
    pages.open_manual()
    page = pages.manual_page
    assert not page.moves.isVisible()
    page.more_button.click()
    chips = {
        chip.accessibleName(): chip for chip in page.findChildren(QWidget) if chip.isVisible()
    }
    for name in ("Codes: By counter", "Algorithm: SHA-256", "Digits: 8"):
        qtbot.mouseClick(chips[name], Qt.MouseButton.LeftButton)
    assert page.moves.edit.accessibleName() == "Next counter"
    page.secret.set_text("GEZDGNBVGY3TQOJQ")
    page.moves.set_text("-1")
    page.button.click()
    assert "not a number" in page.remark(page.moves)
    page.moves.set_text("41")
    page.button.click()
    pages.preview_page.confirm_button.click()
    (addition,) = outside.saved
    assert addition.account.otp == OtpParameters(
        type=OtpType.HOTP,
        secret=b"1234567890",
        algorithm=Algorithm.SHA256,
        digits=8,
        counter=41,
    )


def test_a_link_is_taken_in_the_secrets_place(pages: AddPages) -> None:
    pages.open_manual()
    pages.manual_page.secret.set_text(LINK)
    assert not pages.manual_page.service.isEnabled()
    pages.manual_page.button.click()
    assert pages.preview_page.heading() == "Add Kalos?"


def _press(qtbot: QtBot, pages: AddPages, *names: str) -> None:
    for name in names:
        chip = next(
            chip
            for chip in pages.manual_page.findChildren(QWidget)
            if chip.isVisible() and chip.accessibleName() == name
        )
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)


def test_typing_a_steam_account(qtbot: QtBot, pages: AddPages, outside: Outside) -> None:
    pages.open_manual()
    page = pages.manual_page
    page.more_button.click()
    assert page.moves.isVisible()
    page.moves.set_text("x")
    _press(qtbot, pages, "Codes: Steam")
    assert not page.moves.isVisible()
    assert not page.pin.isVisible()
    page.secret.set_text("GEZDGNBVGY3TQOJQ")
    page.button.click()
    assert "Steam · 5 characters · 30 s" in _texts(pages.preview_page)
    pages.preview_page.confirm_button.click()
    (addition,) = outside.saved
    assert addition.account.otp == of_one_shape(OtpType.STEAM, b"1234567890")


@pytest.mark.parametrize(
    ("name", "kind", "secret"),
    [
        ("Codes: mOTP", OtpType.MOTP, "31323334 35363738 39303132 33343536"),
        ("Codes: Yandex", OtpType.YANDEX, "GEZDGNBVGY3TQOJQGEZDGNBVGY"),
    ],
)
def test_kinds_with_a_pin_ask_for_it(
    qtbot: QtBot, pages: AddPages, outside: Outside, name: str, kind: OtpType, secret: str
) -> None:
    pages.open_manual()
    page = pages.manual_page
    assert not page.pin.isVisible()
    page.more_button.click()
    _press(qtbot, pages, name)
    qtbot.keyClicks(page.secret.edit, secret)
    page.button.click()
    assert "The PIN is missing" in page.notice.text()
    qtbot.keyClicks(page.pin.edit, "90217")
    qtbot.keyClick(page.pin.edit, Qt.Key.Key_Return)
    pages.preview_page.confirm_button.click()
    (addition,) = outside.saved
    assert addition.account.otp == of_one_shape(kind, b"1234567890123456", "90217")


def test_a_scanned_code_that_needs_a_pin_asks_for_only_that(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    pages.open_text("otpauth://yaotp/ann@yandex.ru?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&name=ann")
    page = pages.manual_page
    assert pages.currentWidget() is page
    assert "ann@yandex.ru" in page.notice.text()
    assert page.pin.isVisible()
    assert not page.service.isEnabled()
    assert outside.saved == []
    qtbot.keyClicks(page.pin.edit, "5239")
    page.button.click()
    assert pages.preview_page.heading() == "Add Yandex?"
    pages.preview_page.confirm_button.click()
    (addition,) = outside.saved
    assert addition.account.otp.pin == "5239"
    pages.open_manual()
    assert (page.pin.text(), page.secret.text()) == ("", "")  # nothing of it stays in the form


# The preview.


def test_nothing_is_saved_before_confirm_and_exactly_that_after(
    pages: AddPages, outside: Outside
) -> None:
    pages.open_text(LINK)
    assert outside.saved == []
    assert "TOTP · SHA-1 · 6 digits · 30 s" in _texts(pages.preview_page)
    pages.preview_page.confirm_button.click()
    (addition,) = outside.saved
    assert (addition.account.issuer, addition.account.account) == ("Kalos", "ana")
    assert outside.closed == [(addition.account.id,)]


def test_markup_and_hidden_characters_are_shown_as_text(pages: AddPages) -> None:
    pages.open_text(
        "otpauth://totp/x%E2%80%AEy?secret=GEZDGNBVGY3TQOJQ&issuer=%3Cb%3Ebold%3C%2Fb%3E%26amp%3B"
    )
    shown = _texts(pages.preview_page)
    assert "<b>bold</b>&amp;" in shown
    assert "\u202e" not in shown
    assert "Hidden characters" in shown


@pytest.mark.parametrize("name", ["x" * 256, "e" + "\u0301" * 200, "שלום مرحبا", "😀" * 200])
def test_long_names_do_not_widen_the_window(qtbot: QtBot, pages: AddPages, name: str) -> None:
    from urllib.parse import quote

    pages.open_text(f"otpauth://totp/{quote(name)}?secret=GEZDGNBVGY3TQOJQ&issuer={quote(name)}")
    assert pages.currentWidget() is pages.preview_page
    qtbot.wait(1)
    assert pages.width() == 420
    assert pages.preview_page.confirm_button.isVisible()


def test_a_duplicate_offers_nothing_to_add(pages: AddPages, outside: Outside) -> None:
    for _ in range(2):
        pages.open_text(LINK)
        pages.preview_page.confirm_button.click()
    assert len(outside.saved) == 1
    assert pages.preview_page.heading() == "You have this account already"


def test_the_same_name_with_another_secret_asks(pages: AddPages, outside: Outside) -> None:
    pages.open_text(LINK)
    pages.preview_page.confirm_button.click()
    first = outside.saved[0].account
    pages.open_text(LINK.replace("JBSW", "JBSX"))
    assert pages.preview_page.confirm_button.accessibleName() == "Keep both"
    pages.preview_page._replace.click()
    assert outside.saved[1].replaces == first.id
    assert outside.saved[1].account.otp != first.otp


def test_a_save_that_fails_is_told_and_can_be_repeated(pages: AddPages, outside: Outside) -> None:
    outside.fail_with = VaultError("The vault could not be saved", "The disk is full")
    pages.open_text(LINK)
    pages.preview_page.confirm_button.click()
    assert "The disk is full" in pages.preview_page.notice.text()
    outside.fail_with = None
    pages.preview_page.confirm_button.click()
    assert len(outside.saved) == 1


# Cameras.


def test_the_camera_is_on_only_while_its_page_is_shown(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    assert not outside.source.running
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    pages.open_manual()
    assert not outside.source.running
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    pages.hide()
    assert not outside.source.running


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SourceState.NO_CAMERA, "No camera found"),
        (SourceState.REFUSED, "may not be used"),
        (SourceState.BUSY, "does not start"),
        (SourceState.NOT_INSTALLED, "No camera support"),
    ],
)
def test_why_there_is_no_picture(
    qtbot: QtBot, pages: AddPages, outside: Outside, state: SourceState, said: str
) -> None:
    outside.source.answer = state
    pages.open_scan()
    qtbot.waitUntil(lambda: said in pages.scan_page.view.message())
    assert said in pages.scan_page.view.accessibleDescription()


def test_cameras_are_chosen_by_name_and_may_come_and_go(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    pages.open_scan()
    button = pages.scan_page.camera_button
    qtbot.waitUntil(lambda: button.text() == "Integrated Camera")
    outside.source.present += (Camera("b", "Q&A <b>cam</b>\u202e"),)
    outside.source.cameras_changed.emit()
    actions = {action.text(): action for action in button.menu_shown().actions()}
    actions["Q&&A <b>cam</b>"].trigger()
    assert outside.source.in_use == "b"
    assert button.accessibleName() == "Camera: Q&A <b>cam</b>"
    actions["Mirror the picture"].trigger()
    assert not pages.scan_page.view.mirrored


# Linking to a server.


def _confirm_link(pages: AddPages) -> None:
    pages.open_text(_enrol_link())
    pages.preview_page.device_name.set_text("Ana’s desktop")
    pages.preview_page.confirm_button.click()


def test_a_server_is_named_before_it_is_contacted(
    pages: AddPages, outside: Outside, linking: ScriptedLinking
) -> None:
    pages.open_text(_enrol_link())
    assert pages.preview_page.heading() == "Link this computer to login.kalos.ch?"
    assert outside.linked_with == []
    assert linking.steps == []


def test_linking_from_the_short_code_to_done(
    qtbot: QtBot, pages: AddPages, outside: Outside, linking: ScriptedLinking
) -> None:
    _confirm_link(pages)
    page = pages.linking_page
    qtbot.waitUntil(page.code.isVisible)
    assert page.code.accessibleName() == "K7Q2-V9MX"
    assert "first four characters" in _texts(page)
    assert outside.saved == []
    linking.accepted.set()
    qtbot.waitUntil(page.done_button.isVisible)
    assert [addition.account for addition in outside.saved] == [linking.account]
    assert linking.steps == ["contact", "wait", "acknowledge"]
    assert outside.linked_with[0][1] == "Ana’s desktop"
    page.done_button.click()
    assert outside.closed == [(linking.account.id,)]


@pytest.mark.parametrize(
    ("step", "error", "said"),
    [
        ("contact", RemoteError("The server cannot be reached"), "cannot be reached"),
        ("wait", EnrolmentRefused("The server refused this device"), "refused"),
        ("wait", EnrolmentExpired("The time for linking is over"), "over"),
    ],
)
def test_a_linking_that_fails_saves_nothing_and_says_why(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    linking: ScriptedLinking,
    step: str,
    error: Exception,
    said: str,
) -> None:
    linking.fail_at[step] = error
    linking.accepted.set()
    _confirm_link(pages)
    page = pages.linking_page
    qtbot.waitUntil(lambda: said in page.notice.text())
    assert page.heading.text() == "This computer was not linked"
    assert outside.saved == []
    page.cancel_button.click()
    assert outside.closed == [()]


def test_a_server_that_was_not_told_can_be_told_again(
    qtbot: QtBot, pages: AddPages, outside: Outside, linking: ScriptedLinking
) -> None:
    linking.fail_at["acknowledge"] = RemoteError("The server cannot be reached")
    linking.accepted.set()
    _confirm_link(pages)
    page = pages.linking_page
    qtbot.waitUntil(page.again_button.isVisible)
    assert "Saved" in page.heading.text()
    page.again_button.click()
    qtbot.waitUntil(lambda: page.heading.text() == "This computer is linked")
    assert len(outside.saved) == 1


def test_an_account_that_could_not_be_saved_is_not_acknowledged(
    qtbot: QtBot, pages: AddPages, outside: Outside, linking: ScriptedLinking
) -> None:
    outside.fail_with = VaultError("The vault could not be saved", "The disk is full")
    linking.accepted.set()
    _confirm_link(pages)
    page = pages.linking_page
    qtbot.waitUntil(page.again_button.isVisible)
    assert "acknowledge" not in linking.steps
    outside.fail_with = None
    page.again_button.click()
    qtbot.waitUntil(page.done_button.isVisible)
    assert linking.steps == ["contact", "wait", "acknowledge"]


@pytest.mark.parametrize(
    "end",
    [
        lambda pages: pages.linking_page.cancel_button.click(),
        lambda pages: pages.linking_page.back_pressed.emit(),
        lambda pages: pages.leave(),
    ],
    ids=["cancel", "back", "lock"],
)
def test_leaving_stops_the_waiting(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    linking: ScriptedLinking,
    end: Callable[[AddPages], None],
) -> None:
    _confirm_link(pages)
    # The code is shown a moment before the poll goes out.
    qtbot.waitUntil(linking.polling.is_set)
    end(pages)
    qtbot.waitUntil(lambda: "close" in linking.steps)
    # The connections are not closed under the poll that is still out.
    assert linking.steps == ["contact", "cancel", "ended", "close"]
    assert outside.saved == []


def test_a_link_that_expired_meanwhile_is_told(
    pages: AddPages, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expired(link: str, device_name: str) -> ScriptedLinking:
        raise InvalidInput("This code has expired", "It was valid for ten minutes")

    monkeypatch.setattr(pages, "_link", expired)
    _confirm_link(pages)
    assert pages.currentWidget() is pages.preview_page
    assert "expired" in pages.preview_page.notice.text()


# A server of another kind: no short code, no codes, and perhaps nothing but a key to know it by.

PUSH = (
    "otpauth://pipush/PIPU0001?url=https%3A//pi.example/ttype/push&ttl=10&issuer=Uni%20Basel"
    f"&enrollment_credential={'ab' * 20}&v=1&serial=PIPU0001&sslverify="
)
FINGERPRINT = " ".join(f"{number:04X}" for number in range(16))


@dataclass
class PushLinking(ScriptedLinking):
    """No short code; saved before the server is asked; maybe a fingerprint to compare."""

    needs_fingerprint: bool = False
    key_would_help: bool = True  # where its certificate was refused
    confirmed: str = ""
    answers: threading.Event = field(default_factory=threading.Event)

    def acknowledge(self) -> None:
        self.answers.wait(10)
        super().acknowledge()

    def contact(self) -> str:
        try:
            super().contact()
        except TlsRefused:
            self.needs_fingerprint = self.key_would_help
            raise
        return ""

    def fingerprint(self) -> str:
        self._step("fingerprint")
        return FINGERPRINT

    def confirm_fingerprint(self, text: str) -> None:
        self.confirmed = text


@pytest.fixture
def push(outside: Outside) -> PushLinking:
    account = Account(id="0123456789abcdef", issuer="Uni Basel", account="ann", otp=None)
    outside.linking = made = PushLinking(account, host="pi.example")
    made.accepted.set()
    made.answers.set()
    return made


def _confirm_push(pages: AddPages, sslverify: str = "1") -> LinkingPage:
    pages.open_text(PUSH + sslverify)
    pages.preview_page.confirm_button.click()
    return pages.linking_page


def test_a_push_code_names_its_server_and_service_and_promises_no_codes(
    pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    pages.open_text(PUSH.replace("otpauth", "pia") + "1")
    shown = _texts(pages.preview_page)
    assert pages.preview_page.heading() == "Link this computer to pi.example?"
    assert "Uni Basel" in shown
    assert "PIPU0001" in shown
    assert "gives you codes" not in shown
    assert not pages.preview_page.device_name.isVisible()
    assert (outside.linked_with, push.steps) == ([], [])


def test_a_push_account_is_linked_without_a_short_code(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    page = _confirm_push(pages)
    qtbot.waitUntil(page.done_button.isVisible)
    assert "Uni Basel asks here when someone logs in as ann." in _texts(page)
    assert push.steps == ["contact", "wait", "acknowledge"]
    assert outside.linked_with[0][1] != ""
    page.done_button.click()
    assert outside.closed == [(push.account.id,)]


def test_while_the_server_takes_its_time_that_is_said_and_nothing_can_be_called_back(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    push.answers.clear()
    page = _confirm_push(pages)
    qtbot.waitUntil(lambda: "a few seconds" in _texts(page))
    assert not page.cancel_button.isVisible()
    page.back_pressed.emit()  # what is saved stays, whatever comes of it
    push.answers.set()
    assert outside.closed == [(push.account.id,)]
    qtbot.waitUntil(lambda: "close" in push.steps)


@pytest.mark.parametrize(
    "error", [EnrolmentUsed("This code was used up"), EnrolmentExpired("Its time is over")]
)
def test_an_account_that_can_never_be_linked_is_taken_away_again(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking, error: Exception
) -> None:
    push.fail_at["acknowledge"] = error
    page = _confirm_push(pages)
    qtbot.waitUntil(page.notice.isVisible)
    assert page.heading.text() == "This computer was not linked"
    assert outside.discarded == [push.account]
    page.cancel_button.click()
    assert outside.closed == [()]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AnswerLost("No answer came"), "It may have linked this computer."),
        (RemoteError("The server cannot be reached"), "The server has not taken this computer."),
    ],
)
def test_where_linking_may_still_succeed_the_account_stays_and_it_can_be_tried_again(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    push: PushLinking,
    error: Exception,
    said: str,
) -> None:
    push.fail_at["acknowledge"] = error
    page = _confirm_push(pages)
    qtbot.waitUntil(page.again_button.isVisible)
    assert said in _texts(page)
    page.again_button.click()
    qtbot.waitUntil(lambda: page.heading.text() == "This computer is linked")
    assert (outside.discarded, outside.saves) == ([], 1)


def test_a_code_that_wants_no_checks_makes_a_person_compare_the_servers_key(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    push.needs_fingerprint = True
    pages.open_text(PUSH + "0")
    assert "not to check who the server is" in _texts(pages.preview_page)
    pages.preview_page.confirm_button.click()
    page = pages.linking_page
    qtbot.waitUntil(page.same_button.isVisible)
    assert page.fingerprint.accessibleName() == FINGERPRINT
    assert "0000  0001  0002  0003" in _texts(page)
    assert push.steps == ["fingerprint"]
    page.same_button.click()
    qtbot.waitUntil(page.done_button.isVisible)
    assert push.confirmed == FINGERPRINT


def test_a_fingerprint_that_differs_leaves_nothing_behind(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    push.needs_fingerprint = True
    page = _confirm_push(pages, "0")
    qtbot.waitUntil(page.same_button.isVisible)
    page.cancel_button.click()
    qtbot.waitUntil(lambda: "close" in push.steps)
    assert (push.steps[0], push.confirmed, outside.saved) == ("fingerprint", "", [])


def test_a_server_whose_certificate_was_refused_is_known_by_its_key_only_when_a_person_asks(
    qtbot: QtBot, pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    push.fail_at["contact"] = TlsRefused("pi.example could not prove who it is")
    page = _confirm_push(pages)
    qtbot.waitUntil(page.compare_button.isVisible)
    assert "somebody else may be answering" in _texts(page)
    assert "fingerprint" not in push.steps
    page.compare_button.click()
    qtbot.waitUntil(page.same_button.isVisible)
    assert "Nobody this computer trusts says who pi.example is" in _texts(page)
    assert push.confirmed == ""
    page.same_button.click()
    qtbot.waitUntil(page.done_button.isVisible)
    assert (push.confirmed, outside.saves) == (FINGERPRINT, 1)


@pytest.mark.parametrize("error", [TlsRefused("pinned is another key"), RemoteError("no network")])
def test_where_its_key_would_not_help_no_fingerprint_is_offered(
    qtbot: QtBot, pages: AddPages, push: PushLinking, error: Exception
) -> None:
    push.key_would_help = False
    push.fail_at["contact"] = error
    page = _confirm_push(pages)
    qtbot.waitUntil(page.notice.isVisible)
    assert not page.compare_button.isVisible()


def test_a_code_whose_time_ran_out_before_it_was_confirmed_is_not_used(
    pages: AddPages, outside: Outside, push: PushLinking
) -> None:
    pages.open_text(PUSH + "1")
    pages._seen_at -= 600
    pages.preview_page.confirm_button.click()
    assert pages.currentWidget() is pages.preview_page
    assert "time is over" in pages.preview_page.notice.text()
    assert outside.linked_with == []


def test_a_container_is_refused_by_name(pages: AddPages) -> None:
    pages.open_text("pia://container/SMPH0001?issuer=privacyIDEA&ttl=10&nonce=ab&time=x&url=y")
    assert pages.currentWidget() is pages.scan_page
    assert "container of privacyIDEA" in pages.scan_page.notice.text()


# A second step.

TWO_STEP = f"{LINK}&2step_salt=8&2step_output=20&2step_difficulty=1000"


def test_a_second_step_is_announced_and_shown_once_the_account_is_saved(
    pages: AddPages, outside: Outside
) -> None:
    copied: list[str] = []
    pages.copy_asked.connect(copied.append)
    pages.open_text(TWO_STEP)
    assert "One step more follows" in _texts(pages.preview_page)
    outside.fail_with = VaultError("The vault could not be saved", "The disk is full")
    pages.preview_page.confirm_button.click()
    assert pages.currentWidget() is pages.preview_page
    outside.fail_with = None
    pages.preview_page.confirm_button.click()
    page = pages.second_step_page
    assert pages.currentWidget() is page
    (addition,) = outside.saved
    assert page.answers() == [addition.answer]
    assert in_groups(addition.answer) in _texts(page)
    assert in_groups(addition.answer) in addition.account.note
    assert outside.closed == []
    page.copy_button.click()
    assert copied == [addition.answer]
    page.done_button.click()
    assert outside.closed == [(addition.account.id,)]
    assert page.answers() == []


def test_several_second_steps_are_shown_together(pages: AddPages, outside: Outside) -> None:
    pages.open_text(f"{TWO_STEP}\n{TWO_STEP.replace('ana', 'ben')}")
    pages.choose_page.all_chosen.emit()
    pages.batch_page.confirm_button.click()
    assert pages.second_step_page.answers() == [each.answer for each in outside.saved]
    assert len(outside.saved) == 2
    assert not pages.second_step_page.copy_button.isVisible()
