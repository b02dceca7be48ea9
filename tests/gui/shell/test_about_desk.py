"""About, licences and the report: whole, useful, and empty of everything that is the person's."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from open_session import QuietServer, open_session, sample_vault
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword import __version__
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.settings.about_page import AboutPage
from watchword.desktop.settings.licences import OTHERS
from watchword.desktop.settings.report_page import ReportPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.faults import fault_of
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.settings import FILE_NAME

# Counting cameras loads what Qt shows moving pictures with, and it says so.
pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    home = tmp_path / "home of ana-maria"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USER", "ana-maria")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME of ana-maria")
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/no-bus")
    said = {"appearance": {"theme": "the theme of ana-maria", "compact_rows": True}}
    (home / FILE_NAME).write_text(json.dumps(said))
    with open_session(qapp, window, sample_vault(home / "vault"), QuietServer()) as one:
        yield one


def shown(qtbot: QtBot, window: MainWindow) -> ReportPage:
    page = window.page
    assert isinstance(page, ReportPage)
    qtbot.waitUntil(lambda: "portal: no\n" in page.report.text())
    return page


def test_the_report_says_what_runs_where(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    session.open_settings()
    settings = window.page
    assert isinstance(settings, SettingsPage)
    session.settings.report_asked.emit()
    page = shown(qtbot, window)
    text = page.report.text()
    assert text.startswith(f"Watchword {__version__}")
    for word in ("Python 3.", "Qt 6.", "wayland", "offscreen", "format 1.", "opened by password"):
        assert word in text
    assert "compact_rows on" in text
    assert "theme other" in text
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == text
    page.save_chosen.emit(str(tmp_path / "report.txt"))
    qtbot.waitUntil(lambda: "is saved" in page.notice.text())
    assert (tmp_path / "report.txt").read_text("utf-8") == text
    page.save_chosen.emit(str(tmp_path / "none" / "report.txt"))
    qtbot.waitUntil(lambda: "not saved" in page.notice.text())
    page.bar.go_back()
    assert window.page is settings


def test_nothing_of_the_vault_or_of_the_person_is_in_it(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    account = session._accounts[0]
    try:
        int(f"{account.issuer} {account.otp} /home/ana-maria/vault")
    except ValueError as error:
        session.about._faults.recent.append(fault_of(error))
    session.about.open_report()
    page = shown(qtbot, window)
    text = page.report.text()
    assert "ValueError" in text
    words = {"ana", "maria", "home of", session._vault.id, str(session._vault.path)}
    for each in session._accounts:
        words |= {each.issuer, each.account, each.id, each.note, *each.tags}
        if each.otp is not None:
            words |= {each.otp.secret.hex(), repr(each.otp.secret)}
        if each.link is not None:
            link = each.link
            words |= {link.origin, link.service, link.user, link.device_name, *link.backup_codes}
            words |= {link.origin.removeprefix("https://"), link.user_id, link.device_id}
    found = [word for word in words if word and word.lower() in text.lower()]
    assert not found
    # Nor how many there are.
    without = re.sub(r"[0-9.]+×?[0-9]*", "", text)
    assert "account" not in without


def test_about_names_every_library_that_is_shipped_with_its_licence(
    window: MainWindow, session: Session
) -> None:
    session.settings.about_asked.emit()
    page = window.page
    assert isinstance(page, AboutPage)
    texts = {label.text() for label in page.findChildren(Label)}
    assert f"Version {__version__}" in texts
    assert f"cryptography {metadata.version('cryptography')}" in texts
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"]]
    needed += [each for name in extras if name != "dev" for each in extras[name]]
    names = {re.split(r"[\[<>=; ]", each)[0].lower() for each in needed}
    assert names == {each.name.lower() for each in OTHERS}
    page.report_button.click()
    assert isinstance(window.page, ReportPage)


def test_the_licences_are_those_that_the_makers_name() -> None:
    for work in OTHERS:
        try:
            facts = metadata.metadata(work.name)
        except metadata.PackageNotFoundError:
            continue
        said = [facts.get("License-Expression") or facts.get("License") or ""]
        said += facts.get_all("Classifier") or []
        for one in work.licence.split(" OR "):
            assert one.split("-")[0] in " ".join(said), work.name  # as "BSD", "Apache"
