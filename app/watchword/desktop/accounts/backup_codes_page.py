"""A service's one-time backup codes: kept with the account, copied, saved, marked when used."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from watchword.desktop.accounts.printing import ask_to_print, can_print, sheet
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import (
    CONTROL_CORNER,
    RING,
    blend,
    colours_of,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.errors import WatchwordError


class CodeCell(Pressable):
    """One code; pressed, it is marked as used, and struck through."""

    def __init__(self, code: str, used: bool, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.code = code
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._name)
        self.setChecked(used)
        self._name()

    def _name(self) -> None:
        used = self.tr("used") if self.isChecked() else self.tr("not used")
        self.setAccessibleName(f"{self.code}, {used}")

    def sizeHint(self) -> QSize:
        return QSize(150, 40 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        fill = colours.sunken if self.isChecked() else colours.surface
        if self.lit:
            fill = blend(colours.text, fill, 0.05)
        draw_body(painter, body, CONTROL_CORNER, fill, colours.border)
        if self.ring_shown:
            draw_focus(painter, body, CONTROL_CORNER, colours)
        font = QFont(text_font(15, 600, digits=True))
        font.setStrikeOut(self.isChecked())
        painter.setFont(font)
        painter.setPen(colours.faint if self.isChecked() else colours.text)
        place = body.adjusted(14, 0, -34, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, middle, self.code)
        if self.isChecked():
            box = QRectF(body.right() - 30, body.center().y() - 9, 18, 18)
            draw_icon(painter, "check", box, colours.faint)


class BackupCodesPage(ColumnPage):
    """Shows all codes of one account."""

    marked = Signal(str, bool)  # a code, and whether it is used
    copy_asked = Signal(str)  # those not used, one a line
    save_asked = Signal(str, str)  # the file's name, and its text
    done = Signal()

    def __init__(
        self,
        service: str,
        codes: Sequence[str],
        used: Collection[str],
        parent: QWidget | None = None,
        *,
        account: str = "",
        fresh: bool = False,
        native_dialogs: bool = True,
    ) -> None:
        """`service` gave the codes for `account`; `used` are those of them that are used up.

        `fresh`: the account was linked a moment ago, and this is shown by itself.
        """
        super().__init__(self.tr("Backup codes"), parent, back=not fresh)
        self._service = service
        self._account = account
        self._native_dialogs = native_dialogs
        self.add_heading(self.tr("Ways in without this computer"))
        self.add_text(
            self.tr(
                "Each signs you in to {service} once. They are in your vault: kept only here they "
                "are lost with this computer, so print them or save them elsewhere."
            ).format(service=service),
            ink=Ink.QUIET,
        )
        grid = QGridLayout()
        grid.setSpacing(2)
        self.cells = [CodeCell(code, code in used, self) for code in codes]
        across = 2 if text_scale() < 1.5 else 1
        for number, cell in enumerate(self.cells):
            cell.clicked.connect(self._pressed)
            grid.addWidget(cell, number // across, number % across)
        self.column.addLayout(grid)
        self.add_text(self.tr("Press a code once you have used it."), size=12.5, ink=Ink.FAINT)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        footer = add_footer(self)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.copy_button = GhostButton(self.tr("Copy"), self, icon="copy")
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.copy_button)
        self.save_button = GhostButton(self.tr("Save…"), self, icon="import")
        self.save_button.setToolTip(self.tr("Save to a file"))
        self.save_button.clicked.connect(self._save)
        row.addWidget(self.save_button)
        self.print_button = GhostButton(self.tr("Print…"), self, icon="print")
        self.print_button.clicked.connect(self._print)
        self.print_button.setVisible(can_print())
        row.addWidget(self.print_button)
        footer.addLayout(row)
        self.done_button = PrimaryButton(
            self.tr("To my accounts") if fresh else self.tr("Done"), self
        )
        self.done_button.clicked.connect(self.done)
        footer.addWidget(self.done_button)
        self._show_left()

    def _pressed(self) -> None:
        cell = self.sender()
        if isinstance(cell, CodeCell):
            self._show_left()
            self.marked.emit(cell.code, cell.isChecked())

    def _show_left(self) -> None:
        """Offer a way out only for codes that are still of use."""
        left = bool(self._left())
        for button in (self.copy_button, self.save_button, self.print_button):
            button.setEnabled(left)

    def _left(self) -> list[str]:
        return [cell.code for cell in self.cells if not cell.isChecked()]

    def text(self) -> str:
        """Return the codes that are not used, one a line."""
        return "\n".join(self._left())

    def _copy(self) -> None:
        self.copy_asked.emit(self.text())

    def _print(self) -> None:
        title = self.tr("Backup codes of {service}").format(service=self._service)
        printed = sheet(self._service, self._account, self._left())
        ask_to_print(self, title, printed, self._show_printed)

    def _show_printed(self) -> None:
        self.notice.show_texts(
            self.tr("Given to the printer"),
            self.tr("Keep the sheet away from this computer."),
            kind="approve",
        )

    def _save(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the backup codes"))
        dialog.setObjectName("codes dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        name = "".join(letter if letter.isalnum() else "-" for letter in self._service)
        dialog.selectFile(f"{name[:60]}-backup-codes.txt")
        if not self._native_dialogs:
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    def _save_to(self, name: str) -> None:
        title = self.tr("Backup codes of {service}").format(service=self._service)
        self.save_asked.emit(name, f"{title}\n\n{self.text()}\n")

    def show_saved(self, name: str) -> None:
        """Say where the codes are, and what that means."""
        self.notice.show_texts(
            self.tr("Saved"),
            self.tr("{file} holds the codes in clear: keep it where only you can read it.").format(
                file=name
            ),
            kind="approve",
        )

    def show_error(self, error: WatchwordError) -> None:
        """Say what was not done."""
        self.notice.show_error(error)

    def show_used(self, used: Collection[str]) -> None:
        """Show which codes are used, as the vault has it."""
        for cell in self.cells:
            cell.setChecked(cell.code in used)
        self._show_left()
