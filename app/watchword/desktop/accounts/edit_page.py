"""What a person may change about an account: names, icon, tags, a note, its PIN, and the star."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watchword.desktop.accounts.icon_chooser import IconChooser
from watchword.desktop.look.texts import said
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import LinkButton, PrimaryButton
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_area import TextArea
from watchword.desktop.look.widgets.text_field import PasswordField, TextField
from watchword.errors import WatchwordError
from watchword.otp.parameters import OtpParameters, PinRefused
from watchword.plain_text import NOTE_LIMIT, plain_text
from watchword.vault.account import Account

# What a field takes: above what the vault keeps, so that too much is said and not cut in silence.
_LONGEST = 4 * NOTE_LIMIT


def read_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a text that separates them by commas, each once."""
    return tuple(dict.fromkeys(filter(None, (_kept(part) for part in text.split(",")))))


def _kept(text: str) -> str:
    # The vault refuses what is too long; only what would act instead of show is taken out.
    return plain_text(text, limit=max(len(text), 1)).strip()


class EditPage(ColumnPage):
    """Shows one account's texts; `save_asked` carries the members that were changed."""

    save_asked = Signal(object)  # a mapping of Account's members, perhaps empty
    remove_asked = Signal()

    def __init__(self, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Edit account"), parent, back=True)
        self._account = account
        self._warned = False
        self.icon = IconChooser(account.icon, linked=account.link is not None, parent=self)
        self.service = self._field(self.tr("Service"), account.issuer, beside=self.icon.button)
        self.column.addWidget(self.icon)
        self.account = self._field(self.tr("Account"), account.account)
        self.tags = self._field(self.tr("Tags"), ", ".join(account.tags), self.tr("work, family"))
        otp = account.otp
        self.pin = self._pin_field() if otp is not None and otp.type.needs_pin else None
        self.add_name(self.tr("Note"))
        self.note = TextArea(self.tr("Note"), self)
        self.note.set_text(account.note)
        self.note.text_changed.connect(self._changed)
        self.column.addWidget(self.note)
        self.favourite = Chip(self.tr("★ Favourite"), self, checkable=True)
        self.favourite.setAccessibleName(self.tr("Favourite"))
        self.favourite.setChecked(account.favourite)
        self.favourite.toggled.connect(self._changed)
        self.column.addWidget(self.favourite)
        self.icon.chosen.connect(self._changed)
        for field in (self.service, self.account):
            field.text_changed.connect(self._name_icon)
        self._name_icon()
        if account.link is not None:
            self.add_text(
                self.tr(
                    "These names are yours: what the server calls the account stays as it is."
                ),
                size=12.5,
                ink=Ink.FAINT,
            )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.button = PrimaryButton(self.tr("Save"), self)
        self.button.clicked.connect(self._save)
        footer.addWidget(self.button)
        self.remove_button = LinkButton(self.tr("Move to the trash"), self, danger=True)
        self.remove_button.clicked.connect(self.remove_asked)
        footer.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignHCenter)
        save = QShortcut(QKeySequence("Ctrl+S"), self)
        save.activated.connect(self._save)

    def _field(
        self, name: str, text: str, hint: str = "", *, beside: QWidget | None = None
    ) -> TextField:
        self.add_name(name)
        field = TextField(name, self, hint=hint)
        field.edit.setMaxLength(_LONGEST)
        field.set_text(text)
        field.text_changed.connect(self._changed)
        field.entered.connect(self._save)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        if beside:
            row.addWidget(beside)
        row.addWidget(field)
        self.column.addLayout(row)
        return field

    def _pin_field(self) -> PasswordField:
        """Add the field for a new PIN. The one there is stays hidden: it is part of the secret."""
        self.add_name(self.tr("PIN"))
        field = PasswordField(self.tr("PIN"), self, hint=self.tr("Unchanged"))
        field.edit.setMaxLength(_LONGEST)
        field.text_changed.connect(self._pin_changed)
        field.entered.connect(self._save)
        self.column.addWidget(field)
        self._pin_remark = self.add_text("", size=12.5, ink=Ink.DENY)
        self._pin_remark.hide()
        return field

    def _pin_changed(self) -> None:
        self._changed()
        remark = ""
        try:
            self._otp()
        except PinRefused as error:
            remark = said(f"{error.title}. {error.reason}.")
        if self.pin is not None:
            self._pin_remark.show_text(remark)
            self._pin_remark.setVisible(bool(remark))
            self.pin.show_wrong(bool(remark))
            self.pin.edit.setAccessibleDescription(remark)

    def _otp(self) -> OtpParameters | None:
        """Return what the codes are made of, with the new PIN. Raises PinRefused."""
        otp = self._account.otp
        pin = self.pin.text().strip() if self.pin is not None else ""
        return replace(otp, pin=pin) if otp is not None and pin else otp

    def changes(self) -> Mapping[str, Any]:
        """Return the members that differ from the account's, as they are to be kept.

        Raises PinRefused.
        """
        now = {
            "otp": self._otp(),
            "issuer": _kept(self.service.text()),
            "account": _kept(self.account.text()),
            "tags": read_tags(self.tags.text()),
            "note": plain_text(self.note.text(), limit=_LONGEST, lines=True).strip(),
            "favourite": self.favourite.isChecked(),
            "icon": self.icon.icon,
        }
        return {
            name: value for name, value in now.items() if value != getattr(self._account, name)
        }

    def _name_icon(self) -> None:
        self.icon.show_name(_kept(self.service.text()) or _kept(self.account.text()))

    def _changed(self) -> None:
        self._warned = False
        self.notice.hide()

    def _save(self) -> None:
        if not self.button.isEnabled():
            return
        if not (_kept(self.service.text()) or _kept(self.account.text())):
            self.service.show_wrong(True)
            self.notice.show_texts(
                self.tr("The account needs a name"), self.tr("Of the service, or its own.")
            )
            return
        try:
            changes = self.changes()
        except PinRefused:
            if self.pin is not None:
                self.pin.setFocus()
            return
        self.show_busy(True)
        self.save_asked.emit(changes)

    def _is_changed(self) -> bool:
        try:
            return bool(self.changes())
        except PinRefused:
            return True

    def may_leave(self) -> bool:
        """Tell whether nothing typed would be lost; else say so, and the second time let it be."""
        if self._warned or not self._is_changed():
            return True
        self._warned = True
        self.notice.show_texts(
            self.tr("Your changes are not saved"),
            self.tr("Save them, or go back once more to leave without them."),
            kind="warn",
        )
        return False

    def show_busy(self, busy: bool) -> None:
        """Take no second answer while the first one is carried out."""
        for widget in (self.button, self.remove_button, self.bar):
            widget.setEnabled(not busy)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.service.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not saved; what was typed stays."""
        self.show_busy(False)
        self.notice.show_error(error)
        self.area.ensureWidgetVisible(self.notice)
