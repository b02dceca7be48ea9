"""Typing an account in, or pasting its link."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QWidget

from watchword.desktop.look.texts import said as known
from watchword.desktop.look.texts import title_of
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import LinkButton, PrimaryButton
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.text_field import TextField
from watchword.enrolment.scanned import is_login_code
from watchword.enrolment.typed import Remark, Typed, lacks_pin, read_typed, remarks
from watchword.errors import InvalidInput, WatchwordError
from watchword.otp.parameters import DIGITS, PIN_LIMIT, SHAPES, Algorithm, OtpType, PinMissing

# What a field takes; far above any valid secret or link, far below what would hang the window.
_LONGEST = 8192
_LONGEST_SECRET = 512  # characters, with spaces between its groups
_PAUSE_MS = 400
_HASHES = (Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512)


class _Choice(QWidget):
    """A name and chips of which one is on, in one row or several."""

    def __init__(
        self, name: str, rows: Sequence[Sequence[str]], on: int, changed: Callable[[], None]
    ) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(RING, 0, 0, 0)
        grid.setSpacing(0)
        label = Label(name, self, size=12.5, ink=Ink.QUIET, lines=1)
        label.setFixedWidth(78)
        grid.addWidget(label, 0, 0)
        self._group = QButtonGroup(self)
        for place, labels in enumerate(rows):
            row = QHBoxLayout()
            for text in labels:
                number = len(self._group.buttons())
                chip = Chip(text, self, checkable=True)
                chip.setAccessibleName(f"{name}: {text}")
                chip.setChecked(number == on)
                self._group.addButton(chip, number)
                row.addWidget(chip)
            row.addStretch(1)
            grid.addLayout(row, place, 1)
        self._group.idToggled.connect(changed)

    def number(self) -> int:
        """Return the position of the chip that is on."""
        return self._group.checkedId()


class ManualPage(ColumnPage):
    """Service, account, secret, and what is rarely needed behind a link; `read` once it is right."""

    read = Signal(object)  # OtpauthFound, EnrolLinkFound or MigrationFound

    def __init__(self, now: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Type it in"), parent, back=True)
        self._now = now
        self._remarks: dict[TextField, Label] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._show_remarks)
        self.add_text(
            self.tr("Services that show a QR code also show a secret to type, or a link to copy."),
            ink=Ink.QUIET,
        )
        self.secret = self._field(self.tr("Secret or link"), self.tr("JBSW Y3DP EHPK 3PXP"))
        self.secret.edit.setMaxLength(_LONGEST)
        self.service = self._field(self.tr("Service"), self.tr("Kalos Club"))
        self.account = self._field(self.tr("Account"), self.tr("ana@example.org"))
        for field in (self.service, self.account):
            field.edit.setMaxLength(1024)
        self._pin_name = self.add_name(self.tr("PIN"))
        self.pin = self._unnamed_field(self.tr("PIN"), self.tr("The PIN you chose for it"))
        self.pin.edit.setMaxLength(PIN_LIMIT)
        self.more_button = LinkButton(self.tr("More settings"), self)
        self.more_button.clicked.connect(self._show_more)
        self.column.addWidget(self.more_button)
        self._more = self._settings()
        for widget in self._more:
            self.column.addWidget(widget)
            widget.hide()
        self._remarks[self.moves] = self._add_remark()
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        self.button = PrimaryButton(self.tr("Continue"), self)
        self.button.clicked.connect(self._read)
        add_footer(self).addWidget(self.button)
        self._changed()

    def _field(self, name: str, hint: str) -> TextField:
        self.add_name(name)
        return self._unnamed_field(name, hint)

    def _unnamed_field(self, name: str, hint: str) -> TextField:
        field = TextField(name, self, hint=hint)
        field.text_changed.connect(self._changed)
        field.entered.connect(self._read)
        self.column.addWidget(field)
        self._remarks[field] = self._add_remark()
        return field

    def _add_remark(self) -> Label:
        """Add the line that says what is wrong with the field above it."""
        label = self.add_text("", size=12.5)
        label.hide()
        return label

    def _settings(self) -> tuple[QWidget, ...]:
        self._kind = _Choice(
            self.tr("Codes"),
            [
                [self.tr("By time"), self.tr("By counter")],
                [kind.shown for kind in OtpType if kind in SHAPES],
            ],
            0,
            self._changed,
        )
        hashes = [each.shown for each in _HASHES]
        self._algorithm = _Choice(self.tr("Algorithm"), [hashes], 0, self._changed)
        digits = [str(number) for number in DIGITS]
        self._digits = _Choice(self.tr("Digits"), [digits], 6 - DIGITS.start, self._changed)
        self.moves = TextField(self.tr("Period in seconds"), self, height=40)
        self.moves.edit.setMaxLength(20)
        self.moves.set_text("30")
        self.moves.text_changed.connect(self._changed)
        self.moves.entered.connect(self._read)
        self._moves_name = Label("", self, size=12.5, ink=Ink.QUIET, inset=RING)
        return self._kind, self._algorithm, self._digits, self._moves_name, self.moves

    def _show_more(self) -> None:
        self._kind.show()
        self.more_button.hide()
        self._changed()

    def _type(self) -> OtpType:
        return tuple(OtpType)[self._kind.number()]

    def _changed(self) -> None:
        self.notice.hide()
        text = self.secret.text().strip()
        link = is_login_code(text)
        self.button.setEnabled(bool(text))
        for widget in (self.service, self.account, *self._more):
            widget.setEnabled(not link)
        kind = self._type()
        asks_pin = lacks_pin(text) if link else kind.needs_pin
        for widget in (self._pin_name, self.pin):
            widget.setVisible(asks_pin)
        for widget in self._more[1:]:
            widget.setVisible(self.more_button.isHidden() and kind not in SHAPES)
        hexadecimal = kind is OtpType.MOTP and not link
        self.secret.set_hint("e315 2afe e625 99c8" if hexadecimal else "JBSW Y3DP EHPK 3PXP")
        counts = kind is OtpType.HOTP
        name = self.tr("Next counter") if counts else self.tr("Period in seconds")
        if self._moves_name.text() != name:
            self._moves_name.setText(name)
            self.moves.edit.setAccessibleName(name)
            self.moves.set_text("0" if counts else "30")
        # What is put right is taken back at once; what is wrong waits for a pause in the typing.
        self._show_remarks(only_known=True)
        self._pause.start()

    def _show_remarks(self, *, only_known: bool = False) -> None:
        said = self._said()
        for field, label in self._remarks.items():
            remark = said.get(field)
            if only_known and label.isHidden():
                continue
            shown = remark is not None and not field.isHidden() and field.isEnabled()
            label.setVisible(shown)
            label.show_text(known(remark.text) if remark is not None and shown else "")
            label.set_ink(Ink.DENY if remark is not None and remark.wrong else Ink.WARN)
            field.show_wrong(remark is not None and shown and remark.wrong)
            field.edit.setAccessibleDescription(label.text())

    def _said(self) -> dict[TextField, Remark]:
        """Return what is to be said about each field as it stands."""
        fields = {
            "secret": self.secret,
            "service": self.service,
            "account": self.account,
            "pin": self.pin,
            "period": self.moves,
            "counter": self.moves,
        }
        try:
            typed = self._typed()
        except InvalidInput as error:
            return {self.moves: Remark(f"{title_of(error)}.")}
        return {fields[name]: each for name, each in remarks(typed, now=self._now()).items()}

    def _typed(self) -> Typed:
        moves = self.moves.text().strip()
        if self._type() in SHAPES or is_login_code(self.secret.text()):
            moves = "30"  # not shown, and not looked at
        if not (moves.isascii() and moves.isdigit()):
            raise InvalidInput(
                self.tr("“{name}” is not a number").format(name=self._moves_name.text())
            )
        return Typed(
            service=self.service.text(),
            account=self.account.text(),
            secret=self.secret.text().strip(),
            type=self._type(),
            algorithm=_HASHES[self._algorithm.number()],
            digits=DIGITS[self._digits.number()],
            period=int(moves),
            counter=int(moves),
            pin=self.pin.text().strip(),
        )

    def _read(self) -> None:
        if not self.button.isEnabled():
            return
        self._pause.stop()
        self._show_remarks()
        wrong = [field for field, each in self._said().items() if each.wrong and field.isVisible()]
        if wrong:
            wrong[0].setFocus()
            # Where it stands is known only once the page has been laid out with its remark.
            QTimer.singleShot(0, wrong[0], lambda: self._bring_up(wrong[0]))
            return
        try:
            found = read_typed(self._typed(), now=self._now())
        except InvalidInput as error:
            self.show_error(error)
            return
        self.read.emit(found)

    def take_secret(self, text: str) -> bool:
        """Put a text that may be a secret into its field; tell whether it was taken."""
        if not text.strip() or ":" in text or len(text) > _LONGEST_SECRET:
            return False
        self.secret.set_text(text.strip())
        return True

    def ask_pin(self, link: str, missing: PinMissing) -> None:
        """Take a link that needs a PIN: only that is left to type."""
        self.secret.set_text(link)
        self.show_error(missing)
        self.pin.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say what is wrong with what was typed."""
        self.notice.show_error(error)
        # Where it stands is known only once the page has been laid out with it.
        QTimer.singleShot(0, self, self._show_notice)

    def _show_notice(self) -> None:
        self.area.ensureWidgetVisible(self.notice)

    def _bring_up(self, field: TextField) -> None:
        self.area.ensureWidgetVisible(field)
        self.area.ensureWidgetVisible(self._remarks[field])

    def forget(self) -> None:
        """Empty the form: a secret stays in no field that is not on the screen."""
        for field in (self.secret, self.service, self.account, self.pin):
            field.clear()
        self.notice.hide()
        self._pause.stop()

    def remark(self, field: TextField) -> str:
        """Return what is said below a field; empty for nothing."""
        label = self._remarks[field]
        return "" if label.isHidden() else label.text()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.secret.setFocus()
