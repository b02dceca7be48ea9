"""Links and pictures of the screen: nothing is switched before it is so, nobody's place is taken unasked."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.settings.system_section import SystemSection
from watchword.desktop.shell.opened_links import OpenedLinks
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.single_instance import SingleInstance
from watchword.desktop.shell.system_section import make_system_section
from watchword.settings import FILE_NAME
from watchword.system.link_opening_linux import ENTRY
from watchword.system.paths import data_home

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP"


@pytest.fixture
def installed(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which Watchword is not portable; return its user's programs."""
    monkeypatch.delenv("WATCHWORD_HOME")
    monkeypatch.setenv("XDG_DATA_DIRS", str(own_home / "shared"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(own_home / "shared"))
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    return own_home / ".local" / "share" / "applications"


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / FILE_NAME)


@pytest.fixture
def section(qtbot: QtBot, jobs: Jobs, preferences: Preferences) -> SystemSection:
    made = make_system_section(preferences, jobs)
    qtbot.addWidget(made)
    made.show()
    return made


def have(applications: Path, program: str) -> None:
    applications.mkdir(parents=True)
    (applications / "keys.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName={program}\nExec=/bin/true %u\n"
    )
    chosen = applications.parents[2] / ".config" / "mimeapps.list"
    chosen.parent.mkdir()
    chosen.write_text(
        "[Default Applications]\nx-scheme-handler/otpauth=keys.desktop\n", encoding="utf-8"
    )


def test_links_that_nobody_has_are_taken_and_given_back(
    qtbot: QtBot, installed: Path, section: SystemSection
) -> None:
    qtbot.waitUntil(section.links.isEnabled)
    assert "nowhere" in section.links_text()
    section.links.click()
    qtbot.waitUntil(section.links.isChecked)
    assert (installed / ENTRY).exists()
    section.links.click()
    qtbot.waitUntil(lambda: not section.links.isChecked())
    assert not (installed / ENTRY).exists()


def test_another_program_is_named_and_keeps_them_unless_the_person_says_otherwise(
    qtbot: QtBot, installed: Path, jobs: Jobs, preferences: Preferences
) -> None:
    have(installed, "Keys & more")
    section = make_system_section(preferences, jobs)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(section.links.isEnabled)
    assert "Keys & more" in section.links_text()
    assert not section.take.isVisible()
    section.links.click()
    assert section.take.isVisible()
    assert not section.links.isChecked()
    section.leave.click()
    assert not section.take.isVisible()
    assert not (installed / ENTRY).exists()
    section.links.click()
    section.take.click()
    qtbot.waitUntil(section.links.isChecked)
    section.links.click()
    qtbot.waitUntil(lambda: "Keys & more" in section.links_text())
    assert not section.links.isChecked()


def test_what_cannot_be_written_is_said(
    qtbot: QtBot, installed: Path, section: SystemSection, own_home: Path
) -> None:
    qtbot.waitUntil(section.links.isEnabled)
    (own_home / ".config").write_text("a file where a folder belongs")
    section.links.click()
    qtbot.waitUntil(lambda: "could not be changed" in section.links_text())
    assert not section.links.isChecked()


def test_a_clicked_link_reaches_the_app_that_runs(
    qtbot: QtBot, installed: Path, section: SystemSection
) -> None:
    qtbot.waitUntil(section.links.isEnabled)
    section.links.click()
    qtbot.waitUntil(section.links.isChecked)
    home = data_home()
    home.mkdir(parents=True)
    running = SingleInstance(home)
    assert running.is_first()
    # Where the link is clicked lies something that wants to be taken for the app.
    downloads = installed.parent / "downloads"
    downloads.mkdir()
    (downloads / "watchword.py").write_text("raise SystemExit(1)")
    with qtbot.waitSignal(running.open_asked, timeout=30_000) as opened:
        subprocess.run(["gio", "open", LINK], check=True, timeout=30, cwd=downloads)
    assert opened.args == [LINK]
    running.close()


def test_portable_mode_says_what_it_leaves_alone(own_home: Path, section: SystemSection) -> None:
    assert not section.links.isEnabled()
    assert "portable" in section.links_text()
    said = [label.text() for label in section.findChildren(Label)]
    assert any(str(own_home / "watchword") in text and "no keyring" in text for text in said)
    assert not any(own_home.rglob("*.desktop"))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux cannot be asked for it")
def test_linux_says_that_it_cannot_leave_the_window_out(section: SystemSection) -> None:
    assert not section.captures.isEnabled()
    assert not section.captures.isChecked()
    assert "Linux cannot" in section.captures_text()


def test_where_it_can_be_asked_for_the_choice_is_kept(
    section: SystemSection, preferences: Preferences
) -> None:
    section.show_captures(left_out=True, possible=True)
    section.captures.click()
    assert preferences.now.window.hidden_from_captures is False


def test_a_link_that_macos_hands_over_is_opened(qapp: QApplication) -> None:
    opened: list[str] = []
    links = OpenedLinks(qapp)
    links.opened.connect(opened.append)
    for url in (LINK, "file:///etc/passwd", ""):
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl(url)))
    qapp.removeEventFilter(links)
    assert opened == [LINK]
