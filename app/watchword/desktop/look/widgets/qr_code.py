"""A QR code, large and crisp, black on white in every theme: that is what cameras expect."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import CORNER, LIGHT
from watchword.desktop.look.widgets.painting import body_of, draw_body, painter_on
from watchword.desktop.look.widgets.sizes import grow_with_texts

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
_SIDE = 340
_SHORT = 400  # characters


def picture_of(text: str) -> QImage:
    """Return the code with its quiet zone, one pixel for each module."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

    # A screen has no stains to correct. For long texts larger modules help a camera more.
    correction = ERROR_CORRECT_M if len(text) <= _SHORT else ERROR_CORRECT_L
    code = qrcode.QRCode(error_correction=correction, border=QUIET_ZONE)
    code.add_data(text)
    code.make()
    modules = code.get_matrix()
    picture = QImage(len(modules), len(modules), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                picture.setPixelColor(x, y, Qt.GlobalColor.black)
    return picture


class QrCode(QWidget):
    """A white card; empty until it is given a text, and after it is emptied."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QImage | None = None
        self.setAccessibleName(name)
        # Large text around it scrolls; it does not press the code together.
        grow_with_texts(self)

    def show_text(self, text: str) -> None:
        """Show this text's code; an empty one shows none."""
        self._picture = picture_of(text) if text else None
        self.update()

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be scanned."""
        return self._picture is None

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def heightForWidth(self, width: int) -> int:
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        body = body_of(self)
        side = min(body.width(), body.height())
        centre = body.center()
        card = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
        draw_body(painter, card, CORNER, LIGHT.surface, LIGHT.border)
        if self._picture is None:
            return
        # Modules of whole device pixels: a blurred edge is what a camera cannot guess.
        scale = self.devicePixelRatioF()
        module = max(1, int((side - 8) * scale) // self._picture.width())
        whole = module * self._picture.width()
        drawn = self._picture.scaled(whole, whole)
        drawn.setDevicePixelRatio(scale)
        corner = (centre * scale - QPointF(whole / 2, whole / 2)).toPoint()
        painter.drawImage(QPointF(corner) / scale, drawn)
