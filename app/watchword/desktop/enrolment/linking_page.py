"""Linking this computer to a server: contact it, show the short code, wait for the browser.

With a server of another kind some steps are left out, and another may come first: a fingerprint
to compare, where the code itself asks not to check who answers, or where a person who was told it
asks to, because nobody signed the server's certificate.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.errand import Errand
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, colours_of, text_scale
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.card import Card
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import draw_body, painter_on
from watchword.desktop.look.widgets.progress_bar import ProgressBar
from watchword.enrolment.preview import Addition
from watchword.errors import InvalidInput, WatchwordError
from watchword.providers.provider import Linked, Unproved
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.vault.account import Account


class Linking(Protocol):
    """The steps of one enrolment; all block but `cancel` and `close`."""

    @property
    def host(self) -> str:
        """The server, ASCII."""
        ...

    def contact(self) -> str:
        """Introduce this computer; return the short code, 8 characters, or "" where none is."""
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


class _CodeCard(Card):
    """The short code, large; the half to type stands out from the half to compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(RING + 12, RING + 18, RING + 12, RING + 18)
        row.setSpacing(0)
        row.addStretch(1)
        self._first = Label("", self, size=44, weight=700, digits=True, lines=1)
        self._dash = Label("-", self, size=44, weight=400, ink=Ink.FAINT, lines=1)
        self._rest = Label("", self, size=44, weight=400, ink=Ink.FAINT, digits=True, lines=1)
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


class _FingerprintCard(Card):
    """Sixteen groups of four in even rows, as they are read aloud and compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(RING + 12, RING + 14, RING + 12, RING + 14)
        self._rows.setSpacing(4)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._across = 4 if text_scale() < 1.4 else 2
        self._lines = [
            Label("", self, size=19, weight=600, digits=True, align=centre)
            for _ in range(16 // self._across)
        ]
        for line in self._lines:
            self._rows.addWidget(line)

    def show_fingerprint(self, text: str) -> None:
        """Show the groups of `text`."""
        groups = text.split()
        for number, line in enumerate(self._lines):
            first = number * self._across
            line.setText("  ".join(groups[first : first + self._across]))
        self.setAccessibleName(text)


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
    over = Signal()  # nothing more is done with the server

    def __init__(
        self,
        jobs: Jobs,
        save: Save,
        discard: Callable[[Account], None] = lambda _: None,
        parent: QWidget | None = None,
    ) -> None:
        """`discard` takes an account away again that was saved and can never be linked."""
        super().__init__(self.tr("Link this computer"), parent, back=True)
        self._errand = Errand(jobs, self)
        self._save = save
        self._discard = discard
        self._gives_codes = True
        self._signed_in = False
        self._is_saved = False
        self._unproved: Unproved | None = None
        self._fingerprint = ""
        self._was_refused = False  # by its certificate, which the code wanted to be checked
        self._linking: Linking | None = None
        self._linked: Linked | None = None
        self._retry: Callable[[], None] | None = None
        self.back_pressed.connect(self._stop)
        self._check = _Check(self)
        self.column.addWidget(self._check)
        self.heading = self.add_heading("")
        self.text = self.add_text("", ink=Ink.QUIET)
        self.column.addSpacing(8)
        self.code = _CodeCard(self)
        self.column.addWidget(self.code)
        self.fingerprint = _FingerprintCard(self)
        self.column.addWidget(self.fingerprint)
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
        self.compare_button = GhostButton(self.tr("Compare its fingerprint"), self)
        self.compare_button.clicked.connect(self._compare)
        footer.addWidget(self.compare_button)
        self.same_button = PrimaryButton(self.tr("It is the same, go on"), self)
        self.same_button.clicked.connect(self._same)
        footer.addWidget(self.same_button)
        self.done_button = PrimaryButton(self.tr("Done"), self)
        self.done_button.clicked.connect(self._done)
        footer.addWidget(self.done_button)
        self.cancel_button = GhostButton(self.tr("Cancel"), self)
        self.cancel_button.clicked.connect(self._stop)
        footer.addWidget(self.cancel_button)

    def start(
        self, linking: Linking, *, signed_in: bool = False, gives_codes: bool = True
    ) -> None:
        """Contact the server of `linking`: the person has confirmed it.

        `signed_in`: its link came by way of the browser, not as a QR code.
        """
        self.leave()
        self._gives_codes = gives_codes
        self._signed_in = signed_in
        self._is_saved = False
        self._linking = linking
        self._errand.begin(linking)
        self._linked = None
        self._retry = None
        self._unproved = linking if isinstance(linking, Unproved) else None
        self._was_refused = False
        if self._unproved is not None and self._unproved.needs_fingerprint:
            self._compare()
        else:
            self._contact(linking)

    def _compare(self) -> None:
        linking, unproved = self._linking, self._unproved
        if linking is None or unproved is None:
            return
        self._lay_out(waiting=True)
        self.heading.setText(self.tr("Contacting {host}…").format(host=linking.host))
        self.text.setText(self.tr("It is asked for its key, and told nothing."))
        self._errand.run(unproved.fingerprint, self._show_fingerprint, self._failed)

    def _contact(self, linking: Linking) -> None:
        self._lay_out(waiting=True)
        if not self._gives_codes:
            self.heading.setText(self.tr("Making a key…"))
            self.text.setText(
                self.tr("It is for {host} alone, and never leaves this computer.").format(
                    host=linking.host
                )
            )
        else:
            self.heading.setText(self.tr("Contacting {host}…").format(host=linking.host))
            self.text.setText(
                self.tr("It shows that it is the server you signed in to.")
                if self._signed_in
                else self.tr("It shows that it is the server that made the code.")
            )
        self._errand.run(linking.contact, self._show_code, self._not_contacted)

    def _not_contacted(self, error: WatchwordError) -> None:
        """Offer to know the server by its key where that alone is amiss; press nothing for anybody."""
        self._failed(error)
        linking, unproved = self._linking, self._unproved
        if linking is None or unproved is None or not unproved.needs_fingerprint:
            return
        if isinstance(error, TlsRefused):
            self._was_refused = True
            self.text.setText(
                self.tr(
                    "Nothing was saved. Did whoever runs {host} tell you the fingerprint of its key? "
                    "Then compare it. If not, somebody else may be answering in its place."
                ).format(host=linking.host)
            )
            self.compare_button.show()

    def _show_fingerprint(self, text: str) -> None:
        linking = self._linking
        if linking is None:
            return
        self._fingerprint = text
        self._lay_out(compare=True)
        self.heading.setText(self.tr("Is this the server’s fingerprint?"))
        why = (
            self.tr(
                "Nobody this computer trusts says who {host} is, so you must. Compare all of this "
                "with what you were told by whoever runs the server, not with what it says itself."
            )
            if self._was_refused
            else self.tr(
                "The code asks not to check who {host} is, so you must. Compare all of this with "
                "what you were told by whoever runs the server, not with what it says itself."
            )
        )
        self.text.setText(why.format(host=linking.host))
        self.fingerprint.show_fingerprint(text)
        self.below.setText(
            self.tr("If a single sign differs, or nobody told you one, do not go on.")
        )

    def _same(self) -> None:
        if self._linking is not None and self._unproved is not None:
            self._unproved.confirm_fingerprint(self._fingerprint)
            self._contact(self._linking)

    def leave(self) -> None:
        """Stop whatever is under way; an account that is not saved yet is never made."""
        self._linking = None
        if self._errand.end():
            self.over.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        # A window that is merely minimised stays linked to what it waits for.
        if not event.spontaneous():
            self.leave()
        super().hideEvent(event)

    def _lay_out(
        self,
        *,
        waiting: bool = False,
        code: bool = False,
        compare: bool = False,
        again: bool = False,
        done: bool = False,
    ) -> None:
        self._progress.setVisible(waiting)
        self.code.setVisible(code)
        self.say.setVisible(code)
        self.fingerprint.setVisible(compare)
        self.same_button.setVisible(compare)
        self.below.setVisible(code or compare)
        self._check.setVisible(done)
        self.again_button.setVisible(again)
        self.compare_button.hide()
        self.done_button.setVisible(done)
        # What is saved and sent cannot be called back, only left for later.
        self.cancel_button.setVisible(again or not self._is_saved)
        later = self.tr("Later") if self._is_saved else self.tr("Close")
        self.cancel_button.set_text(self.tr("Cancel") if waiting or compare else later)
        self.notice.hide()

    def _show_code(self, code: str) -> None:
        linking = self._linking
        if linking is None:
            return
        if not code:
            self._errand.run(linking.wait, self._accepted, self._failed)
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
        self._errand.run(linking.wait, self._accepted, self._failed)

    def _accepted(self, linked: Linked) -> None:
        self._linked = linked
        self._lay_out(waiting=True)
        self.heading.setText(self.tr("Saving the account…"))
        self.text.setText("")
        self._save((Addition(linked.account),), self._saved, self._not_saved)

    def _saved(self) -> None:
        linking = self._linking
        if linking is None:
            return
        self._is_saved = True
        if not self._gives_codes:
            self._lay_out(waiting=True)
            self.heading.setText(self.tr("Linking with {host}…").format(host=linking.host))
            self.text.setText(
                self.tr("The server may take a few seconds: it makes a key of its own.")
            )
        self._errand.run(linking.acknowledge, self._complete, self._failed)

    def _complete(self, _nothing: object = None) -> None:
        linked = self._linked
        if linked is None:
            return
        self._lay_out(done=True)
        self.over.emit()
        account = linked.account
        self.heading.setText(self.tr("This computer is linked"))
        text = (
            self.tr("{account} at {service} has codes here, and asks here when someone logs in.")
            if self._gives_codes
            else self.tr("{service} asks here when someone logs in as {account}.")
        )
        self.text.setText(text.format(account=account.account, service=account.issuer))

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
        linking = self._linking
        if linking is None:
            return
        linked = self._linked
        if linked is not None and not self._gives_codes and isinstance(error, InvalidInput):
            # It is no account of anything: the server will never ask here.
            self._is_saved = False
            self._linked = None
            self._discard(linked.account)
            self._lay_out()
            self.heading.setText(self.tr("This computer was not linked"))
            self.text.setText(self.tr("The account was taken away again."))
        elif linked is not None:
            self._lay_out(again=True)
            self._retry = self._saved
            self._say_saved(error)
        else:
            self._lay_out()
            self.heading.setText(self.tr("This computer was not linked"))
            self.text.setText(self.tr("Nothing was saved."))
        self.notice.show_error(error)

    def _say_saved(self, error: WatchwordError) -> None:
        """Say what an account is worth that is saved, and of which the server may not know."""
        if self._gives_codes:
            self.heading.setText(self.tr("Saved, but the server does not know yet"))
            self.text.setText(
                self.tr("Codes work. Login requests come only after the server was told.")
            )
        elif isinstance(error, AnswerLost):
            self.heading.setText(self.tr("The server’s answer was lost"))
            self.text.setText(
                self.tr(
                    "It may have linked this computer. Try again now; Watchword also asks by "
                    "itself. Should it say that the code was used up, ask for a new one."
                )
            )
        else:
            self.heading.setText(self.tr("Saved, but not linked yet"))
            self.text.setText(
                self.tr(
                    "The server has not taken this computer. Try again as long as the code is "
                    "valid; Watchword also asks by itself."
                )
            )

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
        if self._is_saved:
            self._done()
            return
        self.leave()
        self.cancelled.emit()
