"""The viewfinder: what the camera sees, and the frame to hold the code in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, motion_ms, text_font
from watchword.desktop.look.widgets.painting import body_of, painter_on

if TYPE_CHECKING:
    # Loads the decoder, which the first picture brings and the window's start does not.
    from watchword.enrolment.outlines import Outline

_CORNER = 14
_HEIGHT = 330
_LINE_SECONDS = 2.4  # down and up again
_BEAT_MS = 33
# A viewfinder is dark whatever the theme, as a camera's is; so its inks are its own.
_INK = QColor("#FFFFFF")
_QUIET = QColor("#C3CAD4")
_LINE = QColor("#7AA5FF")
_FOUND = QColor("#4ADE80")
_OTHER = QColor("#F6B84A")
_GROUND = (QColor("#39424F"), QColor("#1B2028"), QColor("#2A313B"))


class VideoView(QWidget):
    """Shows pictures as they come, mirrored like a mirror; or says why there are none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._outlines: Sequence[Outline] = ()
        self._icon = ""
        self._title = ""
        self._text = ""
        self._phase = 0.0
        self.mirrored = True
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._move_line)

    def show_picture(self, picture: QImage, outlines: "Sequence[Outline]" = ()) -> None:
        """Show one picture of the camera, with what was found on it outlined."""
        if picture.isNull():
            return
        self._picture, self._outlines = picture, outlines
        if self._title:
            self._title = self._text = self._icon = ""
            self.setAccessibleDescription("")
        self._run()
        self.update()

    def show_message(self, icon: str, title: str, text: str = "") -> None:
        """Show no picture, and say why."""
        self._picture = QImage()
        self._icon, self._title, self._text = icon, title, text
        self.setAccessibleDescription(f"{title}. {text}".strip())
        self._run()
        self.update()

    @property
    def has_picture(self) -> bool:
        """Whether the camera's picture is on the screen."""
        return not self._picture.isNull()

    def outlined(self) -> "Sequence[Outline]":
        """Return what is outlined on the picture."""
        return self._outlines if self.has_picture else ()

    def message(self) -> str:
        """Return the title of what is said instead of a picture."""
        return self._title

    def _run(self) -> None:
        moving = self.has_picture and self.isVisible() and motion_ms() > 0
        if moving != self._beat.isActive():
            if moving:
                self._beat.start()
            else:
                self._beat.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        self._beat.stop()
        super().hideEvent(event)

    def _move_line(self) -> None:
        self._phase = (self._phase + _BEAT_MS / 1000 / _LINE_SECONDS) % 1.0
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(388, _HEIGHT + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        body = body_of(self)
        outline = QPainterPath()
        outline.addRoundedRect(body, _CORNER, _CORNER)
        slope = QLinearGradient(body.topLeft(), body.bottomRight())
        for place, colour in zip((0.0, 0.6, 1.0), _GROUND, strict=True):
            slope.setColorAt(place, colour)
        painter.fillPath(outline, slope)
        painter.setClipPath(outline)
        if self.has_picture:
            self._draw_picture(painter, body)
        if self._title:
            self._draw_message(painter, body)
        else:
            self._draw_frame(painter, body)

    def _draw_picture(self, painter: QPainter, body: QRectF) -> None:
        """Fill the view; what does not fit is cut at the sides, where no code is held."""
        size = self._picture.size()
        scale = max(body.width() / size.width(), body.height() / size.height())
        place = QRectF(0, 0, size.width() * scale, size.height() * scale)
        place.moveCenter(body.center())
        painter.save()
        if self.mirrored:
            painter.translate(2 * body.center().x(), 0)
            painter.scale(-1, 1)
        painter.drawImage(place, self._picture)
        painter.translate(place.topLeft())
        painter.scale(scale, scale)
        for outline in self._outlines:
            ink = _FOUND if outline.is_login_code else _OTHER
            painter.setPen(QPen(ink, 4 / scale, j=Qt.PenJoinStyle.RoundJoin))
            fill = QColor(ink)
            fill.setAlphaF(0.22)
            painter.setBrush(fill)
            painter.drawPolygon([QPointF(x, y) for x, y in outline.corners])
        painter.restore()

    def _draw_frame(self, painter: QPainter, body: QRectF) -> None:
        side = min(body.width() * 0.6, body.height() * 0.7)
        square = QRectF(0, 0, side, side)
        square.moveCenter(body.center())
        ink = QColor(_INK)
        ink.setAlphaF(0.92)
        painter.setPen(QPen(ink, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square, 18, 18)
        if not self.has_picture:
            return
        height = square.center().y()
        if motion_ms():
            swing = 1 - abs(2 * self._phase - 1)
            height = square.top() + 14 + (square.height() - 28) * swing * swing * (3 - 2 * swing)
        painter.setPen(QPen(_LINE, 2))
        painter.drawLine(QPointF(square.left() + 3, height), QPointF(square.right() - 3, height))

    def _draw_message(self, painter: QPainter, body: QRectF) -> None:
        middle = body.center()
        draw_icon(painter, self._icon, QRectF(middle.x() - 16, middle.y() - 58, 32, 32), _QUIET)
        across = body.adjusted(28, 0, -28, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(text_font(14, 600))
        painter.setPen(_INK)
        title = QRectF(across.left(), middle.y() - 12, across.width(), 22)
        painter.drawText(title, flags, self._title)
        painter.setFont(text_font(13))
        painter.setPen(_QUIET)
        rest = QRectF(across.left(), title.bottom() + 4, across.width(), 80)
        painter.drawText(rest, flags, self._text)
