"""One login request: who asks, where from, until when; the answer, and what came of it.

Nothing on this page approves by accident: there is no default button, Approve is inert for the
first second and until everything asked for is typed, Enter never presses it, and the keyboard
is put into the code's field, which takes no other keys.
"""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from watchword.approvals.inbox import Action, Answered, Answering, Entry, Key, Open, Unconfirmed
from watchword.clock import Clock
from watchword.desktop.approvals.answer_form import AnswerForm
from watchword.desktop.approvals.outcome_view import OutcomeView
from watchword.desktop.approvals.words import (
    ago,
    browser_of,
    expires_in,
    host_of,
    not_me_steps,
    outcome_of,
    place_of,
    roughly,
    said_by,
)
from watchword.desktop.look.texts import plural
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import ApproveButton, DangerButton, LinkButton
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.monogram import Monogram
from watchword.desktop.look.widgets.time_bar import TimeBar
from watchword.errors import WatchwordError
from watchword.providers.login_request import Decision, LoginRequest

INERT_SECONDS = 1.0
_URGENT_SECONDS = 15.0


class RequestPage(ColumnPage):
    """Shows an inbox entry and offers just the actions its state has."""

    answer_asked = Signal(object, object, str, str)  # key, Decision, code, the vault's password
    keyring_asked = Signal(object, str)  # key, code: to be approved once the keyring says yes
    resend_asked = Signal(object)
    dismiss_asked = Signal(object)
    typing_asked = Signal()  # the code is to be typed after all
    pause_asked = Signal()
    next_asked = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Login request"), parent, back=True)
        self.setObjectName("request")
        self._clock = clock
        self._entry: Entry | None = None
        self._by_link = False
        self._keyring = False
        self._checking = False  # who it is that approves
        self._shown_at = 0.0
        self.form: AnswerForm | None = None
        self.more = Chip("", self)
        self.more.setCursor(Qt.CursorShape.PointingHandCursor)
        self.more.clicked.connect(self.next_asked)
        self.more.hide()
        self.bar.add(self.more)
        self._stack = QStackedWidget(self)
        self.column.addWidget(self._stack, 1)
        self._question = QWidget()
        self._stack.addWidget(self._question)
        self.outcome = OutcomeView()
        self.outcome.done.connect(self._dismiss)
        self.outcome.resend.connect(self._resend)
        self.outcome.pause.connect(self.pause_asked)
        self._stack.addWidget(self.outcome)
        self._make_question()
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.refresh)
        self._awake = QTimer(self)
        self._awake.setSingleShot(True)
        self._awake.setInterval(int(INERT_SECONDS * 1000))
        self._awake.timeout.connect(self.refresh)

    def _make_question(self) -> None:
        column = QVBoxLayout(self._question)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        heading = QHBoxLayout()
        heading.setContentsMargins(RING, 0, RING, 0)
        heading.setSpacing(12)
        self._mark = Monogram(48, self._question)
        heading.addWidget(self._mark)
        self.heading = Label("", self._question, size=19, weight=700, lines=3)
        heading.addWidget(self.heading, 1)
        column.addLayout(heading)
        column.addSpacing(4)
        self.facts = FactList(self._question)
        column.addWidget(self.facts)
        self.text = Label("", self._question, ink=Ink.QUIET, lines=3, inset=RING)
        column.addWidget(self.text)
        column.addSpacing(6)
        self._form_place = QVBoxLayout()
        column.addLayout(self._form_place)
        self.notice = Notice(self._question)
        column.addWidget(self.notice)
        column.addStretch(1)
        times = QHBoxLayout()
        times.setContentsMargins(RING, 0, RING, 0)
        self._expires = Label("", self, size=12.5, ink=Ink.QUIET, digits=True, lines=1)
        self._from = Label(
            "",
            self,
            size=12.5,
            ink=Ink.QUIET,
            lines=1,
            align=Qt.AlignmentFlag.AlignRight,
            keep_end=True,
        )
        times.addWidget(self._expires)
        times.addWidget(self._from, 1)
        column.addLayout(times)
        self._left = TimeBar(self._question)
        bar = QHBoxLayout()
        bar.setContentsMargins(RING, 0, RING, 0)
        bar.addWidget(self._left)
        column.addLayout(bar)
        column.addSpacing(4)
        column.addLayout(self._make_buttons())
        self.not_me = LinkButton(self.tr("It wasn’t me"), self._question, danger=True)
        self.not_me.clicked.connect(self._not_me)
        column.addWidget(self.not_me, 0, Qt.AlignmentFlag.AlignHCenter)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.deny = DangerButton(self.tr("&Deny"), self._question)
        self.deny.setShortcut("Alt+D")  # in every language, whatever letter its word has
        self.deny.setToolTip(self.tr("Deny (Alt+D)"))
        self.deny.clicked.connect(self._deny)
        self.approve = ApproveButton(self.tr("Approve"), self._question)
        self.approve.clicked.connect(self._approve)
        row.addWidget(self.deny, 10)
        row.addWidget(self.approve, 14)
        return row

    # What is shown -------------------------------------------------------------------------
    @property
    def key(self) -> Key | None:
        """The request that is shown."""
        return self._entry.key if self._entry else None

    def show_entry(
        self,
        entry: Entry,
        *,
        number: int = 1,
        waiting: int = 1,
        by_link: bool = False,
        keyring: bool = False,
    ) -> None:
        """Show a request as it stands: the `number`th of those `waiting`, 0 if it is none of them.

        `by_link`: a browser on this computer handed it over, and nothing is typed. `keyring`: it
        may stand for the password.
        """
        # What is asked for may change under the hand that answers: then it is as good as another.
        is_other = self._entry is None or self._entry.key != entry.key or self._by_link != by_link
        before, self._entry = self._entry, entry
        self._by_link = by_link
        self._keyring = keyring
        self._checking = self._checking and not is_other and isinstance(entry, Open)
        if is_other:
            self._shown_at = self._clock.monotonic()
            self._awake.start()
            self._show_request(entry.request)
        elif isinstance(before, Answering) and isinstance(entry, Open):
            self._show_open_again(entry)
        self._show_queue(number, waiting)
        outcome = outcome_of(entry)
        if outcome is None:
            self._stack.setCurrentWidget(self._question)
        else:
            is_not_me = isinstance(entry, Answered) and entry.decision is Decision.NOT_ME
            self.outcome.show_outcome(
                outcome,
                about=entry.request.expiry_estimated,
                can_resend=isinstance(entry, Unconfirmed),
                steps=not_me_steps(entry.request) if is_not_me else [],
            )
            is_news = self._stack.currentWidget() is not self.outcome
            self._stack.setCurrentWidget(self.outcome)
            if is_news:
                self.outcome.announce()
            if is_news and not is_other:
                self._focus()
        self.refresh()
        if is_other:
            self._focus()

    def _show_queue(self, number: int, waiting: int) -> None:
        """Say which of those that wait this is; pressed, it goes on to the next."""
        if number:
            text = self.tr("{number} of {waiting}").format(number=number, waiting=waiting)
        else:
            text = self.tr("{n} more").format(n=waiting)
        self.more.setText(text)
        self.more.setAccessibleName(self.tr("{text}, show the next").format(text=text))
        self.more.setToolTip(self.tr("Show the next"))
        self.more.updateGeometry()
        self.more.setVisible(waiting > (1 if number else 0))

    def _show_request(self, request: LoginRequest) -> None:
        self.notice.hide()
        self._mark.show_name(request.service)
        self.heading.setText(
            self.tr("Is it you, signing in to {service}?").format(service=request.service)
        )
        self.facts.show_facts([Fact("user", request.account, ago(0)), *self._whence(request)])
        self.text.setText(request.text)
        self.text.setVisible(bool(request.text))
        self._from.setText(self.tr("From {host}").format(host=host_of(request)))
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = AnswerForm(
            request, self._question, by_link=self._by_link, keyring=self._keyring
        )
        self.form.typing_asked.connect(self.typing_asked)
        self.form.changed.connect(self.refresh)
        self.form.chosen.connect(self._choose)
        self._form_place.addWidget(self.form)
        self.approve.setVisible(self.form.choices is None)

    def _whence(self, request: LoginRequest) -> list[Fact]:
        """Return what is known of where it comes from."""
        if not (request.user_agent or request.place or request.ip):
            unknown = self.tr("The server names neither")
            return [Fact("computer", self.tr("Browser and place unknown"), unknown)]
        return [
            Fact("computer", browser_of(request), said_by(request)),
            Fact("place", place_of(request), self._address(request)),
        ]

    def _address(self, request: LoginRequest) -> str:
        if request.ip and request.place:
            return self.tr("{ip} · place estimated from the address").format(ip=request.ip)
        return request.ip or self.tr("The server did not say from which address")

    def _show_open_again(self, entry: Open) -> None:
        """The code was wrong, or nothing was sent: say so and let it be tried again."""
        if entry.tries_left is not None and self.form is not None:
            if self.form.cells is not None:
                self.form.cells.show_wrong()
            title = (
                self.tr("That is not the code on the login page")
                if self.form.choices is None
                else self.tr("That is not what the login page shows")
            )
            self.notice.show_texts(title, self._tries(entry.tries_left))
            self._focus()

    def _tries(self, left: int) -> str:
        return plural("One try is left.", "{n} tries are left.", left)

    def show_link_refused(self, tries_left: int) -> None:
        """Say that the link was not of the login page that waits: the code is typed."""
        title = self.tr("That link is not of the login page that waits")
        rest = self.tr("Type the code that the page shows.")
        self.notice.show_texts(title, f"{rest} {self._tries(tries_left)}")

    def show_error(self, key: Key, error: WatchwordError) -> None:
        """Say why an answer did not get through; the request stays, to be tried again."""
        if key == self.key and not isinstance(self._entry, Unconfirmed):
            self._checking = False
            self.refresh()
            self.notice.show_error(error)

    def show_not_sure(self, key: Key, error: WatchwordError) -> None:
        """Say why it is not known who approves; nothing was sent."""
        self.show_error(key, error)
        if key == self.key and self.form is not None and self.form.again is not None:
            self.form.again.show_wrong()

    def show_unasked(self) -> None:
        """Show that nothing is being asked of the keyring or of the password any more."""
        self._checking = False
        self.refresh()

    def refresh(self) -> None:
        """Show the time that is left, and which buttons may be pressed."""
        entry = self._entry
        if entry is None:
            return
        at = self._clock.monotonic()
        left = entry.seconds_left(at)
        life = max(1.0, entry.request.expires_at - entry.request.issued_at)
        age = entry.age(at)
        self.facts.show_running(0, ago(age), ago(roughly(age)))
        spoken = expires_in(entry.request, roughly(left))
        self._expires.show_running(expires_in(entry.request, left), spoken)
        self.outcome.show_left(left)
        self._left.show_left(left / life, urgent=left < _URGENT_SECONDS)
        awake = at - self._shown_at >= INERT_SECONDS
        answering = isinstance(entry, Answering)
        may = entry.actions if left > 0 else frozenset()
        form = self.form
        can_approve = Action.APPROVE in may and awake and not self._checking
        self.approve.setEnabled(can_approve and form is not None and form.complete)
        if self._checking:
            self.approve.set_text(self.tr("Checking…"))
        else:
            self.approve.set_text(self.tr("Sending…") if answering else self.tr("Approve"))
        self.deny.setEnabled(Action.DENY in may)
        self.not_me.setEnabled(Action.NOT_ME in may)
        if form is not None:
            form.setEnabled(not answering and not self._checking)
            form.let_choose(can_approve)

    # What is pressed -----------------------------------------------------------------------
    def _answer(self, decision: Decision, code: str = "", password: str = "") -> None:
        if self._entry is not None:
            self.notice.hide()
            self.answer_asked.emit(self._entry.key, decision, code, password)

    def _approve(self) -> None:
        if self.form is not None:
            self._approve_with(self.form.code)

    def _choose(self, number: str) -> None:
        self._approve_with(number)

    def _approve_with(self, code: str) -> None:
        form = self.form
        if self._entry is None or form is None or not form.complete:
            return
        if form.again is None:
            self._answer(Decision.APPROVE, code)
            return
        self._checking = True
        self.refresh()
        if form.again.by_keyring:
            self.notice.hide()
            self.keyring_asked.emit(self._entry.key, code)
        else:
            self._answer(Decision.APPROVE, code, form.again.password.text())

    def _deny(self) -> None:
        self._answer(Decision.DENY)

    def _not_me(self) -> None:
        self._answer(Decision.NOT_ME)

    def _resend(self) -> None:
        if self._entry is not None:
            self.resend_asked.emit(self._entry.key)

    def _dismiss(self) -> None:
        if self._entry is not None:
            self.dismiss_asked.emit(self._entry.key)

    def _focus(self) -> None:
        if self._stack.currentWidget() is self.outcome:
            self.outcome.focus()
        elif self.form is not None and self.isVisible():
            self.form.focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self._entry is not None and self._entry.settled:
                self._dismiss()
            else:
                self.back_pressed.emit()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()
        self._is_seen()
        self._focus()

    def _is_seen(self) -> None:
        # Opened again is seen again: the first second counts from now.
        self._shown_at = self._clock.monotonic()
        self._awake.start()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and self.isVisible() and self.isEnabled():
            # A sheet lay over it, under which another request may have taken its place.
            self._is_seen()

    def hideEvent(self, event: QHideEvent) -> None:
        self._second.stop()
        self._awake.stop()
        super().hideEvent(event)
