"""A sheet of backup codes on paper, where this installation of Qt can print."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import (
    QPagedPaintDevice,
    QPageLayout,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QWidget

from watchword.desktop.look.texts import tr

_MARGIN_MM = 20.0


def can_print() -> bool:
    """Tell whether there is a part of Qt that prints; some packages leave it out."""
    return find_spec("PySide6.QtPrintSupport") is not None


def sheet(service: str, account: str, codes: Sequence[str]) -> QTextDocument:
    """Return the sheet: whose codes they are, the codes, and how they are used.

    What the server calls itself is put in as text: nothing in it becomes markup.
    """
    document = QTextDocument()
    cursor = QTextCursor(document)
    spaced = QTextBlockFormat()
    spaced.setBottomMargin(8)
    cursor.setBlockFormat(spaced)
    cursor.insertText(
        tr("Backup codes of {service}").format(service=service), _letters(18, bold=True)
    )
    if account:
        _line(cursor, account, 12, spaced)
    _line(cursor, tr("Each signs you in once. Strike out the one you have used."), 11, spaced)
    for code in codes:
        _line(cursor, f"\u2610  {code}", 15, spaced, fixed=True)
    _line(
        cursor,
        tr("Keep this sheet away from the computer: whoever has it and your password gets in."),
        11,
        spaced,
    )
    return document


def _letters(size: float, *, bold: bool = False, fixed: bool = False) -> QTextCharFormat:
    letters = QTextCharFormat()
    letters.setFontPointSize(size)
    letters.setFontWeight(700 if bold else 400)
    letters.setFontFixedPitch(fixed)
    return letters


def _line(
    cursor: QTextCursor, text: str, size: float, block: QTextBlockFormat, *, fixed: bool = False
) -> None:
    cursor.insertBlock(block)
    cursor.insertText(text, _letters(size, fixed=fixed))


def put_on(device: QPagedPaintDevice, document: QTextDocument) -> None:
    """Print a sheet on a printer, or on what takes a printer's place."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    device.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document.print_(device)


def ask_to_print(
    parent: QWidget, title: str, document: QTextDocument, printed: Callable[[], None]
) -> QDialog:
    """Let a person choose a printer; `printed` hears that the sheet was given to it."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.setObjectName("print dialog")
    dialog.setWindowTitle(title)

    def accepted() -> None:
        put_on(printer, document)
        printed()

    dialog.accepted.connect(accepted)
    dialog.finished.connect(dialog.deleteLater)
    # Its own `open` wants a receiver by name; this is the plain one.
    QDialog.open(dialog)
    return dialog
