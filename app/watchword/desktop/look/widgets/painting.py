"""What several widgets draw alike: rounded bodies, the glow of the focus, soft shadows."""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import RING, Colours

_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


def painter_on(device: QPaintDevice) -> QPainter:
    """Return a painter for a widget or a picture that smooths edges."""
    painter = QPainter(device)
    painter.setRenderHints(_SMOOTH)
    return painter


def body_of(widget: QWidget) -> QRectF:
    """Return the widget's rectangle without the room for the focus glow."""
    return QRectF(widget.rect()).adjusted(RING, RING, -RING, -RING)


def draw_body(
    painter: QPainter,
    body: QRectF,
    corner: float,
    fill: QColor,
    border: QColor | None = None,
    width: float = 1.0,
) -> None:
    """Fill a rounded rectangle; a border lies inside it, so that hairlines stay crisp."""
    painter.setBrush(fill)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(body, corner, corner)
        return
    half = width / 2
    painter.setPen(QPen(border, width))
    painter.drawRoundedRect(body.adjusted(half, half, -half, -half), corner - half, corner - half)


def draw_glow(painter: QPainter, body: QRectF, corner: float, colours: Colours) -> None:
    """Draw the soft ring that says: the keyboard is here. Where shades say nothing, a firm one."""
    if colours.strong:
        draw_focus(painter, body, corner, colours)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.accent_weak)
    painter.drawRoundedRect(body.adjusted(-RING, -RING, RING, RING), corner + RING, corner + RING)


def draw_focus(painter: QPainter, body: QRectF, corner: float, colours: Colours) -> None:
    """Draw the ring around a button reached by keyboard; strong enough on every ground."""
    painter.setPen(QPen(colours.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = RING - 1
    painter.drawRoundedRect(body.adjusted(-out, -out, out, out), corner + out, corner + out)


@lru_cache(maxsize=16)
def shadow_picture(
    side: int, corner: int, blur: int, colour: int, strength: float, scale: float
) -> QPixmap:
    """Return the soft shadow of a rounded square of `side` px, `blur` px wider on each side."""
    whole = side + 2 * blur
    picture = QPixmap(round(whole * scale), round(whole * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    tint = QColor.fromRgb(colour)
    for step in range(blur):
        # Layers of equal faintness add up to a slope like a Gaussian's shoulder.
        tint.setAlphaF(strength * 2 * (step + 1) / (blur * (blur + 1)))
        painter.setBrush(tint)
        round_by = corner + blur - step
        painter.drawRoundedRect(
            QRectF(step, step, whole - 2 * step, whole - 2 * step), round_by, round_by
        )
    painter.end()
    return picture
