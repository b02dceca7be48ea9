"""The pages about the program itself, above the settings: what it is, and the report."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.faults import Faults
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.settings_place import SettingsPlace
from watchword.errors import KnownError
from watchword.plain_text import plain_text
from watchword.vault import OpenVault

if TYPE_CHECKING:
    from watchword.desktop.settings.report_page import ReportPage
    from watchword.desktop.shell.diagnostics import Surroundings


class ReportNotSaved(KnownError):
    """The file of the report could not be written."""


class AboutDesk(QObject):
    """Fills the pages, which are loaded when first asked for; `place` shows them."""

    def __init__(
        self,
        vault: OpenVault,
        preferences: Preferences,
        jobs: Jobs,
        place: SettingsPlace,
        faults: Faults,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._preferences = preferences
        self._jobs = jobs
        self._place = place
        self._faults = faults

    def open(self) -> None:
        """Show what this is."""
        from watchword.desktop.settings.about_page import AboutPage

        page = AboutPage(_versions())
        page.report_asked.connect(self.open_report)
        page.back_pressed.connect(self._place.back)
        self._place.show(page)

    def open_report(self) -> None:
        """Show the report; what takes a moment to find out follows."""
        from watchword.desktop.settings.report_page import ReportPage
        from watchword.desktop.shell import diagnostics
        from watchword.desktop.shell.diagnostics import Surroundings

        page = ReportPage()
        page.back_pressed.connect(self._place.back)
        page.save_chosen.connect(partial(self._save, page))
        around = Surroundings(cameras=diagnostics.count_cameras())
        self._show(page, around)
        self._place.show(page)

        def found(looked: Surroundings) -> None:
            self._show(page, Surroundings(looked.keyring, looked.portal, around.cameras))

        self._jobs.run(diagnostics.look_around, on_done=found, page=page)

    def _show(self, page: "ReportPage", around: "Surroundings") -> None:
        from watchword.desktop.shell import diagnostics

        page.show_report(
            diagnostics.report(
                self._preferences.now,
                around,
                self._faults.recent,
                vault=diagnostics.vault_facts(self._vault),
            )
        )

    def _save(self, page: "ReportPage", file: str) -> None:
        def saved(_: None) -> None:
            page.show_saved(plain_text(file))

        self._jobs.run(
            partial(_write, Path(file), page.report.text()),
            on_done=saved,
            on_error=page.show_error,
            page=page,
        )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportNotSaved(
            "The report is not saved",
            error.strerror or "The file could not be written",
            "Choose another place, or copy it",
        ) from error


def _versions() -> dict[str, str]:
    """Return the versions of what is installed, by names in small letters."""
    from importlib import metadata

    from watchword.desktop.settings.licences import OTHERS

    found = {}
    for work in OTHERS:
        try:
            found[work.name.lower()] = metadata.version(work.name)
        except metadata.PackageNotFoundError:
            continue
    return found
