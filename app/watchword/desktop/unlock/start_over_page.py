"""Giving up a vault that nothing opens: typed, moved aside, nothing deleted."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import DangerButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_field import TextField
from watchword.errors import WatchwordError


class StartOverPage(ColumnPage):
    """Says what it means; `confirmed` once the words were typed and the button pressed."""

    confirmed = Signal()

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        """`folder` is where the vault lies."""
        super().__init__(self.tr("Start over"), parent, back=True)
        self._words = self.tr("start over")
        column = self.column
        self.add_heading(self.tr("Begin with an empty vault?"))
        self.add_text(
            self.tr(
                "Without the password and the recovery key nobody can open your vault, not even "
                "its makers."
            ),
            ink=Ink.QUIET,
        )
        facts = FactList(self)
        facts.show_facts(
            [
                Fact(
                    "shield",
                    self.tr("Nothing is deleted"),
                    self.tr(
                        "The vault and all its copies move to a folder “set-aside” in {folder}"
                    ).format(folder=folder),
                ),
                Fact(
                    "user",
                    self.tr("Your accounts need new codes"),
                    self.tr("Sign in to each service with its backup codes, and scan anew"),
                ),
            ]
        )
        column.addWidget(facts)
        column.addSpacing(4)
        asked = self.tr("Type “{words}” to confirm").format(words=self._words)
        self.add_text(asked, weight=600)
        self.field = TextField(asked, self)
        self.field.text_changed.connect(self._typed)
        column.addWidget(self.field)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button = DangerButton(self.tr("Start over"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self.confirmed)
        add_footer(self).addWidget(self.button)

    def _typed(self) -> None:
        self.notice.hide()
        typed = " ".join(self.field.text().casefold().split())
        self.button.setEnabled(typed == self._words.casefold())

    def show_busy(self, busy: bool) -> None:
        """Show that files are being moved."""
        for widget in (self.field, self.button, self.bar):
            widget.setEnabled(not busy)

    def show_error(self, error: WatchwordError) -> None:
        """Say why not everything was moved; it can be asked again."""
        self.show_busy(False)
        self.notice.show_error(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus()
