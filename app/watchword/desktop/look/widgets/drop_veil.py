"""What lies over a window while something is dragged over it that it would take."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, MARGIN, colours_of, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on


class DropVeil(QWidget):
    """Makes its parent take pictures, files and texts; shown exactly while one is over it."""

    dropped = Signal(object)  # QMimeData, valid during the signal only

    def __init__(self, title: str, text: str, over: QWidget, may: Callable[[], bool]) -> None:
        """`may()` tells whether something can be taken now."""
        super().__init__(over)
        self._may = may
        self._over = over
        self._title = title
        self._text = text
        self.setObjectName("drop veil")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.hide()
        over.setAcceptDrops(True)
        over.installEventFilter(self)

    def stop(self) -> None:
        """Let the parent take nothing any more."""
        self.hide()
        self._over.setAcceptDrops(False)
        self._over.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter if isinstance(event, QDragEnterEvent):
                if self._takes(event.mimeData()):
                    event.acceptProposedAction()
                    self._cover()
                    return True
            case QEvent.Type.DragMove if self.isVisible() and isinstance(event, QDropEvent):
                event.acceptProposedAction()
                return True
            case QEvent.Type.DragLeave:
                self.hide()
            case QEvent.Type.Drop if self.isVisible() and isinstance(event, QDropEvent):
                self.hide()
                event.acceptProposedAction()
                self.dropped.emit(event.mimeData())
                return True
            case QEvent.Type.Resize if self.isVisible():
                self.setGeometry(self._over.rect())
            case _:
                pass
        return False

    def _takes(self, data: QMimeData) -> bool:
        return (data.hasImage() or data.hasText() or data.hasUrls()) and self._may()

    def _cover(self) -> None:
        # Over every field, so that what is dropped goes to the window and not into one of them.
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        # What shone through at the edges looked like dirt.
        painter.fillRect(self.rect(), colours.ground)
        body = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        draw_body(painter, body, CORNER, colours.accent_weak)
        painter.setPen(QPen(colours.accent, 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, CORNER, CORNER)
        middle = body.center()
        draw_icon(
            painter, "import", QRectF(middle.x() - 20, middle.y() - 64, 40, 40), colours.accent
        )
        across = body.adjusted(24, 0, -24, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(text_font(16, 600))
        painter.setPen(colours.text)
        high = painter.fontMetrics().height() + 6
        title = QRectF(across.left(), middle.y() - 8, across.width(), high)
        painter.drawText(title, flags, self._title)
        painter.setFont(text_font(13.5))
        painter.setPen(colours.quiet)
        rest = QRectF(across.left(), title.bottom() + 6, across.width(), 6 * high)
        painter.drawText(rest, flags, self._text)
