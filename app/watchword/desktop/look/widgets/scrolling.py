"""A slim scroll bar, and the area that shows a page taller than the window."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from watchword.desktop.look.theme import blend, colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on

BAR_WIDTH = 10


class ScrollBar(QScrollBar):
    """A rounded thumb without a groove; thicker under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(BAR_WIDTH, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() <= self.minimum():
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar,
            option,
            QStyle.SubControl.SC_ScrollBarSlider,
            self,
        )
        colours = colours_of(self)
        lit = self.underMouse() or self.isSliderDown()
        width = 6.0 if lit else 4.0
        thumb = QRectF(
            (self.width() - width) / 2, groove.top() + 2, width, max(16, groove.height() - 4)
        )
        draw_body(
            painter_on(self),
            thumb,
            width / 2,
            blend(colours.text, colours.ground, 0.65 if lit else 0.48),
        )


def give_viewport(area: QAbstractScrollArea) -> None:
    """Give `area` a viewport that PySide6 knows.

    To tell what Qt's own is, PySide6 loads every kind of widget there is: 2.7 MiB.
    """
    area.setViewport(QWidget())


class ScrollArea(QScrollArea):
    """Holds one page; only as wide as itself, so that nothing scrolls sideways."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_viewport(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(ScrollBar())
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)
