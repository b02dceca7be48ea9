"""A vault in a sync program's folder or on a network disk: what the window says, and what it does."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.fact_list import FactList
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.unlock.copies_page import CopiesPage
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.folder_page import FolderPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.system import folders, network_disks
from watchword.vault import CHEAPEST, create_vault

PASSWORD = "four words or so"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    running = Desktop(qapp, path, cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.close()
    running.window.deleteLater()


def synced(path: Path) -> None:
    (path.parent / ".stfolder").mkdir(parents=True)


@pytest.fixture
def far_away(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system's list of mounts say that the vault's folder is a server's."""
    told = tmp_path / "mountinfo"
    told.write_bytes(b"40 22 0:35 / %s rw - nfs4 s:/home rw\n" % os.fsencode(path.parent))
    monkeypatch.setattr(network_disks, "_MOUNTINFO", told)


def asked_to_create(desktop: Desktop) -> FolderPage:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.create_button.click()
    page = desktop.window.page
    assert isinstance(page, FolderPage)
    return page


def words(page: FolderPage) -> str:
    facts = page.findChild(FactList)
    assert facts is not None
    return " ".join(label.text() for label in page.findChildren(Label) if label.isVisible())


def make(qtbot: QtBot, desktop: Desktop) -> None:
    create = desktop.window.page
    assert isinstance(create, CreatePage)
    create.password.set_text(PASSWORD)
    create.again.set_text(PASSWORD)
    create.button.click()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))
    recovery = desktop.window.page
    assert isinstance(recovery, RecoveryPage)
    recovery.later.click()


def test_in_a_synced_folder_there_is_no_way_on(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    synced(path)
    page = asked_to_create(desktop)
    assert "Syncthing looks after" in words(page)
    assert "conflicted copy" in words(page)
    assert not hasattr(page, "use")
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert isinstance(desktop.window.page, WelcomePage)
    assert not path.exists()


def test_a_vault_that_lies_there_already_opens_with_a_notice(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    synced(path)
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=SystemClock())[0].lock()
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    notices = desktop.window.findChildren(Notice)
    assert any("Syncthing looks after" in notice.text() for notice in notices)


@pytest.mark.usefixtures("far_away")
def test_on_a_network_disk_the_person_decides_and_every_save_is_kept_here(
    qtbot: QtBot, desktop: Desktop, path: Path, own_home: Path
) -> None:
    page = asked_to_create(desktop)
    here = folders.local_backups(path)
    assert here is not None
    assert "network disk (NFS)" in words(page)
    assert str(here) in words(page)
    page.use.click()
    make(qtbot, desktop)
    session = desktop.session
    assert session is not None
    session._vault.set_setting("about", "something to save")
    session.saves.save()
    qtbot.waitUntil(lambda: here.exists() and any(here.glob("*.backup")))
    qtbot.waitUntil(lambda: not session._vault.dirty)
    (kept,) = here.glob("*.backup")
    assert kept.read_bytes() == path.read_bytes()
    assert here.is_relative_to(own_home)


@pytest.mark.usefixtures("far_away")
def test_when_the_server_lost_it_the_window_offers_what_is_kept_here(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    here = folders.local_backups(path)
    assert here is not None
    here.mkdir(parents=True)
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=SystemClock())[0].lock()
    path.rename(here / "vault-2026-01-02-g000001-0123abcd.backup")
    for left in sorted(path.parent.rglob("*"), reverse=True):
        left.unlink() if left.is_file() else left.rmdir()
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, CopiesPage)
    assert len(page.cards()) == 1


@pytest.mark.usefixtures("far_away")
def test_where_no_disk_is_at_hand_the_page_says_so(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_local_roots", lambda: iter(()))
    assert "No backups on this computer" in words(asked_to_create(desktop))
