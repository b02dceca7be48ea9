"""The rings of the rows on the screen, which each second draws anew and nothing else.

That second is nearly all an open window costs. So between two moments at which a row looks
otherwise, because its code changes or its colour, it asks nothing but the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QRegion

from watchword.desktop.accounts.rows import Row
from watchword.desktop.look.theme import Colours
from watchword.desktop.look.widgets.ring import draw_ring


@dataclass(frozen=True, slots=True)
class _Ring:
    place: QRectF
    pixels: QRect  # whole ones, all of them on the row's ground
    ends: float
    period: float
    ink: QColor


class Rings:
    """Where they are, and until when nothing but them moves."""

    def __init__(self) -> None:
        self._rings: list[_Ring] = []
        self._from = self._until = 0.0
        self.region = QRegion()

    def forget(self) -> None:
        """Know nothing of what is on the screen any more."""
        self._until = self._from
        self.region = QRegion()

    def move_alone(self, now: float) -> bool:
        """Whether nothing but the rings has moved since `follow`."""
        return self._from <= now < self._until

    def follow(self, shown: Iterable[tuple[QRectF, Row, QColor]], now: float) -> None:
        """Draw these from now on: where each is, whose, and in which colour."""
        self._rings = []
        self.region = QRegion()
        self._from, self._until = now, float("inf")
        for place, row, ink in shown:
            ring = _Ring(
                place, place.toAlignedRect(), now + row.left * row.period, row.period, ink
            )
            self._rings.append(ring)
            self.region += ring.pixels
            self._until = min(self._until, now + row.steady_for)

    def draw(self, painter: QPainter, now: float, colours: Colours) -> None:
        """Draw them as they are now, and the ground below them."""
        for ring in self._rings:
            painter.fillRect(ring.pixels, colours.surface)
            draw_ring(painter, ring.place, (ring.ends - now) / ring.period, ring.ink, colours)
