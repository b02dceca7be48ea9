"""A field for several lines of plain text."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.look.theme import CONTROL_CORNER, RING, blend, colours_of, text_font
from watchword.desktop.look.widgets.menu import offer_editing
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_glow, painter_on
from watchword.desktop.look.widgets.scrolling import ScrollBar


class TextArea(QWidget):
    """A framed text with a name; Tab leaves it, as it leaves every other field."""

    text_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, height: int = 96) -> None:
        """`name` is what a screen reader says."""
        super().__init__(parent)
        self._height = height
        self.edit = QPlainTextEdit(self)
        self.edit.setAccessibleName(name)
        self.edit.setFrameShape(QFrame.Shape.NoFrame)
        self.edit.setFont(text_font(14))
        self.edit.setTabChangesFocus(True)
        self.edit.setVerticalScrollBar(ScrollBar())
        self.edit.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        clear = QPalette()
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        # Only this one role is fixed: every other colour still follows the application's.
        self.edit.setPalette(clear)
        self.edit.document().setDocumentMargin(2)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.text_changed)
        self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.edit.customContextMenuRequested.connect(self._offer)
        self.setFocusProxy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING + 11, RING + 9, RING + 4, RING + 9)
        column.addWidget(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _offer(self, at: QPoint) -> None:
        offer_editing(self.edit, at)

    def text(self) -> str:
        """Return what was typed."""
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put `text` into the field."""
        self.edit.setPlainText(text)

    def sizeHint(self) -> QSize:
        return QSize(240, self._height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        border, width = colours.outline, 1.0
        if self.edit.hasFocus():
            draw_glow(painter, body, CONTROL_CORNER, colours)
            border, width = colours.accent, 1.5
        elif self.underMouse():
            border = blend(colours.text, colours.outline, 0.3)
        draw_body(painter, body, CONTROL_CORNER, colours.surface, border, width)
