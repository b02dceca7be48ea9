"""A vault that is missing, damaged or forgotten: never a first run, and a way back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from vaults import totp

from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.unlock.copies_page import CopiesPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.rescue_page import RescuePage
from watchword.desktop.unlock.restore_page import RestorePage
from watchword.desktop.unlock.start_over_page import StartOverPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    create_vault,
    file_format,
    keyslots,
    payload,
    strict_json,
)

PASSWORD = "four words or so"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    """Have a vault of two accounts, saved one by one, so that there are copies; not started."""
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock())
    for issuer in ("Kalos Club", "GitHub"):
        vault.add([totp(issuer)])
        vault.save()
    vault.lock()
    running = Desktop(qapp, path, cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.close()
    running.window.deleteLater()


def copies(desktop: Desktop) -> CopiesPage:
    page = desktop.window.page
    assert isinstance(page, CopiesPage)
    return page


def choose(qtbot: QtBot, desktop: Desktop, number: int = 0) -> RestorePage:
    card = copies(desktop).cards()[number]
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    page = desktop.window.page
    assert isinstance(page, RestorePage)
    return page


def type_password(qtbot: QtBot, page: RestorePage, password: str = PASSWORD) -> None:
    qtbot.keyClicks(page.password.edit, password)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)


def issuers(desktop: Desktop) -> list[str]:
    session = desktop.session
    assert session is not None
    model = session.place.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_damage_says_damage_and_a_copy_is_restored_in_two_steps(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    damaged = path.read_bytes()[:-40]
    path.write_bytes(damaged)
    desktop.start()
    page = copies(desktop)
    assert page.notice.text().startswith("Your vault is damaged")
    assert "wrong password" not in page.notice.text().lower()
    about = [card.accessibleDescription() for card in page.cards()]
    assert about[0] == "2 accounts · Backup"
    assert page.cards()[0].accessibleName().startswith("Today ")
    type_password(qtbot, choose(qtbot, desktop))
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert issuers(desktop) == ["Kalos Club", "GitHub"]
    kept = [found for found in (path.parent / "backups").iterdir() if "set-aside" in found.name]
    assert [found.read_bytes() for found in kept] == [damaged]


def test_a_missing_vault_is_no_first_run(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    path.unlink()
    desktop.start()
    assert copies(desktop).notice.text().startswith("Your vault is missing")
    type_password(qtbot, choose(qtbot, desktop))
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert issuers(desktop) == ["Kalos Club", "GitHub"]


@pytest.mark.parametrize("left", ["vault.bak", "backups", "state"])
def test_any_single_trace_keeps_the_first_run_away(
    qtbot: QtBot, desktop: Desktop, path: Path, left: str
) -> None:
    for found in path.parent.rglob("*"):
        if found.is_file() and left not in found.relative_to(path.parent).parts:
            found.unlink()
    desktop.start()
    page = copies(desktop)
    if left == "state":
        assert page.cards() == []
        assert "No copy can be used" in [label.text() for label in page.findChildren(Label)]


def test_a_wrong_password_changes_nothing_and_can_be_tried_again(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    before = {found: found.read_bytes() for found in path.parent.rglob("*") if found.is_file()}
    desktop.start()
    page = choose(qtbot, desktop)
    type_password(qtbot, page, "not this one")
    qtbot.waitUntil(lambda: "password" in page.notice.text().lower())
    after = {found: found.read_bytes() for found in path.parent.rglob("*") if found.is_file()}
    del after[path.with_name("vault.lock")]
    before.pop(path.with_name("vault.lock"), None)
    assert before == after
    assert page.password.edit.selectedText() != ""
    type_password(qtbot, page)
    qtbot.waitUntil(lambda: desktop.session is not None)


def test_a_damaged_copy_is_named_and_cannot_be_chosen(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    for found in (path, path.with_name("vault.bak")):
        found.write_bytes(found.read_bytes()[:-1])
    desktop.start()
    page = copies(desktop)
    texts = [label.text() for label in page.findChildren(Label)]
    assert "vault.bak · damaged" in texts
    assert "vault.bak" not in [card.accessibleName() for card in page.cards()]


def test_a_copy_kept_elsewhere_is_restored_from_its_file(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "stick.backup"
    elsewhere.write_bytes(path.read_bytes())
    path.unlink()
    desktop.start()
    page = copies(desktop)
    page._native_dialogs = False
    page.file_button.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(str(elsewhere))
    dialog.accept()
    restoring = desktop.window.page
    assert isinstance(restoring, RestorePage)
    type_password(qtbot, restoring)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert issuers(desktop) == ["Kalos Club", "GitHub"]


def test_what_is_no_vault_is_not_put_in_its_place(
    qtbot: QtBot, desktop: Desktop, path: Path, tmp_path: Path
) -> None:
    whole = path.read_bytes()
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8 not a vault")
    desktop.start()
    unlock = desktop.window.page
    assert isinstance(unlock, UnlockPage)
    unlock.trouble.click()
    copies(desktop).file_chosen.emit(str(tmp_path / "holiday.jpg"))
    page = desktop.window.page
    assert isinstance(page, RestorePage)
    type_password(qtbot, page)
    qtbot.waitUntil(lambda: page.notice.text() != "")
    assert path.read_bytes() == whole


def test_a_file_put_back_is_found_by_looking_again(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    whole = path.read_bytes()
    path.unlink()
    desktop.start()
    page = copies(desktop)
    path.write_bytes(whole)
    page.again.click()
    assert isinstance(desktop.window.page, UnlockPage)


def test_damage_found_only_by_the_password_leads_to_the_copies(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    desktop.start()
    unlock = desktop.window.page
    assert isinstance(unlock, UnlockPage)
    path.write_bytes(path.read_bytes()[:-40])
    qtbot.keyClicks(unlock.password.edit, PASSWORD)
    qtbot.keyClick(unlock.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, CopiesPage))
    assert "damaged" in copies(desktop).notice.text()


def with_wrong_contents(path: Path, *, all_of_them: bool = False) -> bytes:
    """Write a file whose key fits, and whose second account no version of ours writes."""
    vault = LockedVault(path).unlock(PASSWORD, clock=SystemClock())
    state = vault._state()
    members = strict_json.loads(payload.encode(vault._payload))
    for account in members["accounts"] if all_of_them else members["accounts"][1:]:
        account["otp"]["digits"] = 99
    data = strict_json.dumps(members)
    padded = data + b" " * (-len(data) % 4_096)
    whole = file_format.build(state.header, state.ring.vault_key, padded)
    path.write_bytes(whole)
    vault.lock()
    return whole


def to_rescue(qtbot: QtBot, desktop: Desktop) -> RescuePage:
    desktop.start()
    unlock = desktop.window.page
    assert isinstance(unlock, UnlockPage)
    qtbot.keyClicks(unlock.password.edit, PASSWORD)
    qtbot.keyClick(unlock.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, CopiesPage))
    page = copies(desktop)
    assert page.notice.text().startswith("The vault's contents are damaged")
    page.rescue.setFocus()
    qtbot.keyClick(page.rescue, Qt.Key.Key_Return)
    rescue = desktop.window.page
    assert isinstance(rescue, RescuePage)
    return rescue


def labels(page: RescuePage) -> list[str]:
    return [label.text() for label in page.findChildren(Label) if not label.isHidden()]


def test_what_is_whole_of_a_damaged_vault_is_rescued_into_a_new_one(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    whole = with_wrong_contents(path)
    page = to_rescue(qtbot, desktop)
    qtbot.keyClicks(page.password.edit, "not this one")
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "wrong" in page.notice.text())
    page.password.clear()
    qtbot.keyClicks(page.password.edit, PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Make a new vault of these?" in labels(page))
    assert "1 account can be read" in labels(page)
    assert "Kalos Club" in labels(page)
    assert "1 cannot be read" in labels(page)
    assert any("account 2 of 2" in text for text in labels(page))
    assert path.read_bytes() == whole
    qtbot.keyClick(page.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))
    key = desktop.window.page
    assert isinstance(key, RecoveryPage)
    key.later.click()
    assert issuers(desktop) == ["Kalos Club"]
    assert desktop.session is not None
    assert "This is the new vault" in desktop.session.notices.notice.text()
    kept = [found.read_bytes() for found in (path.parent / "backups").iterdir()]
    assert whole in kept
    assert len(LockedVault(path).unlock(PASSWORD, clock=SystemClock()).accounts) == 1


def test_a_vault_of_which_nothing_can_be_read_says_so(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    whole = with_wrong_contents(path, all_of_them=True)
    page = to_rescue(qtbot, desktop)
    qtbot.keyClicks(page.password.edit, PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "No account can be read" in labels(page))
    assert not page.button.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    copies(desktop)
    assert path.read_bytes() == whole


def test_a_rescue_is_not_offered_where_the_key_does_not_fit_any_more(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    desktop.start()
    assert not copies(desktop).rescue.isVisible()


def test_a_cancelled_rescue_changes_nothing(
    qtbot: QtBot, desktop: Desktop, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = with_wrong_contents(path)
    page = to_rescue(qtbot, desktop)
    begun, go = threading.Event(), threading.Event()
    real = keyslots.crypto.stretch

    def stretch(*given: object) -> bytearray:
        begun.set()
        go.wait(10)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(keyslots.crypto, "stretch", stretch)
    page.password.set_text(PASSWORD)
    page.button.click()
    assert begun.wait(10)
    page.waiting.cancelled.emit()
    assert page.notice.text().startswith("Nothing was changed")
    go.set()
    page.button.click()
    qtbot.waitUntil(lambda: "Make a new vault of these?" in labels(page))
    go.clear()
    begun.clear()
    page.button.click()
    assert begun.wait(10)
    page.waiting.cancelled.emit()
    assert page.waiting.cancel.text() == "Stopping…"
    go.set()
    qtbot.waitUntil(lambda: page.notice.text().startswith("Nothing was changed"))
    assert path.read_bytes() == whole


def test_forgotten_everything_moves_all_aside_and_deletes_nothing(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    desktop.start()
    unlock = desktop.window.page
    assert isinstance(unlock, UnlockPage)
    unlock.trouble.click()
    page = copies(desktop)
    page.back_pressed.emit()
    assert isinstance(desktop.window.page, UnlockPage)
    desktop.window.page.trouble.click()
    copies(desktop).start_over.click()
    over = desktop.window.page
    assert isinstance(over, StartOverPage)
    before = sorted(found.read_bytes() for found in path.parent.rglob("*") if found.is_file())
    qtbot.keyClicks(over.field.edit, "start")
    assert not over.button.isEnabled()
    qtbot.keyClicks(over.field.edit, " Over")
    assert over.button.isEnabled()
    qtbot.keyClick(over.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, WelcomePage))
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    assert "set-aside-" in welcome.notice.text()
    assert not path.exists()
    after = [found for found in path.parent.rglob("*") if found.is_file()]
    assert sorted(f.read_bytes() for f in after if f.name != "vault.lock") == [
        data for data in before if data
    ]
