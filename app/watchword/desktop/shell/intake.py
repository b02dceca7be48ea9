"""What is dropped or pasted onto the window while the vault is open, wherever on it."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from watchword.desktop.look.widgets.drop_veil import DropVeil
from watchword.desktop.shell.main_window import MainWindow


class Intake(QObject):
    """Takes pictures, files and texts, and passes them on."""

    def __init__(
        self,
        window: MainWindow,
        may: Callable[[], bool],
        take: Callable[[QMimeData], None],
        parent: QObject,
    ) -> None:
        """`may()` tells whether something can be taken now; `take(data)` is given what came."""
        super().__init__(parent)
        self._may = may
        self._take = take
        self.veil = DropVeil(
            self.tr("Drop it here"),
            self.tr(
                "Pictures with a QR code, or a link. You see what would be added before "
                "anything is."
            ),
            # Not the window itself: it hears of every drawing, and rings are drawn each second.
            window.beneath,
            may,
        )
        self.veil.dropped.connect(take)
        self._paste = QShortcut(window)
        self._paste.setKeys(QKeySequence.StandardKey.Paste)  # all of them: Shift+Insert as well
        self._paste.setContext(Qt.ShortcutContext.WindowShortcut)
        self._paste.activated.connect(self._pasted)

    def stop(self) -> None:
        """Take nothing any more."""
        self.veil.stop()
        self._paste.setParent(None)
        self._paste.deleteLater()

    def _pasted(self) -> None:
        if self._may():
            self._take(QGuiApplication.clipboard().mimeData())
