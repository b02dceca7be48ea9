"""What is said when we failed: honestly, once at a time, and with the report to take along."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.settings.report_page import ReportText

WIDTH, HEIGHT = 400, 520


class BugDialog(QDialog):
    """Stands beside the window, which stays usable."""

    quit_asked = Signal()
    closed = Signal()

    def __init__(self, state: str, report: str, parent: QWidget | None = None) -> None:
        """`state` says what became of what the person has."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("A fault in Watchword"))
        self.setObjectName("bug")
        self.setModal(False)
        self.resize(WIDTH, HEIGHT)
        self._count = 1
        page = ColumnPage(parent=self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 12, 0, 0)
        whole.addWidget(page)
        column = page.column
        title = self.tr("Something went wrong, and it is our fault")
        column.addWidget(Label(title, self, size=19, weight=700, inset=RING))
        text = self.tr(
            "What you did last may not have been done. You can go on; if the window behaves "
            "strangely, quit and start again."
        )
        column.addWidget(Label(text, self, ink=Ink.QUIET, inset=RING))
        self.state = Label(state, self, weight=600, inset=RING)
        column.addWidget(self.state)
        self.more = Label("", self, size=12.5, ink=Ink.QUIET, inset=RING)
        self.more.hide()
        column.addWidget(self.more)
        self.report = ReportText(self.tr("Report"), self)
        self.report.set_text(report)
        column.addWidget(self.report, 1)
        said = self.tr("This report is all there is to send, and holds nothing of your vault.")
        column.addWidget(Label(said, self, size=12.5, ink=Ink.FAINT, inset=RING))
        self._add_buttons(page)
        self.go_on.setFocus()

    def _add_buttons(self, page: ColumnPage) -> None:
        self.copy_button = GhostButton(self.tr("Copy the report"), self, icon="copy", small=True)
        self.copy_button.clicked.connect(self._copy)
        aside = QHBoxLayout()
        aside.addWidget(self.copy_button)
        aside.addStretch(1)
        page.column.addLayout(aside)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.quit_button = GhostButton(self.tr("Quit"), self)
        self.quit_button.clicked.connect(self.quit_asked)
        row.addWidget(self.quit_button, 10)
        self.go_on = PrimaryButton(self.tr("Go on"), self)
        self.go_on.clicked.connect(self.close)
        row.addWidget(self.go_on, 18)
        add_footer(page).addLayout(row)

    def show_another(self, state: str, report: str) -> None:
        """Say that there is more of it, in the same dialog."""
        self._count += 1
        self.state.show_text(state)
        self.report.set_text(report)
        more = self.tr("It went wrong {n} times so far.").format(n=self._count)
        self.more.show_text(more)
        self.more.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.text())
        self.copy_button.set_text(self.tr("The report is copied"))

    def reject(self) -> None:
        """Escape closes it, as the button does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
