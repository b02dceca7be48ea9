"""Qt's application, and whether a window is closed because all of it is to end."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Cmd+Q and the end of a session close every window first; no window may stay for that."""

    is_quitting = False

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Quit:
            return super().event(event)
        self.is_quitting = True
        try:
            return super().event(event)
        finally:
            self.is_quitting = False
