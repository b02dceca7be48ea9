"""One account in detail: its code large, when it is valid, what it is, and who asked lately."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.accounts.rows import Row, spelled
from watchword.desktop.look.theme import RING, colours_of
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import (
    GhostButton,
    IconButton,
    LinkButton,
    PrimaryButton,
)
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.monogram import Monogram
from watchword.desktop.look.widgets.painting import draw_body, painter_on
from watchword.desktop.look.widgets.ring import Ring
from watchword.desktop.look.widgets.scrolling import ScrollArea
from watchword.otp.parameters import SHAPES, OtpParameters, OtpType


@dataclass(frozen=True, slots=True)
class Recent:
    """A login request of the past, in words."""

    good: bool
    decision: str
    where: str
    when: str


class _RecentRow(QWidget):
    def __init__(self, recent: Recent, parent: QWidget) -> None:
        super().__init__(parent)
        self._good = recent.good
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 9, 0, 9)
        row.setSpacing(10)
        decision = Label(recent.decision, self, size=13.5, weight=600, lines=1)
        decision.setFixedWidth(decision.sizeHint().width())
        row.addWidget(decision)
        row.addWidget(Label(recent.where, self, size=13.5, ink=Ink.QUIET, lines=1), 1)
        row.addWidget(Label(recent.when, self, size=12.5, ink=Ink.FAINT, digits=True, lines=1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        dot = QRectF(0, self.height() / 2 - 4, 8, 8)
        draw_body(painter, dot, 4, colours.approve if self._good else colours.deny)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), colours.border)


class DetailPane(QWidget):
    """Shows one account; empty until it is given one."""

    copy_asked = Signal(object)
    reveal_asked = Signal(object)  # its code is hidden
    new_code_asked = Signal(object)
    edit_asked = Signal(object)
    codes_asked = Signal(object)  # its backup codes
    qr_asked = Signal(object)
    link_asked = Signal(object)  # its server and device
    history_asked = Signal(object)  # all its login requests of the past
    remove_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self._facts_of: object = None
        self._contact = ""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._nothing = Label(
            self.tr("Choose an account to see it here."),
            self,
            ink=Ink.FAINT,
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        whole.addWidget(self._nothing, 1)
        content = QWidget()
        self._content = content
        column = QVBoxLayout(content)
        column.setContentsMargins(32 - RING, 26, 32 - RING, 24)
        column.setSpacing(0)
        column.addLayout(self._make_heading())
        column.addSpacing(18)
        self.notice = Notice(content)
        told = QVBoxLayout()  # while nothing is told, its margin takes no room either
        told.setContentsMargins(0, 0, 0, 14)
        told.addWidget(self.notice)
        column.addLayout(told)
        column.addLayout(self._make_code())
        self._validity = Label(
            "", content, size=13, ink=Ink.QUIET, digits=True, lines=1, inset=RING
        )
        column.addWidget(self._validity)
        column.addSpacing(16 - RING)
        column.addLayout(self._make_buttons())
        column.addSpacing(18 - RING)
        self._facts = QGridLayout()
        self._facts.setContentsMargins(RING, 0, RING, 0)
        self._facts.setColumnMinimumWidth(0, 110)
        self._facts.setColumnStretch(1, 1)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(9)
        column.addLayout(self._facts)
        column.addSpacing(22)
        self._recent_title = Label(
            self.tr("Recent login requests"),
            content,
            size=13,
            weight=600,
            ink=Ink.QUIET,
            inset=RING,
        )
        above = QHBoxLayout()
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self._recent_title, 1)
        self.history_button = LinkButton(self.tr("Show all"), content)
        self.history_button.setAccessibleName(self.tr("Show all login requests of this account"))
        self.history_button.clicked.connect(self._history)
        above.addWidget(self.history_button)
        column.addLayout(above)
        self._recent = QVBoxLayout()
        self._recent.setContentsMargins(RING, 0, RING, 0)
        self._recent.setSpacing(0)
        column.addLayout(self._recent)
        column.addStretch(1)
        self._area = ScrollArea(content, self)
        whole.addWidget(self._area, 1)
        self._area.hide()

    def _make_heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, RING, 0)
        row.setSpacing(14)
        self._mark = Monogram(52, self._content)
        row.addWidget(self._mark)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        self._title = Label("", self._content, size=22, weight=700, lines=1)
        self._subtitle = Label("", self._content, ink=Ink.QUIET, lines=1)
        names.addWidget(self._title)
        names.addWidget(self._subtitle)
        names.addStretch(1)
        row.addLayout(names, 1)
        self._tags = QHBoxLayout()
        self._tags.setSpacing(0)
        row.addLayout(self._tags)
        return row

    def _make_code(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, RING, 0)
        row.setSpacing(18)
        self._code = Label("", self._content, size=52, weight=600, digits=True, lines=1)
        row.addWidget(self._code)
        self._ring = Ring(40, self._content)
        row.addWidget(self._ring)
        self.reveal_button = IconButton("eye", self.tr("Show the code"), self._content)
        self.reveal_button.clicked.connect(self._reveal)
        row.addWidget(self.reveal_button)
        row.addStretch(1)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.copy_button = PrimaryButton(self.tr("Copy code"), self._content, small=True)
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.copy_button)
        self.new_button = GhostButton(
            self.tr("New code"), self._content, icon="refresh", small=True
        )
        self.new_button.clicked.connect(self._new)
        row.addWidget(self.new_button)
        self.edit_button = GhostButton(self.tr("Edit"), self._content, small=True)
        self.edit_button.setToolTip(self.tr("Edit (Ctrl+E)"))
        self.edit_button.clicked.connect(self._edit)
        row.addWidget(self.edit_button)
        self.codes_button = GhostButton(self.tr("Backup codes"), self._content, small=True)
        self.codes_button.clicked.connect(self._codes)
        row.addWidget(self.codes_button)
        row.addStretch(1)
        self.link_button = IconButton("link", self.tr("Server and device"), self._content)
        self.link_button.clicked.connect(self._link)
        row.addWidget(self.link_button)
        self.qr_button = IconButton("qr", self.tr("Show as a QR code"), self._content)
        self.qr_button.clicked.connect(self._qr)
        row.addWidget(self.qr_button)
        self.remove_button = IconButton("delete", self.tr("Move to the trash"), self._content)
        self.remove_button.clicked.connect(self._remove)
        row.addWidget(self.remove_button)
        return row

    @property
    def account_id(self) -> str:
        """The id of the account that is shown; empty for none."""
        return self._row.account.id if self._row else ""

    def show_row(self, row: Row | None) -> None:
        """Show an account, or its code's next second; None empties the pane."""
        self._row = row
        self._nothing.setVisible(row is None)
        self._area.setVisible(row is not None)
        if row is None:
            self._facts_of = None
            return
        self._show_code(row)
        if self._facts_of != row.account:
            self._facts_of = row.account
            self._show_account(row)

    def _show_code(self, row: Row) -> None:
        has_codes = row.account.otp is not None
        self._code.setVisible(has_codes)
        self._code.show_text(row.shown_code or "••• •••")
        shows = bool(row.code) and not row.hidden
        self._code.set_ink(Ink.FAINT if not shows else Ink.WARN if row.urgent else Ink.TEXT)
        spoken = self.tr("Code hidden") if row.hidden else spelled(row.code)
        self.reveal_button.setVisible(row.hidden)
        if self._code.accessibleName() != spoken:
            self._code.setAccessibleName(spoken)
        self._ring.setVisible(has_codes and not row.is_counter)
        self._ring.show_left(row.left, urgent=row.urgent)
        self._validity.setVisible(has_codes)
        if row.is_counter:
            text = (
                self.tr("Used up when entered. The next one comes on demand.")
                if row.code
                else self.tr("Codes come one by one, when you ask.")
            )
            read = text
        elif row.hidden:
            text = self.tr("valid {n} s").format(n=row.seconds_left)
            read = self.tr("Next code hidden")
        else:
            text = self.tr("valid {n} s · next {code}").format(
                n=row.seconds_left, code=row.next_code
            )
            read = self.tr("Next code {code}").format(code=spelled(row.next_code))
        # Read out as shown it would be another number each second, and the next code one large number.
        self._validity.show_running(text, read)
        self.copy_button.setVisible(has_codes)
        self.copy_button.setEnabled(bool(row.code))
        self.copy_button.set_text(self.tr("Copied") if row.copied else self.tr("Copy code"))
        self.new_button.setVisible(row.is_counter)
        self.qr_button.setVisible(has_codes)

    def _show_account(self, row: Row) -> None:
        self._mark.show_name(row.title, row.brand)
        self._title.setText(row.title)
        self._subtitle.setText(row.subtitle)
        self._subtitle.setVisible(bool(row.subtitle))
        link = row.account.link
        self.codes_button.setVisible(link is not None and bool(link.backup_codes))
        self.link_button.setVisible(link is not None)
        self._show_removed(row)
        _empty(self._tags)
        for tag in row.account.tags[:3]:
            self._tags.addWidget(Chip(tag, self._content))
        self._show_facts(row)

    def _show_facts(self, row: Row) -> None:
        _empty(self._facts)
        for number, (name, value) in enumerate(self._facts_about(row)):
            top = Qt.AlignmentFlag.AlignTop
            self._facts.addWidget(
                Label(name, self._content, size=13.5, ink=Ink.QUIET), number, 0, top
            )
            self._facts.addWidget(Label(value, self._content, size=13.5, lines=4), number, 1)

    def _show_removed(self, row: Row) -> None:
        self.notice.setVisible(row.is_removed)
        if row.is_removed:
            self.notice.show_texts(
                self.tr("The server removed this device"),
                self.tr("Login requests and codes of this account work here no more."),
                kind="warn",
            )
            self.notice.offer(self.tr("What now?"), self._link)

    def show_contact(self, text: str) -> None:
        """Show when the account's server was last heard of."""
        if text != self._contact:
            self._contact = text
            if self._row is not None:
                self._show_facts(self._row)

    def _facts_about(self, row: Row) -> list[tuple[str, str]]:
        account = row.account
        facts: list[tuple[str, str]] = []
        if account.link is not None:
            on = self.tr("On · this device is “{name}”").format(name=account.link.device_name)
            off = self.tr("Off · the server removed this device")
            other = self.tr("Off · they go to another computer")
            words = on if row.takes_requests else other
            facts.append((self.tr("Login requests"), off if row.is_removed else words))
            facts.append((self.tr("Server"), account.link.origin.removeprefix("https://")))
            if self._contact and row.takes_requests and not row.is_removed:
                facts.append((self.tr("Last contact"), self._contact))
            if account.link.backup_codes:
                whole = len(account.link.backup_codes)
                left = whole - len(account.link.used_backup_codes)
                words = self.tr("{left} of {whole} left").format(left=left, whole=whole)
                facts.append((self.tr("Backup codes"), words))
        if account.otp is not None:
            otp = account.otp
            facts.append((self.tr("Codes"), " · ".join(self._codes_in_words(otp))))
        if account.unread_otp:
            words = self.tr("Of a kind this version does not know. Update Watchword to see them.")
            facts.append((self.tr("Codes"), words))
        if account.note:
            facts.append((self.tr("Note"), account.note))
        return facts

    def _codes_in_words(self, otp: OtpParameters) -> list[str]:
        moves = (
            self.tr("counter {n}").format(n=otp.counter)
            if otp.type is OtpType.HOTP
            else self.tr("{n} s").format(n=otp.period)
        )
        if otp.type in SHAPES:
            return [otp.type.shown, self.tr("{n} characters").format(n=otp.digits), moves]
        digits = self.tr("{n} digits").format(n=otp.digits)
        return [otp.type.shown, otp.algorithm.shown, digits, moves]

    def show_recent(self, recent: Sequence[Recent]) -> None:
        """Show the account's login requests of the past, newest first."""
        _empty(self._recent)
        self._recent_title.setVisible(bool(recent))
        self.history_button.setVisible(bool(recent))
        for one in recent:
            self._recent.addWidget(_RecentRow(one, self._content))

    def _copy(self) -> None:
        if self._row is not None:
            self.copy_asked.emit(self._row)

    def _reveal(self) -> None:
        if self._row is not None:
            self.reveal_asked.emit(self._row)

    def _new(self) -> None:
        if self._row is not None:
            self.new_code_asked.emit(self._row)

    def _edit(self) -> None:
        if self._row is not None:
            self.edit_asked.emit(self._row)

    def _codes(self) -> None:
        if self._row is not None:
            self.codes_asked.emit(self._row)

    def _qr(self) -> None:
        if self._row is not None:
            self.qr_asked.emit(self._row)

    def _link(self) -> None:
        if self._row is not None:
            self.link_asked.emit(self._row)

    def _history(self) -> None:
        if self._row is not None:
            self.history_asked.emit(self._row)

    def _remove(self) -> None:
        if self._row is not None:
            self.remove_asked.emit(self._row)


def _empty(layout: QHBoxLayout | QVBoxLayout | QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
