"""How a login request ended: one sign, one word, one sentence, and what to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.approvals.words import Outcome, clock_text, roughly
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.sign import Sign
from watchword.otp.code import grouped

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class OutcomeView(QWidget):
    """Shows an Outcome. The buttons' signals say what is wanted next."""

    done = Signal()
    resend = Signal()
    pause = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome: Outcome | None = None
        self._about = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch(2)
        self._sign = Sign(72, self)
        column.addWidget(self._sign, 0, _CENTRE)
        column.addSpacing(6)
        self.title = Label("", self, size=22, weight=700, align=_CENTRE)
        column.addWidget(self.title)
        self._text = Label("", self, ink=Ink.QUIET, align=_CENTRE)
        column.addWidget(self._text)
        self.display = Label("", self, size=44, weight=650, digits=True, align=_CENTRE)
        column.addWidget(self.display)
        self._left = Label("", self, size=12.5, ink=Ink.QUIET, digits=True, align=_CENTRE)
        column.addWidget(self._left)
        column.addSpacing(8)
        self._steps = FactList(self)
        column.addWidget(self._steps)
        column.addStretch(3)
        self._resend = PrimaryButton(self.tr("Send again"), self)
        self._resend.clicked.connect(self.resend)
        column.addWidget(self._resend)
        self._pause = GhostButton(self.tr("Pause login requests for 15 minutes"), self)
        self._pause.clicked.connect(self.pause)
        column.addWidget(self._pause)
        self.done_button = PrimaryButton(self.tr("Done"), self)
        self.done_button.clicked.connect(self.done)
        column.addWidget(self.done_button)

    def show_outcome(
        self, outcome: Outcome, *, can_resend: bool, steps: list[Fact], about: bool = False
    ) -> None:
        """Show how it ended; `steps` are what to do about a login that was not the person's.

        `about`: nobody knows just how long a code that is shown can be used.
        """
        self._outcome, self._about = outcome, about
        self._sign.show_sign(outcome.kind, outcome.icon)
        self.title.setText(outcome.title)
        self._text.setText(outcome.text)
        self._show_code(outcome.display_code)
        self._left.setVisible(bool(outcome.display_code))
        self._resend.setVisible(can_resend)
        self._steps.show_facts(steps)
        self._steps.setVisible(bool(steps))
        self._pause.setVisible(bool(steps))
        self.done_button.setVisible(not can_resend)
        spoken = " ".join(outcome.display_code)
        self.setAccessibleName(
            " ".join(filter(None, (f"{outcome.title}. {outcome.text}", spoken)))
        )

    def show_left(self, seconds: float) -> None:
        """Say how long the code can be used, and take it away when it cannot any more."""
        if self._outcome is None or not self._outcome.display_code:
            return
        if seconds > 0:
            text = self.tr("About {time} left") if self._about else self.tr("{time} left")
            self._left.show_running(
                text.format(time=clock_text(seconds)),
                text.format(time=clock_text(roughly(seconds))),
            )
            return
        over = Outcome(
            "warn",
            "clock",
            self.tr("The code’s time is over"),
            self.tr("Sign in again for a new one, unless you are in already."),
        )
        self.show_outcome(over, can_resend=False, steps=[])

    def _show_code(self, code: str) -> None:
        """Show a code in groups, and let it be read digit by digit."""
        self.display.setText(grouped(code) if code.isdecimal() else code)
        self.display.setAccessibleName(" ".join(code))
        self.display.setVisible(bool(code))

    def announce(self) -> None:
        """Have a screen reader say how it ended, and a code digit by digit."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))

    def focus(self) -> None:
        """Put the keyboard on the button that goes on."""
        going_on = self.done_button if self.done_button.isVisibleTo(self) else self._resend
        going_on.setFocus(Qt.FocusReason.OtherFocusReason)
