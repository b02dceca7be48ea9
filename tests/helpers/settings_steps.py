"""What a person does in the settings, and what disks and keyrings do to them."""

import errno
import re
import threading
from pathlib import Path
from typing import TypeVar

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from vaults import totp

from watchword.desktop.application import Desktop
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.errors import WrongPassword
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    create_vault,
    durable,
    keyslots,
    slots,
)
from watchword.vault.keyring_slot import KeyringUnavailable

PASSWORD = "four words or so"
NEW = "seven other words here"
DAY = 86_400.0
T = TypeVar("T")


class Memory:
    """A keyring where no daemon runs; it can be away, or show a prompt that nobody answers."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.there = True
        self.prompt: threading.Event | None = None

    def available(self) -> bool:
        return self.there

    def store(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    def fetch(self, name: str) -> bytes | None:
        if self.prompt is not None and not self.prompt.wait(20):
            raise KeyringUnavailable("Nobody answered")
        return self.kept.get(name)

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


def make(path: Path, clock: FakeClock, *, with_key: bool) -> str:
    vault, key = create_vault(path, PASSWORD, recovery_key=with_key, cost=CHEAPEST, clock=clock)
    for issuer in ("Kalos Club", "GitHub"):
        vault.add([totp(issuer)])
        vault.save()
        clock.advance(DAY)
    vault.lock()
    return key or ""


def unlock(qtbot: QtBot, desktop: Desktop, password: str = PASSWORD) -> Session:
    if desktop.window.page is None:
        desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(password)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def shown(qtbot: QtBot, desktop: Desktop, kind: type[T]) -> T:
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, kind))
    page = desktop.window.page
    assert isinstance(page, kind)
    return page


def settings(qtbot: QtBot, desktop: Desktop) -> SettingsPage:
    unlock(qtbot, desktop).place.list.settings_button.click()
    page = shown(qtbot, desktop, SettingsPage)
    qtbot.waitUntil(lambda: "Looking" not in "".join(page.texts().values()))
    return page


def give(qtbot: QtBot, desktop: Desktop, password: str = PASSWORD) -> PasswordAgainPage:
    page = shown(qtbot, desktop, PasswordAgainPage)
    page.password.clear()
    qtbot.keyClicks(page.password.edit, password)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    return page


def fill(page: ChangePasswordPage, old: str = PASSWORD, new: str = NEW) -> None:
    if page.old is not None:
        page.old.set_text(old)
    page.new.password.set_text(new)
    page.new.again.set_text(new)
    assert page.button.isEnabled()
    page.button.click()


def change(qtbot: QtBot, desktop: Desktop, page: SettingsPage) -> OlderBackupsPage:
    page.change_password.click()
    fill(shown(qtbot, desktop, ChangePasswordPage))
    return shown(qtbot, desktop, OlderBackupsPage)


def opens(path: Path, password: str) -> bool:
    try:
        LockedVault(path).unlock(password, clock=FakeClock()).lock()
    except WrongPassword:
        return False
    return True


def kinds(path: Path) -> list[str]:
    """Return what opens the vault on disk."""
    return sorted(slot.kind for slot in LockedVault(path).header().slots)


def copies(path: Path) -> list[Path]:
    return [path.with_suffix(".bak"), *sorted((path.parent / "backups").glob("*.backup"))]


def full_disk(patch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch.setattr(durable, "settle_file", fail)


def unconfirmed_disk(patch: pytest.MonkeyPatch) -> None:
    """Let the folder's fsync fail: the new file stands in its place by then."""
    from watchword.vault import storage

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    patch.setattr(storage.durable, "settle_folder", fail)


class SlowKey:
    """Holds the derivation of a new key until it may go on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        original = keyslots.new_slot

        def slow(*arguments: object) -> object:
            self.begun.set()
            assert self.go.wait(20)
            return original(*arguments)  # type: ignore[arg-type]

        patch.setattr(slots.keyslots, "new_slot", slow)


def key_on(page: RecoveryPage) -> str:
    """Read the key from the screen, as a person does."""
    for child in page.findChildren(QWidget):
        name = child.accessibleName()
        if re.fullmatch(r"(?:[0-9A-Z]{4}[- ]){6}[0-9A-Z]{4}", name):
            return name
    raise AssertionError("No key is shown")


def type_back(qtbot: QtBot, page: RecoveryPage, key: str) -> None:
    groups = key.replace("-", " ").split()
    for number, field in page.fields.items():
        qtbot.keyClicks(field.edit, groups[number].lower())
    page.button.click()


def opens_copy(copy: Path, password: str) -> bool:
    try:
        slots.open_with_password(copy.read_bytes(), password)
    except WrongPassword:
        return False
    return True
