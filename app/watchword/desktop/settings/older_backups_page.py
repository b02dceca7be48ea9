"""After a new password: what becomes of the copies that still open with the old one."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import plural
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import (
    Button,
    DangerButton,
    GhostButton,
    PrimaryButton,
)
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError


class OlderBackupsPage(ColumnPage):
    """Three answers; going back keeps the copies as they are. The password is changed already."""

    reseal_chosen = Signal()
    delete_chosen = Signal()
    keep_chosen = Signal()
    cancelled = Signal()  # leave the rest as it is

    def __init__(
        self, count: int, parent: QWidget | None = None, *, can_reseal: bool = True
    ) -> None:
        """`can_reseal` is False where the old password is not known."""
        super().__init__(self.tr("Older backups"), parent, back=True)
        self._count = count
        column = self.column
        self.add_heading(self.tr("The password is changed"))
        self.add_text(self._how_many(), ink=Ink.QUIET)
        facts = FactList(self)
        facts.show_facts(list(self._facts(can_reseal=can_reseal)))
        column.addWidget(facts)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        self._progress = self.add_text("", size=12.5, ink=Ink.QUIET)
        self._progress.hide()
        column.addStretch(1)
        footer = add_footer(self)
        self.reseal: Button = PrimaryButton(self.tr("Re-encrypt them"), self)
        self.reseal.clicked.connect(self.reseal_chosen)
        self.waiting = Waiting(self.reseal, self.tr("Working on the older backups"), self)
        self.waiting.cancelled.connect(self._stop)
        footer.addWidget(self.waiting)
        self.keep = GhostButton(self.tr("Keep them"), self)
        self.keep.clicked.connect(self.keep_chosen)
        footer.addWidget(self.keep)
        self.delete = DangerButton(self.tr("Delete them"), self)
        self.delete.clicked.connect(self.delete_chosen)
        footer.addWidget(self.delete)
        self._can_reseal = can_reseal
        self.waiting.setVisible(can_reseal)

    def _how_many(self) -> str:
        return plural(
            "1 older backup still opens with the old password.",
            "{n} older backups still open with the old password.",
            self._count,
        )

    def _facts(self, *, can_reseal: bool) -> tuple[Fact, ...]:
        keep = Fact(
            "clock",
            self.tr("Keep"),
            self.tr("Whoever knows the old password and has the files can open them"),
        )
        delete = Fact(
            "delete",
            self.tr("Delete"),
            self.tr("They cannot be brought back. The vault itself stays"),
        )
        if can_reseal:
            best = Fact(
                "lock",
                self.tr("Re-encrypt"),
                self.tr("They open as the vault does now, and with the old password no more"),
            )
        else:
            best = Fact(
                "info",
                self.tr("They cannot be re-encrypted"),
                self.tr("That takes the old password, and it is not known here"),
            )
        return best, keep, delete

    def show_busy(self, busy: bool) -> None:
        """Show that the files are being worked on."""
        for widget in (self.keep, self.delete, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.show()
            self.waiting.start()
        else:
            self._progress.show_or_hide("")
            self.waiting.stop()
            self.waiting.setVisible(self._can_reseal)

    def show_progress(self, number: int, count: int) -> None:
        """Say which of the files is being worked on."""
        self._progress.show_or_hide(
            self.tr("Re-encrypting {n} of {count}…").format(n=number, count=count)
        )

    def progress(self) -> str:
        """Return which of the files is said to be worked on."""
        return self._progress.text()

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not done."""
        self.show_busy(False)
        self.notice.show_error(error)
        self.area.ensureWidgetVisible(self.notice)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            (self.reseal if self._can_reseal else self.keep).setFocus()
