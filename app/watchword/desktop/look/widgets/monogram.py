"""The mark of a service: its brand's icon where we have it, else its first letter on its own colour."""

from functools import lru_cache
from zlib import crc32

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.brands import Brand, brand_called, icon_path
from watchword.desktop.look.icons import draw_icon, drawn
from watchword.desktop.look.theme import Colours, colours_of, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on

# White letters on each of these reach a contrast of at least 4.5 to 1.
_GROUNDS = tuple(
    QColor(name)
    for name in (
        "#2764E0", "#5B3FD6", "#7B3FC4", "#A23BB0", "#B8336A", "#C2323C", "#B54708", "#2F7D32",
        "#0B7A5B", "#00727F", "#0A6AA8", "#3D4F6B", "#24292F",
    )
)  # fmt: skip

_WHITE, _BLACK = QColor("#FFFFFF"), QColor("#14181E")
_LEAST_CONTRAST = 3.0  # of what is drawn, on its tile (WCAG 1.4.11)
_LEAST_EDGE = 1.3  # of a tile, on the card it lies on


def monogram_letter(name: str) -> str:
    """Return the letter that stands for `name`: its first letter or digit, as a capital."""
    return next((character.upper()[0] for character in name if character.isalnum()), "·")


def monogram_ground(name: str) -> QColor:
    """Return the colour that `name` always has."""
    return _GROUNDS[crc32(name.strip().casefold().encode("utf-8", "replace")) % len(_GROUNDS)]


def contrast(one: QColor, other: QColor) -> float:
    """Return how well the one is seen on the other: 1 to 21, as WCAG counts."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def brand_inks(colour: str) -> tuple[QColor, QColor]:
    """Return a brand's ground and the ink of its icon: white, or black where white is too faint."""
    ground = QColor(colour)
    return ground, _WHITE if contrast(_WHITE, ground) >= _LEAST_CONTRAST else _BLACK


@lru_cache(maxsize=256)
def _brand_picture(slug: str, size: int, scale: float) -> QPixmap:
    brand = brand_called(slug)
    path = icon_path(brand) if brand else ""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path fill="currentColor" d="{path}"/></svg>'
    )
    ink = brand_inks(brand.colour)[1] if brand else _WHITE
    return drawn(drawing.encode(), size, ink, scale)


def draw_mark(
    painter: QPainter,
    box: QRectF,
    name: str,
    colours: Colours,
    *,
    brand: Brand | None = None,
    linked: bool = False,
) -> None:
    """Draw the mark of `name` in `box`, as `brand`'s icon if there is one.

    `linked` adds the shield of accounts that take login requests.
    """
    side = box.width()
    corner = side / 4 + (1 if side > 44 else 0)
    if brand:
        ground = brand_inks(brand.colour)[0]
        # White on white and black on black: a hairline says where the tile ends.
        faint = contrast(ground, colours.surface) < _LEAST_EDGE
        draw_body(painter, box, corner, ground, colours.border if faint else None)
        size = 2 * round(side * 0.3)
        picture = _brand_picture(brand.slug, size, painter.device().devicePixelRatioF())
        painter.drawPixmap(
            round(box.center().x() - size / 2), round(box.center().y() - size / 2), picture
        )
    else:
        draw_body(painter, box, corner, monogram_ground(name))
        painter.setFont(text_font(side * 0.41, 600))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, monogram_letter(name))
    if linked:
        mark = QRectF(box.right() - 13, box.bottom() - 13, 17, 17)
        draw_body(painter, mark, 8.5, colours.surface)
        draw_icon(painter, "shield", mark.adjusted(2.5, 2.5, -2.5, -2.5), colours.approve)


class Monogram(QWidget):
    """The mark as a widget, for headings."""

    def __init__(self, size: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._name = ""
        self._brand: Brand | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str, brand: Brand | None = None) -> None:
        """Show the mark of `name`, which is `brand`'s icon if there is one."""
        self._name = name
        self._brand = brand
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        place = QRectF(self.rect())
        draw_mark(painter_on(self), place, self._name, colours_of(self), brand=self._brand)
