"""The clipboard for secrets: marked as one, and emptied after a while if it still holds ours."""

import sys

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard

from watchword.system.pasteboard import conceal

KEPT_SECONDS = 30

# What each system's clipboard history looks at before it keeps something.
_KLIPPER = "x-kde-passwordManagerHint"  # and others on Linux after it
_NO = bytes(4)  # a number, as Windows writes it
_WINDOWS = {
    "ExcludeClipboardContentFromMonitorProcessing": b"\1",
    "CanIncludeInClipboardHistory": _NO,
    "CanUploadToCloudClipboard": _NO,
}


def marked(text: str, system: str = sys.platform) -> QMimeData:
    """Return `text` with the marks of a secret; on macOS they are set beside it."""
    data = QMimeData()
    data.setText(text)
    if system == "win32":
        for name, value in _WINDOWS.items():
            # Qt hands Windows the format between the quotes.
            data.setData(f'application/x-qt-windows-mime;value="{name}"', value)
    elif system != "darwin":
        data.setData(_KLIPPER, b"secret")
    return data


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
        self._clipboard.setMimeData(marked(text))
        conceal()
        self._ours = text
        self._end.start()

    def clear(self) -> None:
        """Empty the clipboard now, unless something else was copied since."""
        self._end.stop()
        ours, self._ours = self._ours, ""
        if ours and self._clipboard.text() == ours:
            self._clipboard.clear()
