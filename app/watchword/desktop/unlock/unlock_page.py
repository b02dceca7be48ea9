"""Opening the vault: by password, or by recovery key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import LinkButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.logo import Logo
from watchword.desktop.look.widgets.progress_bar import ProgressBar
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.errors import WatchwordError, WrongPassword


class UnlockPage(ColumnPage):
    """`unlock_asked` carries what was typed and whether it is the recovery key."""

    unlock_asked = Signal(str, bool)
    other_ways_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._by_key = False
        column = self.column
        column.addStretch(2)
        column.addWidget(Logo(self))
        column.addSpacing(6)
        self.add_heading(self.tr("Welcome back"))
        self._subtitle = self.add_text(self.tr("Your accounts are locked."), ink=Ink.QUIET)
        column.addSpacing(6)
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.entered.connect(self._unlock)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.key = PasswordField(self.tr("Recovery key"), self, hint=self.tr("Recovery key"))
        self.key.entered.connect(self._unlock)
        self.key.text_changed.connect(self._typed)
        self.key.hide()
        column.addWidget(self.key)
        self._notice = Notice(self)
        column.addWidget(self._notice)
        self.button = PrimaryButton(self.tr("Unlock"), self)
        self.button.clicked.connect(self._unlock)
        column.addWidget(self.button)
        self._progress = ProgressBar(self.tr("Unlocking"), self, busy=True)
        place = self._progress.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(place)
        self._progress.hide()
        column.addWidget(self._progress)
        self.other_way = LinkButton(self.tr("Use the recovery key"), self)
        self.other_way.clicked.connect(self._change_way)
        column.addWidget(self.other_way, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.trouble = LinkButton(self.tr("I cannot open it"), self)
        self.trouble.clicked.connect(self.other_ways_asked)
        column.addWidget(self.trouble, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def _field(self) -> PasswordField:
        return self.key if self._by_key else self.password

    def _typed(self) -> None:
        self._notice.hide()

    def _change_way(self) -> None:
        self._by_key = not self._by_key
        self.password.setVisible(not self._by_key)
        self.key.setVisible(self._by_key)
        self._notice.hide()
        self.other_way.set_text(
            self.tr("Use the password") if self._by_key else self.tr("Use the recovery key")
        )
        self._field.setFocus()

    def _unlock(self) -> None:
        if self._field.text() and self.button.isEnabled():
            self.unlock_asked.emit(self._field.text(), self._by_key)
        else:
            self._field.setFocus()

    def show_busy(self, busy: bool) -> None:
        """Show that the key is being computed."""
        for widget in (self.password, self.key, self.button, self.other_way, self.trouble):
            widget.setEnabled(not busy)
        self._progress.setVisible(busy)
        if not busy:
            self._field.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why it did not open; after a wrong password what was typed is selected."""
        self.show_busy(False)
        self._notice.show_error(error)
        if isinstance(error, WrongPassword):
            self._field.show_wrong(True)
            self._field.edit.selectAll()

    def show_subtitle(self, text: str) -> None:
        """Say why it is locked."""
        self._subtitle.setText(text)

    def subtitle(self) -> str:
        """Return why it says it is locked."""
        return self._subtitle.text()

    def forget(self) -> None:
        """Empty the fields and any message."""
        self.password.clear()
        self.key.clear()
        self.password.show_text(False)
        self.key.show_text(False)
        self._notice.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._field.setFocus()
