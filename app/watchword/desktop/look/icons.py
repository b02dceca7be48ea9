"""One set of line icons, drawn in the colour asked for and sharp at any scale of the screen."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from watchword.desktop.look.resources import resources


@lru_cache(maxsize=512)
def _picture(name: str, size: int, colour: int, scale: float) -> QPixmap:
    """Return the icon as a picture of `size` px a side; `scale` is the screen's."""
    drawing = (resources() / "icons" / f"{name}.svg").read_bytes()
    return drawn(drawing, size, QColor.fromRgba(colour), scale)


def drawn(drawing: bytes, size: int, colour: QColor, scale: float) -> QPixmap:
    """Return an SVG drawing as a picture of `size` px a side, its currentColor in `colour`."""
    tinted = drawing.replace(b"currentColor", colour.name().encode())
    picture = QPixmap(round(size * scale), round(size * scale))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(tinted)).render(painter)
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def icon_picture(name: str, size: int, colour: QColor, scale: float = 1.0) -> QPixmap:
    """Return the icon `name` (a file of resources/icons) `size` px a side, in `colour`."""
    return _picture(name, size, colour.rgba(), scale)


def draw_icon(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Draw the icon `name` in the middle of `box`, as large as the box's shorter side."""
    size = round(min(box.width(), box.height()))
    picture = icon_picture(name, size, colour, painter.device().devicePixelRatioF())
    painter.drawPixmap(
        round(box.center().x() - size / 2), round(box.center().y() - size / 2), picture
    )


def menu_icon(name: str, colour: QColor) -> QIcon:
    """Return the icon for a menu or the tray, sharp up to three times the usual size."""
    icon = QIcon()
    for scale in (1.0, 2.0, 3.0):
        icon.addPixmap(icon_picture(name, 20, colour, scale))
    return icon


def window_icon() -> QIcon:
    """Return the product's mark."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128):
        icon.addPixmap(icon_picture("watchword", size, QColor("#2764E0")))
    return icon
