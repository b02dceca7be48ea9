"""Google Authenticator's exports in the window: collected in any order, previewed, saved at once."""

from pathlib import Path

import pytest
import qr_scenes
from add_pages_outside import Outside, make_pages
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from video_frames import frame_of

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.look.widgets.label import Label
from watchword.enrolment.preview import new_account
from watchword.errors import VaultError
from watchword.otp.migration_export import export
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.otp.protobuf import bytes_field, number_field

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"


def _entry(number: int, issuer: str = "Service") -> OtpauthEntry:
    otp = OtpParameters(type=OtpType.TOTP, secret=bytes([number + 1]) * 20)
    return OtpauthEntry(otp=otp, issuer=issuer, account=f"ana{number}")


def _parts(accounts: int = 25, batch_id: int = 5) -> tuple[str, ...]:
    return export([_entry(number) for number in range(accounts)], batch_id).links


def _copy(pages: AddPages, text: str) -> None:
    pages.open_scan()
    QGuiApplication.clipboard().setText(text)
    pages.scan_page.clipboard_card.click()


def _picture(tmp_path: Path, name: str, *texts: str) -> str:
    path = tmp_path / name
    path.write_bytes(qr_scenes.encoded(qr_scenes.beside([qr_scenes.qr(text) for text in texts])))
    return str(path)


def _texts(pages: AddPages) -> str:
    labels = pages.batch_page.findChildren(Label)
    return " | ".join(label.text() for label in labels if label.isVisible())


def _play(qtbot: QtBot, outside: Outside, text: str, until: str) -> None:
    """Hold a code before the camera until the page says `until`."""
    scan = outside.source
    frame = frame_of(qr_scenes.on_table(qr_scenes.qr(text, scale=4)))

    def shown() -> bool:
        scan.frame_arrived.emit(frame)
        return until in said(outside)

    qtbot.waitUntil(shown, timeout=20_000)


def said(outside: Outside) -> str:
    pages = outside.source.parent()
    assert isinstance(pages, AddPages)
    return pages.scan_page.progress.text() + pages.batch_page.heading() * pages.asks


def test_parts_come_from_anywhere_in_any_order_and_are_saved_at_once(
    qtbot: QtBot, pages: AddPages, outside: Outside, tmp_path: Path
) -> None:
    parts = _parts()
    assert len(parts) == 3
    pages.open_files([_picture(tmp_path, "two.png", parts[2])])
    qtbot.waitUntil(lambda: "1 of 3 scanned" in pages.scan_page.progress.text(), timeout=20_000)
    assert "Missing: 1, 2" in pages.scan_page.progress.text()
    _copy(pages, parts[0])
    assert "2 of 3 scanned" in pages.scan_page.progress.text()
    _play(qtbot, outside, parts[1], "Which accounts")
    assert outside.saves == 0
    assert pages.currentWidget() is pages.batch_page
    assert not outside.source.running
    names = [row.tick.accessibleDescription() for row in pages.batch_page.rows()]
    assert names == [f"ana{number}" for number in range(25)]
    pages.batch_page.rows()[3].tick.click()
    pages.batch_page.confirm_button.click()
    assert outside.saves == 1
    kept = [number for number in range(25) if number != 3]
    assert [each.account.account for each in outside.saved] == [f"ana{n}" for n in kept]
    assert [each.account.otp.secret[0] for each in outside.saved] == [n + 1 for n in kept]
    assert outside.closed == [tuple(each.account.id for each in outside.saved)]


def test_the_camera_goes_on_from_one_part_to_the_next(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    first, second, third = _parts()
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    _play(qtbot, outside, first, "1 of 3 scanned")
    _play(qtbot, outside, third, "2 of 3 scanned")
    assert outside.source.running
    _play(qtbot, outside, second, "Which accounts")


def test_several_pictures_with_a_part_each(
    qtbot: QtBot, pages: AddPages, outside: Outside, tmp_path: Path
) -> None:
    files = [_picture(tmp_path, f"{n}.png", part) for n, part in enumerate(_parts())]
    (tmp_path / "holiday.png").write_bytes(qr_scenes.encoded(qr_scenes.qr("x")[:10]))
    pages.open_files([*files[::-1], str(tmp_path / "holiday.png")])
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.batch_page, timeout=20_000)
    assert len(pages.batch_page.rows()) == 25
    assert "holiday.png" in pages.batch_page.remark.text()


def test_an_incomplete_export_can_be_added_and_says_what_it_lacks(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    _copy(pages, _parts()[1])
    pages.scan_page.progress.action.click()
    assert pages.currentWidget() is pages.batch_page
    assert "1 of 3 QR codes" in pages.batch_page.remark.text()
    pages.batch_page.cancel_button.click()
    # Back to the camera, with what was scanned still there.
    assert pages.currentWidget() is pages.scan_page
    assert "1 of 3 scanned" in pages.scan_page.progress.text()
    pages.scan_page.progress.action.click()
    pages.batch_page.confirm_button.click()
    assert len(outside.saved) == 10
    pages.open_scan()
    assert pages.scan_page.progress.text() == ""


def test_a_part_that_was_there_another_export_and_another_code_change_nothing(
    pages: AddPages, outside: Outside
) -> None:
    parts = _parts()
    _copy(pages, parts[0])
    _copy(pages, parts[0])
    assert "already" in pages.scan_page.hint()
    _copy(pages, LINK)
    assert "not a part of the export" in pages.scan_page.notice.text()
    assert "1 of 3 scanned" in pages.scan_page.progress.text()
    other = _parts(30, batch_id=6)
    _copy(pages, other[1])
    assert "another export" in pages.scan_page.notice.text()
    assert "Missing: 2, 3" in pages.scan_page.progress.text()
    pages.scan_page.notice.action.click()
    assert "Missing: 1, 3" in pages.scan_page.progress.text()
    assert pages.scan_page.notice.text() == ""
    assert outside.saves == 0


def test_what_is_there_already_what_is_alike_and_what_cannot_be_added(
    pages: AddPages, outside: Outside
) -> None:
    there = [new_account(_entry(0)), new_account(_entry(1))]
    outside.accounts += there
    alike = OtpauthEntry(
        otp=OtpParameters(type=OtpType.TOTP, secret=b"x" * 20), issuer="service", account="ANA1"
    )
    (link,) = export([_entry(0), alike, _entry(2, "<b>x</b>\u202e")], 5).links
    pages.open_text(_with_md5(link))
    first, second, third = pages.batch_page.rows()
    assert not first.tick.isEnabled()
    assert not first.tick.isChecked()
    assert second.other.isVisible()
    assert not third.other.isVisible()
    assert third.tick.accessibleName() == "<b>x</b>"
    assert "have this account already" in _texts(pages)
    assert "hidden characters" in _texts(pages).lower()
    assert "old | Its algorithm is MD5, which is not supported." in _texts(pages)
    second.other.click()
    pages.batch_page.confirm_button.click()
    replaced, new = outside.saved
    assert (replaced.replaces, replaced.account.id) == (there[1].id, there[1].id)
    assert replaced.account.otp == alike.otp
    assert (new.replaces, new.account.account) == ("", "ana2")


def _with_md5(link: str) -> str:
    """Return the part with an entry that cannot be taken over."""
    import base64
    from urllib.parse import quote, unquote

    data = base64.b64decode(unquote(link.partition("data=")[2]))
    entry = bytes_field(1, b"s" * 10) + bytes_field(2, b"old")
    entry += number_field(4, 4) + number_field(5, 1) + number_field(6, 2)
    data = bytes_field(1, entry) + data
    return f"otpauth-migration://offline?data={quote(base64.b64encode(data).decode(), safe='')}"


def test_two_that_would_replace_the_same_account_do_not_both(
    pages: AddPages, outside: Outside
) -> None:
    outside.accounts.append(new_account(_entry(0)))
    same_name = [
        OtpauthEntry(
            otp=OtpParameters(type=OtpType.TOTP, secret=bytes([n]) * 20),
            issuer="Service",
            account="ana0",
        )
        for n in (50, 60)
    ]
    pages.open_text(export(same_name, 5).links[0])
    first, second = pages.batch_page.rows()
    first.other.click()
    second.other.click()
    assert not first.other.isChecked()
    pages.batch_page.confirm_button.click()
    assert [bool(each.replaces) for each in outside.saved] == [False, True]


def test_a_save_that_fails_keeps_the_list(pages: AddPages, outside: Outside) -> None:
    outside.fail_with = VaultError("The vault could not be saved", "The disk is full")
    pages.open_text(_parts(3)[0])
    pages.batch_page.confirm_button.click()
    assert "The disk is full" in pages.batch_page.notice.text()
    outside.fail_with = None
    pages.batch_page.confirm_button.click()
    assert len(outside.saved) == 3


def test_an_export_link_pasted_into_the_form(pages: AddPages) -> None:
    pages.open_manual()
    pages.manual_page.secret.set_text(_parts(2)[0])
    pages.manual_page.button.click()
    assert pages.currentWidget() is pages.batch_page
    assert len(pages.batch_page.rows()) == 2


def test_what_can_be_pressed_stays_while_the_camera_sees_the_same_code(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    _copy(pages, _parts()[0])
    qtbot.waitUntil(lambda: outside.source.running)
    frame = frame_of(qr_scenes.on_table(qr_scenes.qr(_parts(30, batch_id=6)[1], scale=4)))
    action = pages.scan_page.notice.action

    def refused() -> bool:
        outside.source.frame_arrived.emit(frame)
        return action.isVisible()

    qtbot.waitUntil(refused)
    seen: list[str] = []
    pages.scan_page.found.connect(lambda _: seen.append("again"))
    qtbot.mousePress(action, Qt.MouseButton.LeftButton)

    def seen_again() -> bool:
        outside.source.frame_arrived.emit(frame)
        return len(seen) > 2

    qtbot.waitUntil(seen_again)
    qtbot.mouseRelease(action, Qt.MouseButton.LeftButton)
    assert "Missing: 1, 3" in pages.scan_page.progress.text()


def test_nothing_of_an_export_stays_on_the_page(pages: AddPages, outside: Outside) -> None:
    pages.open_text(_parts(3)[0])
    pages.batch_page.confirm_button.click()
    assert len(outside.saved) == 3
    assert pages.batch_page.rows() == []


@pytest.mark.parametrize("accounts", [12, 1])
def test_locking_forgets_what_was_collected(
    qtbot: QtBot, jobs: Jobs, outside: Outside, accounts: int
) -> None:
    pages = make_pages(jobs, outside)
    qtbot.addWidget(pages)
    pages.show()
    pages.open_text(_parts(accounts)[0])
    pages.leave()
    pages.open_scan()
    assert pages.scan_page.progress.text() == ""
    pages.leave()


# Several codes in one picture.


def test_an_export_beside_other_codes_is_one_of_the_choices(pages: AddPages) -> None:
    pages.open_text(f"{LINK}\n{_parts(3)[0]}")
    assert pages.currentWidget() is pages.choose_page
    pages.choose_page.chosen.emit(1)
    assert len(pages.batch_page.rows()) == 3


def test_a_code_without_its_pin_is_offered_among_several(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    yandex = "otpauth://yaotp/ann@yandex.ru?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&name=ann"
    pages.open_text(f"{LINK}\n{yandex}")
    labels = pages.choose_page.findChildren(Label)
    assert not any("cannot be used" in label.text() for label in labels)
    pages.choose_page.chosen.emit(1)
    assert pages.currentWidget() is pages.manual_page
    pages.manual_page.back_pressed.emit()
    assert pages.currentWidget() is pages.choose_page
    pages.choose_page.chosen.emit(1)
    qtbot.keyClicks(pages.manual_page.pin.edit, "5239")
    pages.manual_page.button.click()
    pages.preview_page.confirm_button.click()
    assert [each.account.issuer for each in outside.saved] == ["Yandex"]


def test_all_accounts_of_a_picture_can_be_added_at_once(pages: AddPages, outside: Outside) -> None:
    pages.open_text(f"{LINK}\n{LINK.replace('ana', 'ben').replace('JBSW', 'JBSX')}")
    pages.choose_page.all_button.click()
    assert outside.saves == 0
    pages.batch_page.cancel_button.click()
    assert pages.currentWidget() is pages.choose_page
    pages.choose_page.all_button.click()
    pages.batch_page.confirm_button.click()
    assert [each.account.account for each in outside.saved] == ["ana", "ben"]
