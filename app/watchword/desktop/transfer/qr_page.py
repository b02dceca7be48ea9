"""Accounts as QR codes on the screen: for a minute, and not longer than they are looked at."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.qr_code import QrCode

SHOWN_SECONDS = 60


class QrPage(ColumnPage):
    """Leaf through the codes of `texts`; once hidden they are gone from the page."""

    done = Signal()

    def __init__(
        self,
        name: str,
        texts: Sequence[str],
        parent: QWidget | None = None,
        *,
        about: str = "",
        notice: tuple[str, str] | None = None,
        seconds: int = SHOWN_SECONDS,
    ) -> None:
        """`about` says what to do with it, `notice` is a title and a text; each is shown `seconds`."""
        super().__init__(self.tr("QR code"), parent, back=True)
        self._texts = tuple(texts)
        self._count = len(texts)
        self._at = 0
        self._seconds = self._left = seconds
        column = self.column
        self.add_heading(name)
        if about:
            self.add_text(about, ink=Ink.QUIET)
        self.code = QrCode(self.tr("QR code of {name}").format(name=name), self)
        column.addWidget(self.code)
        self.countdown = self.add_text("", size=12.5, ink=Ink.FAINT)
        self._add_leafing()
        self.notice = Notice(self)
        column.addWidget(self.notice)
        self.add_text(
            self.tr(
                "Whoever photographs this can make your codes. Take no screenshot: pictures get "
                "copied."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )
        if notice:
            self.notice.show_texts(*notice, kind="warn")
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("Done"), self)
        self.button.clicked.connect(self.done)
        add_footer(self).addWidget(self.button)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._show()
        self._second.start()

    def _add_leafing(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8 - 2 * RING)
        self.before = GhostButton(self.tr("Before"), self, icon="back", small=True)
        self.after = GhostButton(self.tr("Next"), self, icon="forward", small=True)
        self.before.clicked.connect(self._go_before)
        self.after.clicked.connect(self._go_on)
        row.addWidget(self.before)
        row.addStretch(1)
        row.addWidget(self.after)
        self.column.addLayout(row)
        for button in (self.before, self.after):
            button.setVisible(self._count > 1)

    def _go_before(self) -> None:
        self._leaf(-1)

    def _go_on(self) -> None:
        self._leaf(1)

    def _leaf(self, steps: int) -> None:
        if self._texts and 0 <= self._at + steps < self._count:
            self._at += steps
            self._left = self._seconds
            self._show()

    def _show(self) -> None:
        self.code.show_text(self._texts[self._at])
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at < self._count - 1)
        self._show_left()

    def _show_left(self) -> None:
        where = self.tr("{n} of {count}").format(n=self._at + 1, count=self._count)
        hides = self.tr("hides in {n} s").format(n=self._left)
        self.countdown.show_text(f"{where} · {hides}" if self._count > 1 else hides.capitalize())

    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._show_left()
        else:
            self.forget()

    def forget(self) -> None:
        """Show no code any more."""
        self._second.stop()
        if not self._texts:
            return
        self._texts = ()
        self.code.show_text("")
        for button in (self.before, self.after):
            button.setEnabled(False)
        self.countdown.show_text(self.tr("It is hidden again. Go back to show it once more."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows leaf, as they do in a book."""
        if event.key() == Qt.Key.Key_Left:
            self._leaf(-1)
        elif event.key() == Qt.Key.Key_Right:
            self._leaf(1)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # Spontaneous when the window is minimised: then it is not looked at either.
        self.forget()
        super().hideEvent(event)
