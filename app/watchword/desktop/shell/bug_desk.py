"""From a bug in any thread to one dialog: never two at once, and none for what is no bug."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from watchword.desktop.shell.faults import Fault, Faults
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.preferences import Preferences
from watchword.errors import KnownError

if TYPE_CHECKING:
    from watchword.desktop.shell.bug_dialog import BugDialog


class Holds(Enum):
    """What the person has at the moment."""

    LOCKED = "locked"
    SAVED = "saved"
    UNSAVED = "unsaved"


class BugDesk(QObject):
    """Owns the dialog; the error of a world that failed is merely said."""

    quit_asked = Signal()
    _heard = Signal(object)  # a Fault or a KnownError, from whichever thread

    def __init__(
        self,
        faults: Faults,
        window: MainWindow,
        preferences: Preferences,
        holds: Callable[[], Holds],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._faults = faults
        self._window = window
        self._preferences = preferences
        self._holds = holds
        self._dialog: BugDialog | None = None
        # Queued: what failed may be in the midst of painting, or in another thread.
        self._heard.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        faults.tell = self._heard.emit

    @property
    def dialog(self) -> "BugDialog | None":
        """The dialog that is open."""
        return self._dialog

    def stop(self) -> None:
        """Show nothing more."""
        self._faults.tell = None
        if self._dialog is not None:
            self._dialog.close()

    def _tell(self, told: Fault | KnownError) -> None:
        if isinstance(told, KnownError):
            self._window.say(str(told))
            return
        if self._faults.tell is None:
            return
        # Nobody needs them who meets no bug.
        from watchword.desktop.shell import diagnostics

        telling, self._faults.tell = self._faults.tell, None
        state = self._words(self._holds())
        report = diagnostics.report(
            self._preferences.now,
            diagnostics.Surroundings(),
            self._faults.recent,
            vault=self._holds().value,
        )
        if self._dialog is not None:
            self._dialog.show_another(state, report)
        else:
            self._show(state, report)
        # Only now: what fails in telling of a bug is said on stderr, and not told for ever.
        self._faults.tell = telling

    def _show(self, state: str, report: str) -> None:
        from watchword.desktop.shell.bug_dialog import BugDialog

        # Beside a window that is hidden in the system's bar it would not be seen either.
        beside = self._window if self._window.isVisible() else None
        self._dialog = dialog = BugDialog(state, report, beside)
        dialog.quit_asked.connect(self._quit)
        dialog.closed.connect(self._closed)
        dialog.show()

    def _words(self, holds: Holds) -> str:
        return {
            Holds.LOCKED: self.tr("No vault is open. What is saved stays as it is."),
            Holds.SAVED: self.tr("Your vault is still open, and all of it is saved."),
            Holds.UNSAVED: self.tr(
                "Your vault is still open. Your last change is not saved yet: it is, when you lock."
            ),
        }[holds]

    def _closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _quit(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self.quit_asked.emit()
