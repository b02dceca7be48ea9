"""The mark as it stands in the system's bar: open or locked, with the number that waits.

Nobody knows whether the bar is light or dark. So the mark is a tile of its own, and the number
stands in a gap that is cut out of it.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap

from watchword.desktop.look.theme import Colours

SIZES = (16, 20, 22, 24, 32, 44, 48, 64)
_MOST = 9  # more is not told apart at this size


def tray_icon(colours: Colours, *, locked: bool, waiting: int) -> QIcon:
    """Return the mark in every size that bars use."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(tray_picture(size, colours, locked=locked, waiting=waiting))
    return icon


def tray_picture(size: int, colours: Colours, *, locked: bool, waiting: int) -> QPixmap:
    """Return the mark `size` px a side."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.faint if locked else colours.accent)
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.28, size * 0.28)
    _draw_padlock(painter, size, colours.on_accent, is_open=not locked)
    if waiting:
        _draw_number(painter, size, colours, waiting)
    painter.end()
    return picture


def _draw_padlock(painter: QPainter, size: int, ink: QColor, *, is_open: bool) -> None:
    unit = size / 16
    start = round((5 if is_open else 4) * unit)
    painter.setBrush(ink)
    painter.drawRoundedRect(
        QRectF(start, round(7 * unit), round(8 * unit), round(6 * unit)), unit, unit
    )
    # The shackle ends in the body, or stands beside it.
    right = 8.2 if is_open else 10.25
    left, top = (right - 4.5) * unit, 3.2 * unit
    shackle = QPainterPath(QPointF(right * unit, 7.5 * unit))
    shackle.lineTo(right * unit, 5.4 * unit)
    shackle.arcTo(QRectF(left, top, 4.5 * unit, 4.5 * unit), 0, 180)
    shackle.lineTo(left, (6.4 if is_open else 7.5) * unit)
    pen = QPen(ink, 1.4 * unit)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPath(shackle)
    painter.setPen(Qt.PenStyle.NoPen)


def _draw_number(painter: QPainter, size: int, colours: Colours, number: int) -> None:
    side = max(10, round(size * 0.58))
    gap = max(1.0, size / 16)
    box = QRectF(size - side, size - side, side, side)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawEllipse(box.adjusted(-gap, -gap, gap, gap))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(colours.deny)
    painter.drawEllipse(box)
    font = QFont()
    font.setPixelSize(max(8, round(side * 0.78)))
    font.setWeight(QFont.Weight.Bold)
    # Drawn as a shape, in the middle of its own ink: a font's box is higher than its digits.
    digit = QPainterPath()
    digit.addText(0, 0, font, str(number) if number <= _MOST else "+")
    middle = box.center() - digit.boundingRect().center()
    painter.setBrush(colours.on_accent)
    painter.drawPath(digit.translated(middle))
