"""A card: a rounded body with a hairline around it, under whatever lies in it."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import CORNER, colours_of
from watchword.desktop.look.widgets.painting import body_of, draw_body, painter_on


class Card(QWidget):
    """Its layout keeps RING free on each side."""

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        draw_body(painter_on(self), body_of(self), CORNER, colours.surface, colours.border)
