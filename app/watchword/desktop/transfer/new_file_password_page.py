"""A password for a file of accounts, which may travel farther than the vault does."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.background.strength import LEAST_LENGTH, Estimates
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.new_password import NewPasswordFields


class NewFilePasswordPage(ColumnPage):
    """`chosen` carries the password; nothing is written yet."""

    chosen = Signal(str)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Export accounts"), parent, back=True)
        column = self.column
        self.add_heading(self.tr("A password for the file"))
        self.add_text(
            self.tr(
                "It opens this file and nothing else. Nobody can tell it to you again, and the "
                "recovery key does not open the file."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(6)
        self.new = NewPasswordFields(
            self.tr("Password of the file"), self.tr("Password again"), LEAST_LENGTH, self
        )
        self._estimates = Estimates(jobs, self)
        self.new.estimate_wanted.connect(self._estimates.ask)
        self._estimates.estimated.connect(self.new.show_strength)
        self.new.changed.connect(self._typed)
        self.new.entered.connect(self._choose)
        column.addWidget(self.new)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("Go on"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._choose)
        add_footer(self).addWidget(self.button)

    def _typed(self) -> None:
        self.notice.hide()
        self.button.setEnabled(self.new.is_ready)

    def _choose(self) -> None:
        if self.new.is_ready:
            self.chosen.emit(self.new.text())
        elif self.new.again.text():
            self.notice.show_texts(self.tr("The two passwords differ"))
            self.new.show_differ()

    def forget(self) -> None:
        """Empty the fields."""
        self.new.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.new.setFocus()
