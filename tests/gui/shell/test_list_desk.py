"""What the list remembers: on the screen, across a lock, and in the vault on disk."""

import errno
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from settings_steps import PASSWORD, shown, unlock
from vaults import totp

from watchword.desktop.accounts.ordering import Order, Use
from watchword.desktop.application import Desktop
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell import list_desk
from watchword.desktop.shell.list_desk import added, read_order, read_uses
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault, durable

NAMES = ("Kalos", "Aare", "GitHub", "Bern")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def session(qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock) -> Session:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    vault.add([totp(name) for name in NAMES])
    vault.save()
    vault.lock()
    opened = unlock(qtbot, desktop)
    desktop.window.activateWindow()
    return opened


def on_disk(path: Path) -> OpenVault:
    return LockedVault(path).unlock(PASSWORD)


def names(session: Session) -> list[str]:
    model = session.place.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def copy(session: Session, name: str) -> None:
    """Copy an account's code by a click on its row."""
    view = session.place.list.view
    place = view.visualRect(session.place.model.index(names(session).index(name)))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())


def lock_and_unlock(qtbot: QtBot, desktop: Desktop) -> Session:
    session = desktop.session
    assert session is not None
    session.leaving.ask_to_lock()
    shown(qtbot, desktop, UnlockPage)
    return unlock(qtbot, desktop)


def saved(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.listing._moved and not session.saves.unsaved)


def test_the_order_is_remembered_in_the_vault(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    assert names(session) == list(NAMES)
    session.place.list.order_asked.emit("name")
    assert names(session) == sorted(NAMES)
    saved(qtbot, session)
    assert on_disk(path).setting(list_desk.ORDER) == "name"
    again = lock_and_unlock(qtbot, desktop)
    assert names(again) == sorted(NAMES)
    assert again.place.list.sort_button.toolTip() == "Sort: Name"


def test_uses_are_saved_once_when_the_vault_is_locked(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path, clock: FakeClock
) -> None:
    before = on_disk(path).generation
    for name in ("Bern", "GitHub", "Bern"):
        clock.advance(60)
        copy(session, name)
    assert not session.saves.unsaved
    assert on_disk(path).generation == before
    backups = sorted(session._vault.places.backups.iterdir())
    again = lock_and_unlock(qtbot, desktop)
    assert on_disk(path).generation == before + 1
    assert sorted(again._vault.places.backups.iterdir()) == backups
    again.place.list.order_asked.emit("used")
    assert names(again) == ["Bern", "GitHub", "Kalos", "Aare"]
    saved(qtbot, again)
    # What was not used is not written either.
    before = on_disk(path).generation
    third = lock_and_unlock(qtbot, desktop)
    assert on_disk(path).generation == before
    clock.advance(60)
    copy(third, "Aare")
    fourth = lock_and_unlock(qtbot, desktop)
    assert names(fourth)[0] == "Bern"
    fourth.place.list.order_asked.emit("recent")
    assert names(fourth) == ["Aare", "Bern", "GitHub", "Kalos"]
    saved(qtbot, fourth)


def test_no_row_changes_places_under_the_mouse(qtbot: QtBot, session: Session) -> None:
    session.place.list.order_asked.emit("recent")
    copy(session, "Bern")
    assert names(session) == list(NAMES)
    saved(qtbot, session)
    session.open_settings()
    session.show_accounts()
    assert names(session)[0] == "Bern"


def test_uses_that_cannot_be_saved_are_not_worth_a_word(
    qtbot: QtBot, desktop: Desktop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(session, "Bern")
    with monkeypatch.context() as disk:
        disk.setattr(durable, "write_new", _full)
        session.leaving.ask_to_lock()
        shown(qtbot, desktop, UnlockPage)
        qtbot.waitUntil(lambda: session._vault._loaded is None)
    again = unlock(qtbot, desktop)
    assert again._vault.setting(list_desk.USES) is None
    assert not again.notices.notice.isVisible()


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_an_account_that_is_gone_leaves_no_use_behind(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    copy(session, "Bern")
    copy(session, "Aare")
    bern = next(each for each in session._accounts if each.issuer == "Bern")
    aare = next(each for each in session._accounts if each.issuer == "Aare")
    session._vault.remove(bern.id)
    session._vault.purge([bern.id])
    lock_and_unlock(qtbot, desktop)
    assert set(on_disk(path).setting(list_desk.USES)) == {aare.id}


def test_an_own_order_made_by_keys_is_saved_once(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    before = on_disk(path).generation
    view = session.place.list.view
    session.place.select(session._accounts[0].id)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Down, ALT)
    moved = [*NAMES[1:], NAMES[0]]
    assert names(session) == moved
    saved(qtbot, session)
    assert on_disk(path).generation == before + 1
    assert [each.issuer for each in on_disk(path).accounts] == moved
    assert names(session) == moved


def test_an_own_order_is_saved_when_it_is_locked_at_once(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    session.place.select(session._accounts[0].id)
    qtbot.keyClick(session.place.list.view, Qt.Key.Key_End, ALT)
    again = lock_and_unlock(qtbot, desktop)
    assert names(again) == [*NAMES[1:], NAMES[0]]


def test_an_own_order_outlasts_another_save_before_its_own(
    qtbot: QtBot, session: Session, path: Path
) -> None:
    view = session.place.list.view
    start = view.visualRect(session.place.model.index(0)).center()
    end = view.visualRect(session.place.model.index(2)).center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), start + QPoint(0, 40))
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    moved = ["Aare", "GitHub", "Kalos", "Bern"]
    session.accounts.set_favourite(session._accounts[-1].id)
    qtbot.waitUntil(lambda: any(each.favourite for each in session._accounts))
    assert names(session) == ["Bern", "Aare", "GitHub", "Kalos"]
    saved(qtbot, session)
    assert [each.issuer for each in on_disk(path).accounts] == moved


def test_an_own_order_that_is_not_saved_is_not_shown(
    qtbot: QtBot, session: Session, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "write_new", _full)
    session.place.select(session._accounts[0].id)
    qtbot.keyClick(session.place.list.view, Qt.Key.Key_End, ALT)
    session.listing.flush()
    qtbot.waitUntil(session.notices.notice.isVisible)
    assert names(session) == list(NAMES)
    monkeypatch.undo()


def test_codes_are_hidden_by_a_switch(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    session.open_settings()
    page = shown(qtbot, desktop, SettingsPage)
    assert not page.codes_hidden.isChecked()
    page.codes_hidden.click()
    qtbot.waitUntil(page.codes_hidden.isChecked)
    assert on_disk(path).setting(list_desk.HIDE_CODES) is True
    again = lock_and_unlock(qtbot, desktop)
    row = again.place.model.row(again.place.model.index(0))
    assert row is not None
    assert row.hidden
    again.open_settings()
    page = shown(qtbot, desktop, SettingsPage)
    assert page.codes_hidden.isChecked()
    page.codes_hidden.click()
    qtbot.waitUntil(lambda: not page.codes_hidden.isChecked())
    row = again.place.model.row(again.place.model.index(0))
    assert row is not None
    assert not row.hidden


def test_a_switch_that_is_not_saved_stays_where_it_was(
    qtbot: QtBot, desktop: Desktop, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open_settings()
    page = shown(qtbot, desktop, SettingsPage)
    with monkeypatch.context() as disk:
        disk.setattr(durable, "write_new", _full)
        page.codes_hidden.click()
        qtbot.waitUntil(page.notice.isVisible)
    assert not page.codes_hidden.isChecked()


@pytest.mark.parametrize("value", [None, 7, "newest", ["name"], {}])
def test_an_order_this_version_does_not_know_is_the_own_one(value: object) -> None:
    assert read_order(value) is Order.OWN


def test_uses_are_read_from_whatever_the_vault_says() -> None:
    assert read_uses(None) == read_uses(["a"]) == {}
    value = {
        "a": [2, 5],
        "b": [1, 2.5],
        "c": [0, 1],
        "d": ["1", 2],
        "e": [1],
        "f": 3,
        "h": [1, 10**400],
        "i": [1, None],
        "g": [10**400, 1],
    }
    assert read_uses(value) == {"a": Use(2, 5.0), "b": Use(1, 2.5)}
    assert added({"a": Use(2, 9.0)}, {"a": Use(1, 5.0), "b": Use(1, 1.0)}) == {
        "a": Use(3, 9.0),
        "b": Use(1, 1.0),
    }
