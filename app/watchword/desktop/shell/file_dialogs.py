"""The system's own dialogs for files, as one call each."""

from collections.abc import Callable

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_file(parent: QWidget, title: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Let a person choose a file that is there; `chosen` gets its path."""
    dialog = _dialog(parent, title, chosen)
    dialog.setObjectName("import dialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def ask_for_new_file(
    parent: QWidget, title: str, suggested: str, chosen: Callable[[str], None]
) -> QFileDialog:
    """Let a person name a file to write; the dialog itself asks before one that is there."""
    dialog = _dialog(parent, title, chosen)
    dialog.setObjectName("export dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(suggested)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, chosen: Callable[[str], None]) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    dialog.setDirectory(QStandardPaths.writableLocation(documents))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    return dialog
