"""The clipboard for secrets: marked as one, and emptied after a while if it still holds ours."""

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard

KEPT_SECONDS = 30

# What each desktop's clipboard history looks at before it keeps something.
_SECRET_MARKS = {
    "x-kde-passwordManagerHint": b"secret",  # Klipper, and others after it
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    "application/x-nspasteboard-concealed-type": b"1",
}


class SecretClipboard(QObject):
    """Copies one secret at a time."""

    def __init__(self, clipboard: QClipboard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._ours = ""
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(KEPT_SECONDS * 1000)
        self._end.timeout.connect(self.clear)

    def copy(self, text: str) -> None:
        """Put `text` there for 30 seconds."""
        data = QMimeData()
        data.setText(text)
        for mark, value in _SECRET_MARKS.items():
            data.setData(mark, value)
        self._clipboard.setMimeData(data)
        self._ours = text
        self._end.start()

    def clear(self) -> None:
        """Empty the clipboard now, unless something else was copied since."""
        self._end.stop()
        ours, self._ours = self._ours, ""
        if ours and self._clipboard.text() == ours:
            self._clipboard.clear()
