"""Locking or quitting although something could not be saved: said first, and decided by a person."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import DangerButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.errors import WatchwordError


class UnsavedPage(ColumnPage):
    """Says why it is not saved; try again, go back, or lose it knowingly."""

    again_asked = Signal()
    leave_asked = Signal()

    def __init__(
        self, error: WatchwordError, *, quitting: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Not saved yet"), parent, back=True)
        column = self.column
        self.add_heading(self.tr("Not everything is saved"))
        lost = self.tr("Your last changes are only in memory. They are lost if you lock now.")
        if quitting:
            lost = self.tr("Your last changes are only in memory. They are lost if you quit now.")
        self.add_text(lost, ink=Ink.QUIET)
        self.notice = Notice(self)
        self.notice.show_error(error)
        column.addWidget(self.notice)
        column.addStretch(1)
        footer = add_footer(self)
        self.again = PrimaryButton(self.tr("Try again"), self)
        self.again.clicked.connect(self.again_asked)
        footer.addWidget(self.again)
        leave = self.tr("Quit without saving") if quitting else self.tr("Lock without saving")
        self.leave = DangerButton(leave, self)
        self.leave.clicked.connect(self.leave_asked)
        footer.addWidget(self.leave)
