"""What a second changes in the rows on the screen: all rings, and now and then the codes.

That second is nearly all an open window costs. So between two moments at which a code or its
colour changes, it asks nothing but the time, and rings that look alike are drawn once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap, QRegion

from watchword.desktop.accounts.rows import REMOVED_OPACITY, Row
from watchword.desktop.look.theme import Colours
from watchword.desktop.look.widgets.ring import draw_ring


@dataclass(frozen=True, slots=True)
class _Ring:
    pixels: QRect  # whole ones, all of them on the row's ground
    inside: QRectF  # its place in them
    ends: float
    period: float
    ink: QColor
    opacity: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A row whose code is to be drawn anew."""

    pixels: QRect
    place: QRectF  # the whole row's
    row: Row


class Rings:
    """Where they are, and until when nothing but them moves."""

    def __init__(self) -> None:
        self._rings: list[_Ring] = []
        self._around_rings = QRegion()
        self._moments: Sequence[Moment] = ()
        self._from = self._until = 0.0
        self.region = QRegion()  # what is to be drawn

    def forget(self) -> None:
        """Know nothing of what is on the screen any more."""
        self._until = self._from
        self._moments = ()
        self.region = QRegion()

    def move_alone(self, now: float) -> bool:
        """Whether nothing but the rings has moved since `follow`."""
        return self._from <= now < self._until

    def follow(
        self,
        rings: Iterable[tuple[QRectF, Row, QColor]],
        moments: Sequence[Moment],
        now: float,
    ) -> None:
        """Draw these rings from now on, where each is, whose, and in which colour; `moments` once."""
        self._rings = []
        self._around_rings = QRegion()
        self._from, self._until = now, float("inf")
        for place, row, ink in rings:
            pixels = place.toAlignedRect()
            inside = place.translated(-QPointF(pixels.topLeft()))
            ends = now + row.left * row.period
            opacity = REMOVED_OPACITY if row.is_removed else 1.0
            self._rings.append(_Ring(pixels, inside, ends, row.period, ink, opacity))
            self._around_rings += pixels
            self._until = min(self._until, now + row.steady_for)
        self._moments = moments
        self.region = QRegion(self._around_rings)
        for moment in moments:
            self.region += moment.pixels

    def take_moments(self) -> Sequence[Moment]:
        """Return the codes to be drawn; after this there are none."""
        moments, self._moments = self._moments, ()
        self.region = self._around_rings
        return moments

    def draw(self, painter: QPainter, now: float, colours: Colours) -> None:
        """Draw the rings as they are now, and the ground below them."""
        scale = painter.device().devicePixelRatioF()
        drawn: dict[tuple[object, ...], QPixmap] = {}
        for ring in self._rings:
            left = (ring.ends - now) / ring.period
            if scale != int(scale):
                # A picture would lie between the screen's pixels, and be blurred.
                painter.translate(ring.pixels.topLeft())
                _draw(painter, ring, left, colours)
                painter.translate(-ring.pixels.topLeft())
                continue
            kind = (left, ring.ink.rgba(), ring.opacity, ring.inside.x(), ring.inside.y())
            if kind not in drawn:
                drawn[kind] = _picture(ring, left, colours, scale)
            painter.drawPixmap(ring.pixels.topLeft(), drawn[kind])


def _picture(ring: _Ring, left: float, colours: Colours, scale: float) -> QPixmap:
    picture = QPixmap(ring.pixels.size() * int(scale))
    picture.setDevicePixelRatio(scale)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw(painter, ring, left, colours)
    painter.end()
    return picture


def _draw(painter: QPainter, ring: _Ring, left: float, colours: Colours) -> None:
    painter.fillRect(QRect(QPoint(), ring.pixels.size()), colours.surface)
    painter.setOpacity(ring.opacity)
    draw_ring(painter, ring.inside, left, ring.ink, colours)
    painter.setOpacity(1.0)
