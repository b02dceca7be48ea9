"""The report as it would be pasted: shown whole before it is copied or saved."""

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from watchword.desktop.look.theme import RING, text_scale
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_area import TextArea
from watchword.errors import WatchwordError

FILE_NAME = "watchword-report.txt"


class ReportText(TextArea):
    """A report to be read and taken, not changed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, height=round(200 * text_scale()))
        self.edit.setReadOnly(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(round(12 * text_scale()))
        self.edit.setFont(font)
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)


class ReportPage(ColumnPage):
    """`save_chosen` carries the file; copying is done here."""

    save_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Report"), parent, back=True)
        self.add_text(
            self.tr(
                "This is all of it. It holds no account, no code, no name and no server: read it, "
                "and paste it where you ask for help."
            ),
            ink=Ink.QUIET,
        )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.report = ReportText(self.tr("Report"), self)
        self.column.addWidget(self.report, 1)
        footer = add_footer(self)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.save_button = GhostButton(self.tr("Save it…"), self)
        self.save_button.clicked.connect(self._choose_file)
        row.addWidget(self.save_button, 10)
        self.copy_button = PrimaryButton(self.tr("Copy the report"), self, icon="copy")
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.copy_button, 18)
        footer.addLayout(row)

    def show_report(self, text: str) -> None:
        """Show another report."""
        self.report.set_text(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.text())
        self.notice.show_texts(self.tr("The report is copied"), kind="approve")

    def show_saved(self, file: str) -> None:
        """Say where it is."""
        self.notice.show_texts(self.tr("The report is saved"), file, kind="approve")

    def show_error(self, error: WatchwordError) -> None:
        """Say why it is not saved."""
        self.notice.show_error(error)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the report"))
        dialog.setObjectName("report dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        dialog.setDirectory(QStandardPaths.writableLocation(documents))
        dialog.selectFile(FILE_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_chosen)
        dialog.open()
