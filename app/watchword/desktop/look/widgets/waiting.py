"""A page's main button while its work goes on: a bar below, and after a second a way to cancel."""

import math
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.buttons import Button, GhostButton
from watchword.desktop.look.widgets.progress_bar import ProgressBar

CANCEL_AFTER_SECONDS = 1.0
BAR_BELOW = RING + 4  # px, from the button to the lower edge of the bar
_BEAT_MS = 200


class Waiting(QWidget):
    """Holds `button`. Cancel takes its place, so that nothing on the page moves.

    It also holds the button back for some seconds, as after a wrong password, and says so on it.
    """

    cancelled = Signal()
    released = Signal()  # the seconds are over

    def __init__(
        self,
        button: Button,
        name: str,
        parent: QWidget | None = None,
        *,
        after: float = CANCEL_AFTER_SECONDS,
    ) -> None:
        """`name` says to a screen reader what goes on; `after` how many seconds Cancel waits."""
        super().__init__(parent)
        self.button = button
        self._text = button.text()
        self._left: Callable[[], float] | None = None
        self.cancel = GhostButton(self.tr("Cancel"), self)
        self.cancel.hide()
        self.cancel.clicked.connect(self._cancel)
        self._escape = QShortcut(QKeySequence("Esc"), self)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self._cancel)
        self.bar = ProgressBar(name, self, busy=True)
        place = self.bar.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(place)
        self.bar.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RING)
        column.addWidget(button)
        column.addWidget(self.cancel)
        inset = QHBoxLayout()
        inset.setContentsMargins(RING, 0, RING, 0)
        inset.addWidget(self.bar)
        column.addLayout(inset)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(int(after * 1000))
        self._soon.timeout.connect(self._offer_cancel)
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._show_left)

    @property
    def waits(self) -> bool:
        """Whether work goes on."""
        return not self.bar.isHidden()

    @property
    def held(self) -> bool:
        """Whether the button must not be pressed for some seconds more."""
        return self._left is not None

    def set_text(self, text: str) -> None:
        """Let the button say something else."""
        self._text = text
        if not self.held:
            self.button.set_text(text)

    def start(self) -> None:
        """Show that the work goes on."""
        self.button.setEnabled(False)
        self._escape.setEnabled(True)
        self.cancel.setEnabled(True)
        self.cancel.set_text(self.tr("Cancel"))
        self.bar.show()
        self._soon.start()

    def show_stopping(self) -> None:
        """Say that the cancel was heard, where the work ends only at its next step."""
        self._soon.stop()
        self._escape.setEnabled(False)
        self.cancel.set_text(self.tr("Stopping…"))
        self.cancel.setEnabled(False)
        self._offer_cancel()

    def stop(self) -> None:
        """Give the button back: the work has ended."""
        self._soon.stop()
        self._escape.setEnabled(False)
        self.bar.hide()
        self.cancel.hide()
        self.button.show()
        self.button.setEnabled(not self.held)

    def hold(self, left: Callable[[], float]) -> None:
        """Hold the button back while `left` returns more than 0 seconds, and say how long."""
        self._left = left
        self._beat.start()
        self._show_left()

    def _show_left(self) -> None:
        seconds = self._left() if self._left is not None else 0.0
        if seconds > 0:
            self.button.set_text(self.tr("Wait {n} s").format(n=math.ceil(seconds)))
            self.button.setEnabled(False)
            return
        self._beat.stop()
        self._left = None
        self.button.set_text(self._text)
        self.button.setEnabled(not self.waits)
        self.released.emit()

    def _offer_cancel(self) -> None:
        self.button.hide()
        self.cancel.show()

    def _cancel(self) -> None:
        if self.waits and self.cancel.isEnabled():
            self.cancelled.emit()
