"""The vault does not open: the copies there are of it, and what else can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, LinkButton
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink, Label


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the vault, in words. One that is damaged is listed, and cannot be chosen."""

    path: Path
    when: str
    about: str  # how many accounts, and what kind of copy
    sound: bool


class CopiesPage(ColumnPage):
    """Lists copies, newest first; says by signals what was chosen."""

    copy_chosen = Signal(object)  # a Copy
    file_chosen = Signal(str)
    rescue_asked = Signal()
    look_again_asked = Signal()
    start_over_asked = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, back: bool = False, native_dialogs: bool = True
    ) -> None:
        """With `back` the vault may be sound: the way leads back to unlocking."""
        super().__init__(self.tr("Your vault"), parent, back=back)
        self._native_dialogs = native_dialogs
        self._choices: list[ChoiceCard] = []
        column = self.column
        self.notice = Notice(self)
        column.addWidget(self.notice)
        self.rescue = ChoiceCard(
            "recovery",
            self.tr("Rescue what can be read"),
            self.tr("The accounts that are still whole"),
            self,
        )
        self.rescue.clicked.connect(self.rescue_asked)
        self.rescue.hide()
        column.addWidget(self.rescue)
        self._heading = self.add_heading("")
        self._text = self.add_text("", ink=Ink.QUIET)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(2)
        column.addLayout(self._cards)
        self.file_button = GhostButton(self.tr("Restore from a file…"), self, icon="import")
        self.file_button.clicked.connect(self._choose_file)
        column.addWidget(self.file_button)
        self.again = LinkButton(self.tr("Look again"), self)
        self.again.setVisible(not back)
        self.again.clicked.connect(self.look_again_asked)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.start_over = LinkButton(self.tr("Forgotten everything: start over"), self)
        self.start_over.clicked.connect(self.start_over_asked)
        column.addWidget(self.start_over, 0, Qt.AlignmentFlag.AlignHCenter)

    def offer_rescue(self) -> None:
        """Offer to read the damaged vault: its key fits."""
        self.rescue.show()

    def show_copies(self, copies: Sequence[Copy]) -> None:
        """List these copies."""
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._choices = []
        if any(copy.sound for copy in copies):
            self._heading.setText(self.tr("Restore a copy"))
            self._text.setText(
                self.tr(
                    "Watchword keeps copies of your vault. Nothing is deleted: what is there now "
                    "stays among them."
                )
            )
        else:
            self._heading.setText(self.tr("No copy can be used"))
            self._text.setText(
                self.tr(
                    "None that can be read lies beside the vault. If you keep a backup elsewhere, "
                    "on a disk or a stick, restore from there."
                )
            )
        for copy in copies:
            self._cards.addWidget(self._card(copy))

    def _card(self, copy: Copy) -> QWidget:
        if not copy.sound:
            return Label(f"{copy.when} · {copy.about}", self, size=12.5, ink=Ink.FAINT, inset=14)
        card = ChoiceCard("clock", copy.when, copy.about, self)
        card.clicked.connect(lambda: self.copy_chosen.emit(copy))
        self._choices.append(card)
        return card

    def cards(self) -> list[ChoiceCard]:
        """Return the copies that can be chosen, as they stand on the page."""
        return list(self._choices)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a copy of the vault"))
        dialog.setObjectName("copy dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if not self._native_dialogs:
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file_chosen)
        dialog.open()
