"""Text on the screen: always plain, never wider than its place, in one of the theme's inks."""

from enum import Enum

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from watchword.desktop.look.theme import colours_of, text_font


class Ink(Enum):
    """What a text is for; the value is the colour's name in the theme."""

    TEXT = "text"
    QUIET = "quiet"
    FAINT = "faint"
    ACCENT = "accent"
    APPROVE = "approve"
    DENY = "deny"
    WARN = "warn"


def as_tip(text: str) -> str:
    """Return a tool tip that shows `text` as it stands: what looks like markup Qt takes for it."""
    return RichText.convertFromPlainText(text) if RichText.mightBeRichText(text) else text


class Label(QLabel):
    """A text that breaks anywhere rather than widen its window, and is cut after `lines`.

    A QLabel of its own kind because text from servers may be one word of 256 letters, which
    would make a plain label as wide as the word.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: float = 14,
        weight: int = 400,
        ink: Ink = Ink.TEXT,
        lines: int = 0,
        digits: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        inset: int = 0,
        keep_end: bool = False,
        above: int = 0,
    ) -> None:
        """`lines` 0 means as many as needed; a text that is cut shows whole as its tool tip.

        `inset` px stay free left and right, to stand in line with controls that keep a glow.
        `above` px stay free over it.
        With `keep_end` a cut takes the beginning, as for host names, which end with who they are.
        """
        super().__init__(parent)
        self._ink = ink
        self._lines = lines
        self._across = align
        self._inset = inset
        self._above = above
        left, right = Qt.TextElideMode.ElideLeft, Qt.TextElideMode.ElideRight
        self._elide = left if keep_end else right
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text_font(size, weight, digits=digits))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(lines != 1)
        self.setSizePolicy(policy)
        self.setText(text)

    def show_text(self, text: str) -> None:
        """Change the text; the same text again costs nothing."""
        if text != self.text():
            self.setText(text)

    def show_or_hide(self, text: str) -> None:
        """Change the text; without one, take no room, and have no screen reader stop here."""
        self.show_text(text)
        self.setVisible(bool(text))

    def show_running(self, text: str, spoken: str) -> None:
        """Change a text that counts seconds; a screen reader reads `spoken`, which stays a while."""
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
        # With a name of its own Qt tells nobody that the text changed.
        self.show_text(text)

    def set_ink(self, ink: Ink) -> None:
        """Show the text in another colour from now on."""
        if ink is not self._ink:
            self._ink = ink
            self.update()

    def _laid_out(self, width: float) -> tuple[QTextLayout, float, bool]:
        """Return the text broken to `width`, its height, and whether something was cut."""
        font = self.font()
        line_height = QFontMetricsF(font).height() * (1.0 if self._lines == 1 else 1.12)
        option = QTextOption(self._across)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(self.text().replace("\n", "\u2028"), font)
        layout.setTextOption(option)
        layout.beginLayout()
        height, count, cut = 0.0, 0, False
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            if self._lines and count == self._lines:
                cut = True
                break
            line.setLineWidth(max(1.0, width))
            line.setPosition(QPointF(0, height))
            height += line_height
            count += 1
        layout.endLayout()
        return layout, max(height, line_height), cut

    def hasHeightForWidth(self) -> bool:
        return self._lines != 1

    def heightForWidth(self, width: int) -> int:
        return int(self._laid_out(width - 2 * self._inset)[1] + 0.99) + self._above

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        widest = max(
            (metrics.horizontalAdvance(line) for line in self.text().split("\n")), default=0
        )
        width = int(min(widest, 4000)) + 2
        height = int(self._laid_out(width)[1] + 0.99) + self._above
        return QSize(width + 2 * self._inset, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(
            0 if self._lines else min(40, self.sizeHint().width()),
            int(QFontMetricsF(self.font()).height() + 0.99) + self._above,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = colours_of(self)
        painter.setPen(getattr(colours, self._ink.value))
        if not self.isEnabled():
            painter.setOpacity(0.45)
        painter.setFont(self.font())
        layout, height, cut = self._laid_out(self.width() - 2 * self._inset)
        top = self._above + max(0.0, (self.height() - self._above - height) / 2)
        if not cut:
            layout.draw(painter, QPointF(self._inset, top))
            self.setToolTip("")
            return
        self._draw_cut(painter, layout, top)

    def _draw_cut(self, painter: QPainter, layout: QTextLayout, top: float) -> None:
        """Draw all lines but the last, then the rest in one line that ends in an ellipsis."""
        for number in range(self._lines - 1):
            layout.lineAt(number).draw(painter, QPointF(self._inset, top))
        last = layout.lineAt(self._lines - 1)
        rest = self.text()[last.textStart() :].replace("\n", " ")
        metrics = QFontMetricsF(self.font())
        width = self.width() - 2 * self._inset
        shown = metrics.elidedText(rest, self._elide, width)
        x = float(self._inset)
        if self._across == Qt.AlignmentFlag.AlignRight:
            x += width - metrics.horizontalAdvance(shown)
        elif self._across == Qt.AlignmentFlag.AlignHCenter:
            x = (self.width() - metrics.horizontalAdvance(shown)) / 2
        painter.drawText(QPointF(x, top + last.y() + metrics.ascent()), shown)
        tip = as_tip(self.text())
        if self.toolTip() != tip:
            self.setToolTip(tip)
