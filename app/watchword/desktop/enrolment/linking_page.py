"""Linking this computer to a server: contact it, show the short code, wait for the browser."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, RING, colours_of
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import body_of, draw_body, painter_on
from watchword.desktop.look.widgets.progress_bar import ProgressBar
from watchword.enrolment.preview import Addition
from watchword.errors import WatchwordError
from watchword.providers.native import Linked


class Linking(Protocol):
    """The steps of one enrolment; all block but `cancel` and `close`."""

    @property
    def host(self) -> str:
        """The server, ASCII."""
        ...

    def contact(self) -> str:
        """Introduce this computer; return the short code, 8 characters."""
        ...

    def wait(self) -> Linked:
        """Return what was linked, once the browser said yes."""
        ...

    def acknowledge(self) -> None:
        """Tell the server that the account is saved."""
        ...

    def cancel(self) -> None:
        """Stop waiting."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


Save = Callable[[Sequence[Addition], Callable[[], None], Callable[[WatchwordError], None]], None]


def grouped_short_code(code: str) -> str:
    """Return the short code in two groups of four: "K7Q2-V9MX"."""
    return f"{code[:4]}-{code[4:]}"


class _CodeCard(QWidget):
    """The short code, large; the half to type stands out from the half to compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(RING + 12, RING + 18, RING + 12, RING + 18)
        row.setSpacing(0)
        row.addStretch(1)
        self._first = Label("", self, size=40, weight=700, digits=True, lines=1)
        self._dash = Label("-", self, size=40, weight=400, ink=Ink.FAINT, lines=1)
        self._rest = Label("", self, size=40, weight=400, ink=Ink.FAINT, digits=True, lines=1)
        for label in (self._first, self._dash, self._rest):
            row.addWidget(label)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_code(self, code: str) -> None:
        """Show the 8 characters of `code`."""
        self._first.setText(code[:4])
        self._rest.setText(code[4:])
        self.setAccessibleName(grouped_short_code(code))
        # Letter by letter, so that it is not read as a word.
        self.setAccessibleDescription(" ".join(code))

    def sizeHint(self) -> QSize:
        return QSize(280, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        body = QRectF(body_of(self))
        draw_body(painter_on(self), body, CORNER, colours.surface, colours.border)


class _Check(QWidget):
    """The sign that it is done."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(64 + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = painter_on(self), colours_of(self)
        box = QRectF(RING, RING, 64, 64)
        draw_body(painter, box, 18, colours.approve_weak)
        draw_icon(painter, "check", box.adjusted(16, 16, -16, -16), colours.approve)


class LinkingPage(ColumnPage):
    """One enrolment from contact to saved, told truthfully at each step."""

    finished = Signal(str)  # the new account's id, once the person pressed Done
    cancelled = Signal()

    def __init__(self, jobs: Jobs, save: Save, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Link this computer"), parent, back=True)
        self._jobs = jobs
        self._save = save
        self._linking: Linking | None = None
        self._linked: Linked | None = None
        self._job: Job | None = None
        self._at_work = threading.Lock()  # held while a step of the linking is under way
        self._retry: Callable[[], None] | None = None
        self.back_pressed.connect(self._stop)
        self._check = _Check(self)
        self.column.addWidget(self._check)
        self.heading = self.add_text("", size=19, weight=700)
        self.text = self.add_text("", ink=Ink.QUIET)
        self.column.addSpacing(8)
        self.code = _CodeCard(self)
        self.column.addWidget(self.code)
        self.say = self.add_text("", weight=600)
        self.below = self.add_text("", size=13, ink=Ink.QUIET)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addSpacing(8)
        self._progress = ProgressBar(self.tr("Waiting for the server"), self, busy=True)
        self._progress_row = QVBoxLayout()
        self._progress_row.setContentsMargins(RING, 0, RING, 0)
        self._progress_row.addWidget(self._progress)
        self.column.addLayout(self._progress_row)
        self.column.addStretch(1)
        self.again_button = PrimaryButton(self.tr("Try again"), self)
        self.again_button.clicked.connect(self._try_again)
        footer = add_footer(self)
        footer.addWidget(self.again_button)
        self.done_button = PrimaryButton(self.tr("Done"), self)
        self.done_button.clicked.connect(self._done)
        footer.addWidget(self.done_button)
        self.cancel_button = GhostButton(self.tr("Cancel"), self)
        self.cancel_button.clicked.connect(self._stop)
        footer.addWidget(self.cancel_button)

    def start(self, linking: Linking, *, signed_in: bool = False) -> None:
        """Contact the server of `linking`: the person has confirmed it.

        `signed_in`: its link came by way of the browser, not as a QR code.
        """
        self.leave()
        self._linking = linking
        self._at_work = threading.Lock()
        self._linked = None
        self._retry = None
        self._lay_out(waiting=True)
        self.heading.setText(self.tr("Contacting {host}…").format(host=linking.host))
        if signed_in:
            self.text.setText(self.tr("It shows that it is the server you signed in to."))
        else:
            self.text.setText(self.tr("It shows that it is the server that made the code."))
        self._run(linking.contact, self._show_code)

    def leave(self) -> None:
        """Stop whatever is under way; an account that is not saved yet is never made."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        linking, self._linking = self._linking, None
        if linking is not None:
            linking.cancel()
            at_work = self._at_work

            def close() -> None:
                # Not under the feet of the poll that is still out: that ends within half a minute.
                with at_work:
                    linking.close()

            self._jobs.run(close, lane=Lane.NETWORK)

    def hideEvent(self, event: QHideEvent) -> None:
        # A window that is merely minimised stays linked to what it waits for.
        if not event.spontaneous():
            self.leave()
        super().hideEvent(event)

    def _run(self, work: Callable[[], object], then: Callable[..., None]) -> None:
        at_work = self._at_work

        def step() -> object:
            with at_work:
                return work()

        self._job = self._jobs.run(
            step, on_done=then, on_error=self._failed, lane=Lane.NETWORK, page=self
        )

    def _lay_out(
        self, *, waiting: bool = False, code: bool = False, again: bool = False, done: bool = False
    ) -> None:
        self._progress.setVisible(waiting)
        for widget in (self.code, self.say, self.below):
            widget.setVisible(code)
        self._check.setVisible(done and not again)
        self.again_button.setVisible(again)
        self.done_button.setVisible(done)
        self.cancel_button.setVisible(not done)
        self.cancel_button.set_text(self.tr("Cancel") if waiting else self.tr("Close"))
        self.notice.hide()

    def _show_code(self, code: str) -> None:
        linking = self._linking
        if linking is None:
            return
        self._lay_out(waiting=True, code=True)
        self.heading.setText(self.tr("Confirm in your browser"))
        self.text.setText(
            self.tr("{host} has answered, and it is the right server.").format(host=linking.host)
        )
        self.code.show_code(code)
        self.say.setText(self.tr("Type the first four characters into the page in your browser."))
        self.below.setText(
            self.tr(
                "They show the page that it is this computer that joins. Nothing is linked before "
                "you have typed them."
            )
        )
        # Whoever is in the browser sees that it goes on here.
        QApplication.alert(self.window())
        self._run(linking.wait, self._accepted)

    def _accepted(self, linked: Linked) -> None:
        self._linked = linked
        self._lay_out(waiting=True)
        self.heading.setText(self.tr("Saving the account…"))
        self.text.setText("")
        self._job = None
        self._save((Addition(linked.account),), self._saved, self._not_saved)

    def _saved(self) -> None:
        linking = self._linking
        if linking is None:
            return
        self._run(linking.acknowledge, self._complete)

    def _complete(self, _nothing: object = None) -> None:
        linked = self._linked
        if linked is None:
            return
        self._job = None
        self._lay_out(done=True)
        account = linked.account
        self.heading.setText(self.tr("This computer is linked"))
        self.text.setText(
            self.tr(
                "{account} at {service} has codes here, and asks here when someone logs in."
            ).format(account=account.account, service=account.issuer)
        )

    def _not_saved(self, error: WatchwordError) -> None:
        self._lay_out(again=True)
        self.heading.setText(self.tr("The account is not saved"))
        self.text.setText("")
        self.notice.show_error(error)
        self._retry = self._save_again

    def _save_again(self) -> None:
        if self._linked is not None:
            self._accepted(self._linked)

    def _failed(self, error: WatchwordError) -> None:
        self._job = None
        linking = self._linking
        if linking is None:
            return
        if self._linked is not None:
            # Saved here, and the server does not know that yet: half of it works already.
            self._lay_out(again=True, done=True)
            self.heading.setText(self.tr("Saved, but the server does not know yet"))
            self.text.setText(
                self.tr("Codes work. Login requests come only after the server was told.")
            )
            self._retry = self._saved
        else:
            self._lay_out()
            self.heading.setText(self.tr("This computer was not linked"))
            self.text.setText(self.tr("Nothing was saved."))
        self.notice.show_error(error)

    def _try_again(self) -> None:
        retry, self._retry = self._retry, None
        if retry is not None:
            self._lay_out(waiting=True)
            retry()

    def _done(self) -> None:
        account = self._linked.account.id if self._linked is not None else ""
        self.leave()
        self.finished.emit(account)

    def _stop(self) -> None:
        if self.done_button.isVisible():
            self._done()
            return
        self.leave()
        self.cancelled.emit()
