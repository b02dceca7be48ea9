"""Sign in from this computer, while the person is in the browser: opened, waited for, come back."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.errand import Errand
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, LinkButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.progress_bar import ProgressBar
from watchword.errors import WatchwordError


class SigningIn(Protocol):
    """The steps of one sign-in by the browser; begin and wait block."""

    @property
    def host(self) -> str:
        """The server, ASCII."""
        ...

    def begin(self) -> str:
        """Ask the server where to sign in; return the address to open."""
        ...

    def wait(self) -> str:
        """Return the enrolment link, once the person has authorised this computer."""
        ...

    def cancel(self) -> None:
        """Stop waiting."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class BrowserPage(ColumnPage):
    """One sign-in, from asking the server to the link that comes back."""

    linked = Signal(str)  # the enrolment link
    again_asked = Signal()
    cancelled = Signal()

    def __init__(
        self, jobs: Jobs, open_address: Callable[[str], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Sign in from this computer"), parent, back=True)
        self._errand = Errand(jobs, self)
        self._open_address = open_address
        self._signing_in: SigningIn | None = None
        self._address = ""
        self.back_pressed.connect(self._stop)
        self.heading = self.add_heading("")
        self.text = self.add_text("", ink=Ink.QUIET)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addSpacing(8)
        self._progress = ProgressBar(self.tr("Waiting for the browser"), self, busy=True)
        row = QVBoxLayout()
        row.setContentsMargins(RING, 0, RING, 0)
        row.addWidget(self._progress)
        self.column.addLayout(row)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.copy_button = LinkButton(self.tr("Copy the address"), self)
        self.copy_button.clicked.connect(self._copy)
        footer.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignHCenter)
        last = QHBoxLayout()
        last.setSpacing(10 - 2 * RING)
        self.cancel_button = GhostButton(self.tr("Cancel"), self)
        self.cancel_button.clicked.connect(self._stop)
        last.addWidget(self.cancel_button, 10)
        self.open_button = GhostButton(self.tr("Open the browser again"), self)
        self.open_button.clicked.connect(self._open)
        last.addWidget(self.open_button, 18)
        self.again_button = PrimaryButton(self.tr("Try again"), self)
        self.again_button.clicked.connect(self.again_asked)
        last.addWidget(self.again_button, 14)
        footer.addLayout(last)

    def start(self, signing_in: SigningIn) -> None:
        """Contact the server of `signing_in`: the person has confirmed it."""
        self.leave()
        self._signing_in = signing_in
        self._errand.begin(signing_in)
        self._lay_out(waiting=True)
        self.heading.setText(self.tr("Contacting {host}…").format(host=signing_in.host))
        self.text.setText(self.tr("It says where to sign in."))
        self._errand.run(signing_in.begin, self._begun, self.show_error)

    def leave(self) -> None:
        """Stop whatever is under way: nobody listens for the browser any more."""
        self._address = ""
        self._signing_in = None
        self._errand.end()

    def show_error(self, error: WatchwordError) -> None:
        """Say why it came to nothing; it can be tried again from the start."""
        self._lay_out(again=True)
        self.heading.setText(self.tr("This computer was not linked"))
        self.text.setText(self.tr("Nothing was saved."))
        self.notice.show_error(error)
        self.again_button.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        # A window that is merely minimised still waits for the browser.
        if not event.spontaneous():
            self.leave()
        super().hideEvent(event)

    def _lay_out(
        self, *, waiting: bool = False, opened: bool = False, again: bool = False
    ) -> None:
        self._progress.setVisible(waiting)
        self.open_button.setVisible(opened)
        self.copy_button.setVisible(opened)
        self.again_button.setVisible(again)
        self.cancel_button.set_text(self.tr("Cancel") if waiting else self.tr("Back"))
        self.notice.hide()

    def _begun(self, address: str) -> None:
        signing_in = self._signing_in
        if signing_in is None:
            return
        self._address = address
        self._lay_out(waiting=True, opened=True)
        self.heading.setText(self.tr("Go on in your browser"))
        self.text.setText(
            self.tr(
                "Sign in to {host} there and choose Authorise. Then this page goes on by itself; "
                "it waits for ten minutes."
            ).format(host=signing_in.host)
        )
        self._errand.run(signing_in.wait, self.linked.emit, self.show_error)
        self._open()

    def _open(self) -> None:
        self.notice.hide()
        if not self._open_address(self._address):
            self.notice.show_texts(
                self.tr("No browser could be opened"),
                self.tr(
                    "This system names none. Copy the address, and open it in a browser on this "
                    "computer."
                ),
                kind="warn",
            )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self.notice.show_texts(
            self.tr("The address is copied"),
            self.tr("Open it in a browser on this computer: only there it leads back here."),
            kind="accent",
        )

    def _stop(self) -> None:
        self.leave()
        self.cancelled.emit()
