"""Links that macOS hands to the running app: it starts no second one, as other systems do."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class OpenedLinks(QObject):
    """Listens at the application. Made on macOS only: every event of the app passes here."""

    opened = Signal(str)

    def __init__(self, application: QCoreApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            link = event.url()
            if link.isValid() and not link.isLocalFile():
                self.opened.emit(link.toString(link.ComponentFormattingOption.FullyEncoded))
                return True
        return False
