"""The settings: those of the vault first, then those of this installation."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from watchword.desktop.look.theme import MARGIN
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.setting_card import SettingCard
from watchword.desktop.look.widgets.setting_section import SettingSection


@dataclass(frozen=True, slots=True)
class Ways:
    """What opens the vault, in words."""

    password: str
    recovery_key: str
    has_recovery_key: bool


class SettingsPage(ColumnPage):
    """One card for each subject; whatever is pressed is told, and shown here once it is so."""

    password_asked = Signal()
    key_asked = Signal()
    key_removal_asked = Signal()
    keyring_asked = Signal(bool)  # on, or off
    copy_chosen = Signal(str)  # the file to write a copy to
    restore_asked = Signal()
    hiding_asked = Signal(bool)
    codes_hiding_asked = Signal(bool)
    import_asked = Signal()
    export_asked = Signal()
    history_asked = Signal()
    keeping_asked = Signal()
    pause_asked = Signal(bool)  # pause, or go on
    hinting_asked = Signal(bool)

    def __init__(
        self, sections: Sequence[SettingSection] = (), parent: QWidget | None = None
    ) -> None:
        """`sections` come below those of the vault."""
        super().__init__(self.tr("Settings"), parent, back=True, margin=MARGIN)
        self._suggested = ""
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self._add_ways()
        self._add_backups()
        self._add_transfer()
        self._add_requests()
        for section in sections:
            self.column.addWidget(section)
        self.column.addStretch(1)

    def _add_section(self, title: str) -> SettingCard:
        self.add_text(title, size=12.5, weight=600, ink=Ink.QUIET)
        card = SettingCard(self)
        card.setAccessibleName(title)
        self.column.addWidget(card)
        self.column.addSpacing(8)
        return card

    def _add_ways(self) -> None:
        card = self._add_section(self.tr("Opening the vault"))
        self._password = card.add_row("lock", self.tr("Password"))
        self.change_password = self._password.add_action(self.tr("Change password"))
        self.change_password.clicked.connect(self.password_asked)
        self._key = card.add_row("recovery", self.tr("Recovery key"))
        self.make_key = self._key.add_action("")
        self.make_key.clicked.connect(self.key_asked)
        self.remove_key = self._key.add_action(self.tr("Remove"), danger=True)
        self.remove_key.setAccessibleName(self.tr("Remove the recovery key"))
        self.remove_key.clicked.connect(self.key_removal_asked)
        self._keyring = card.add_switch("computer", self.tr("This computer’s keyring"))
        self.keyring = self._keyring.switch
        self.keyring.setEnabled(False)
        self.keyring.clicked.connect(self._switch_keyring)

    def _add_backups(self) -> None:
        card = self._add_section(self.tr("Backups"))
        self._copies = card.add_row("copy", self.tr("Copies of the vault"))
        self._copies.show_detail(self.tr("Looking for them…"))
        self.save_copy = self._copies.add_action(self.tr("Save a copy…"))
        self.save_copy.clicked.connect(self._choose_file)
        self.restore = self._copies.add_action(self.tr("Restore a copy"))
        self.restore.clicked.connect(self.restore_asked)
        self._hiding = card.add_switch(
            "eye-off", self.tr("Hide the number of accounts and the date")
        )
        self._hiding.show_detail(
            self.tr(
                "Whoever finds the vault or a new copy reads neither. The recovery screens then "
                "cannot say what a copy holds, and file names still tell the day."
            )
        )
        self.hiding = self._hiding.switch
        self.hiding.clicked.connect(self._switch_hiding)

    def _add_transfer(self) -> None:
        card = self._add_section(self.tr("Accounts"))
        codes = card.add_switch("eye", self.tr("Hide codes until clicked"))
        codes.show_detail(
            self.tr(
                "Dots stand in their place, and a screen reader does not read them. A click shows "
                "one for a short while."
            )
        )
        self.codes_hidden = codes.switch
        self.codes_hidden.clicked.connect(self._switch_codes)
        row = card.add_row("import", self.tr("Other apps and computers"))
        row.show_detail(
            self.tr(
                "Lists of otpauth links, Google Authenticator’s QR codes as text, and Watchword’s "
                "own backups."
            )
        )
        self.take_in = row.add_action(self.tr("Import accounts…"))
        self.take_in.clicked.connect(self._ask_to_import)
        self.give_out = row.add_action(self.tr("Export accounts…"))
        self.give_out.clicked.connect(self._ask_to_export)

    def show_codes_hidden(self, on: bool) -> None:
        """Show whether codes are hidden until they are clicked."""
        self.codes_hidden.setChecked(on)

    def _switch_codes(self) -> None:
        self.notice.hide()
        self.codes_hiding_asked.emit(not self.codes_hidden.isChecked())

    def _add_requests(self) -> None:
        card = self._add_section(self.tr("Login requests"))
        self._asking = card.add_row("bell", self.tr("Asking for them"))
        self.pause = self._asking.add_action("")
        self.pause.clicked.connect(self._ask_to_pause)
        self.show_paused("")
        hinting = card.add_switch("lock", self.tr("Say while locked that one waits"))
        hinting.show_detail(
            self.tr(
                "Keeps a key in memory that can ask how many wait, and nothing else. Who asks is "
                "told once it is unlocked."
            )
        )
        self.hinting = hinting.switch
        self.hinting.clicked.connect(self._switch_hinting)
        self._history = card.add_row("clock", self.tr("History"))
        self.history = self._history.add_action(self.tr("Show the history"))
        self.history.clicked.connect(self.history_asked)
        self.keeping = self._history.add_action(self.tr("How long it is kept…"))
        self.keeping.clicked.connect(self.keeping_asked)

    def show_hinting(self, on: bool) -> None:
        """Show whether it is told while locked that a login request waits."""
        self.hinting.setChecked(on)

    def _switch_hinting(self) -> None:
        self.notice.hide()
        self.hinting_asked.emit(not self.hinting.isChecked())

    def _ask_to_import(self) -> None:
        self.notice.hide()
        self.import_asked.emit()

    def _ask_to_export(self) -> None:
        self.notice.hide()
        self.export_asked.emit()

    def show_ways(self, ways: Ways) -> None:
        """Show what opens the vault now."""
        self._password.show_detail(ways.password)
        self._key.show_detail(ways.recovery_key)
        has = ways.has_recovery_key
        self.make_key.set_text(
            self.tr("Make a new one") if has else self.tr("Make a recovery key")
        )
        if has:
            self.make_key.setAccessibleName(self.tr("Make a new recovery key"))
        if self.remove_key.hasFocus() and not has:
            self.make_key.setFocus()
        self.remove_key.setVisible(has)

    def show_keyring(self, text: str, *, on: bool, possible: bool) -> None:
        """Show whether the keyring opens the vault, and whether that can be changed."""
        self._keyring.show_detail(text)
        self.keyring.setChecked(on)
        self.keyring.setEnabled(possible)

    def show_backups(self, text: str, suggested: str) -> None:
        """Show what copies there are; `suggested` names the file of the next."""
        self._copies.show_detail(text)
        self._suggested = suggested

    def show_paused(self, until: str) -> None:
        """Show until when the servers are not asked; empty: they are."""
        self._paused = bool(until)
        if until:
            self._asking.show_detail(
                self.tr("Paused until {time}. Requests meanwhile expire unseen.").format(
                    time=until
                )
            )
        else:
            self._asking.show_detail(
                self.tr("While the vault is open, the servers of linked accounts are asked.")
            )
        self.pause.set_text(self.tr("Resume") if until else self.tr("Pause for 15 minutes"))

    def _ask_to_pause(self) -> None:
        self.pause_asked.emit(not self._paused)

    def show_history(self, text: str) -> None:
        """Show how many answers there are, and how long they are kept."""
        self._history.show_detail(text)

    def show_hiding(self, on: bool) -> None:
        """Show whether facts about the contents are hidden."""
        self.hiding.setChecked(on)
        self.hiding.setEnabled(True)

    def texts(self) -> dict[str, str]:
        """Return what is said about each subject."""
        return {
            "password": self._password.detail(),
            "recovery key": self._key.detail(),
            "keyring": self._keyring.detail(),
            "copies": self._copies.detail(),
            "history": self._history.detail(),
        }

    def show_writing(self, writing: bool) -> None:
        """Show that a copy is being written."""
        self.save_copy.setEnabled(not writing)
        self.save_copy.set_text(self.tr("Saving a copy…") if writing else self.tr("Save a copy…"))

    def tell(self, title: str, text: str = "", kind: str = "approve") -> None:
        """Say what came of it, where it is seen."""
        self.notice.show_texts(title, text, kind=kind)
        self.area.verticalScrollBar().setValue(0)

    def _switch_keyring(self) -> None:
        self.notice.hide()
        self.keyring_asked.emit(not self.keyring.isChecked())

    def _switch_hiding(self) -> None:
        self.notice.hide()
        self.hiding_asked.emit(not self.hiding.isChecked())

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Save a copy of the vault"))
        dialog.setObjectName("copy dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # An older copy is never written over, so nothing is asked about it.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        dialog.setDirectory(QStandardPaths.writableLocation(documents))
        dialog.selectFile(self._suggested)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.copy_chosen)
        dialog.open()

    def show_section(self, kind: type[SettingSection]) -> None:
        """Bring a part into sight, with the keyboard in it."""
        part = self.findChild(kind)
        if isinstance(part, QWidget):
            part.setFocus()
            # Where it stands is known only once the page has been laid out.
            QTimer.singleShot(0, part, lambda: self.area.ensureWidgetVisible(part))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self.focusWidget() is None:
            self.change_password.setFocus()
