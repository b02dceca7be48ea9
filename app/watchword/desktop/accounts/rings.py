"""What a second changes in the rows on the screen: all rings, and now and then the codes.

That second is nearly all an open window costs. So between two moments at which a code or its
colour changes, it asks nothing but the time, and rings that look alike have one picture.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap, QRegion

from watchword.desktop.accounts.code_text import Moment
from watchword.desktop.accounts.rows import REMOVED_OPACITY, Row
from watchword.desktop.look.design import LIGHT, Colours
from watchword.desktop.look.widgets.ring import draw_ring

_PICTURES = 64  # of 2 KiB: two kinds of ring, each second of their periods


@dataclass(frozen=True, slots=True)
class _Ring:
    """Rings that look alike at every moment, and where they are."""

    size: QSize
    inside: QRectF  # its place in whole pixels, all of them on the row's ground
    ends: float
    period: float
    ink: QColor
    opacity: float
    looks: tuple[object, ...]  # what two rings of one picture have in common
    places: list[QPoint]  # of those pixels


class Rings:
    """Where they are, and until when nothing but them moves."""

    def __init__(self) -> None:
        self._rings: Sequence[_Ring] = ()
        self._colours, self._scale = LIGHT, 1.0
        self._pictures: dict[tuple[float, tuple[object, ...]], QPixmap] = {}
        self._around_rings = QRegion()
        self._moments: Sequence[Moment] = ()
        self._from = self._until = self._now = 0.0
        self.region = QRegion()  # what is to be drawn

    def forget(self) -> None:
        """Know nothing of what is on the screen any more."""
        self._until = self._from
        self._moments = ()
        self.region = QRegion()

    def move_alone(self, now: float) -> bool:
        """Draw them as they are `now`; tell whether nothing else has moved since `follow`."""
        self._now = now
        return self._from <= now < self._until

    def follow(
        self,
        rings: Iterable[tuple[QRectF, Row, QColor]],
        moments: Sequence[Moment],
        now: float,
        until: float,
        colours: Colours,
        scale: float,
    ) -> None:
        """Draw these rings from now on, where each is, whose, and in which colour; `moments` once.

        Before `until` nothing else moves. `scale` is how many of the screen's pixels lie beside
        each other in one.
        """
        self._colours, self._scale = colours, scale
        self._around_rings = QRegion()
        self._from = self._now = now
        self._until = until
        alike: dict[tuple[object, ...], _Ring] = {}
        for place, row, ink in rings:
            pixels = place.toAlignedRect()
            inside = place.translated(-QPointF(pixels.topLeft()))
            # Each row asked for the time a moment later than the one before: they end together.
            ends = round(now + row.left * row.period, 1)
            opacity = REMOVED_OPACITY if row.is_removed else 1.0
            ground = colours.surface.rgb()
            looks = (row.period, ink.rgb(), opacity, inside.x(), inside.y(), ground, scale)
            ring = _Ring(pixels.size(), inside, ends, row.period, ink, opacity, looks, [])
            alike.setdefault((ends, looks), ring).places.append(pixels.topLeft())
            self._around_rings += pixels
        self._rings = tuple(alike.values())
        self._moments = moments
        self.region = QRegion(self._around_rings)
        for moment in moments:
            self.region += moment.pixels

    def take_moments(self) -> Sequence[Moment]:
        """Return the codes to be drawn; after this there are none."""
        moments, self._moments = self._moments, ()
        self.region = self._around_rings
        return moments

    def draw(self, painter: QPainter) -> None:
        """Draw the rings as they were at the last second, and the ground below them."""
        for ring in self._rings:
            # A tenth of a second is less than a pixel: so one period's pictures serve the next.
            left = round(ring.ends - self._now, 1)
            if self._scale == int(self._scale):
                picture = self._picture(ring, left)
                for place in ring.places:
                    painter.drawPixmap(place, picture)
                continue
            # A picture would lie between the screen's pixels, and be blurred.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in ring.places:
                painter.translate(place)
                self._draw(painter, ring, left)
                painter.translate(-place)

    def _picture(self, ring: _Ring, left: float) -> QPixmap:
        picture = self._pictures.get((left, ring.looks))
        if picture is None:
            if len(self._pictures) == _PICTURES:
                self._pictures.clear()
            picture = self._pictures[left, ring.looks] = QPixmap(ring.size * int(self._scale))
            picture.setDevicePixelRatio(self._scale)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, ring, left)
            painter.end()
        return picture

    def _draw(self, painter: QPainter, ring: _Ring, left: float) -> None:
        painter.fillRect(QRect(QPoint(), ring.size), self._colours.surface)
        painter.setOpacity(ring.opacity)
        draw_ring(painter, ring.inside, left / ring.period, ring.ink, self._colours)
        painter.setOpacity(1.0)
