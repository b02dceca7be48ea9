"""Menus: rounded, with room, a tick for what holds; the system's own keys and mouse work in them."""

from functools import cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProxyStyle,
    QStyle,
    QStyleFactory,
    QStyleOption,
    QWidget,
)

from watchword.desktop.look.design import Colours, edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import colours_of, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on

_CORNER = 10
_AROUND = 6  # between the menu's edge and its words
_BESIDE = 12  # between a word's ground and the word
_PICTURE = 18
_LEAST = 36  # how high a word is at least, to be hit
_PARTING = 11  # how high a line between words is


class _Measures(QProxyStyle):
    """Says how large each part of a menu is; it draws nothing."""

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        match metric:
            case QStyle.PixelMetric.PM_MenuHMargin | QStyle.PixelMetric.PM_MenuVMargin:
                return _AROUND
            case QStyle.PixelMetric.PM_MenuPanelWidth:
                return 0
            case _:
                return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        size: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        if not isinstance(widget, Menu):
            return size  # nobody else has this style
        if kind != QStyle.ContentsType.CT_MenuItem:
            return super().sizeFromContents(kind, option, size, widget)
        if size.width() <= 2:
            return QSize(2, _PARTING)  # so narrow is only the line between words
        high = max(_LEAST, QFontMetrics(widget.font()).height() + 16)
        return QSize(size.width() + widget.words_from() + _BESIDE + 14, high)


@cache
def _measures() -> _Measures:
    """Make them for the first menu; they stay as long as the application does."""
    made = _Measures(QStyleFactory.create("fusion"))
    made.setParent(QGuiApplication.instance())
    return made


class Menu(QMenu):
    """A menu that lets go of itself when it closes, unless it is `lasting`."""

    def __init__(
        self, parent: QWidget | None = None, *, title: str = "", lasting: bool = False
    ) -> None:
        """`title` is what another menu calls it that holds it."""
        super().__init__(title, parent)
        self.setStyle(_measures())
        self.setFont(text_font(13.5))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, not lasting)
        # Plain X11 may have nobody who mixes windows: round corners would stand on black there.
        self._corner = 0 if QGuiApplication.platformName() == "xcb" else _CORNER
        if self._corner:
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)

    def words_from(self) -> int:
        """Return how far from a word's ground the words begin: after ticks and pictures."""
        pictured = any(
            action.isCheckable() or not action.icon().isNull() for action in self.actions()
        )
        return _BESIDE + (_PICTURE + 10 if pictured else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        draw_body(painter, self.rect().toRectF(), self._corner, colours.surface, colours.border)
        for action in self.actions():
            place = self.actionGeometry(action)
            if not place.intersects(event.rect()) or not action.isVisible():
                continue
            if action.isSeparator():
                line = QRect(place.left() + 6, place.center().y(), place.width() - 12, 1)
                painter.fillRect(line, colours.border)
            else:
                self._draw(painter, action, place.toRectF(), colours)

    def _draw(self, painter: QPainter, action: QAction, place: QRectF, colours: Colours) -> None:
        lit = action is self.activeAction() and action.isEnabled()
        painter.setOpacity(1.0 if action.isEnabled() else 0.45)
        if lit:
            draw_body(painter, place, 7, colours.accent_weak, edge(colours.accent, colours))
        box = QRectF(0, 0, _PICTURE, _PICTURE)
        box.moveCenter(place.center())
        box.moveLeft(place.left() + _BESIDE)
        if action.isChecked():
            draw_icon(painter, "check", box, colours.accent)
        elif not action.icon().isNull():
            action.icon().paint(painter, box.toRect())
        words, _, keys = action.text().partition("\t")
        keys = keys or action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        inside = place.adjusted(self.words_from(), 0, -_BESIDE, 0)
        painter.setFont(self.font())
        self._write(painter, inside, words, colours.text, Qt.AlignmentFlag.AlignLeft)
        self._write(painter, inside, keys, colours.faint, Qt.AlignmentFlag.AlignRight)
        if action.menu() is not None:
            box.moveRight(place.right() - _BESIDE / 2)
            draw_icon(painter, "forward", box, colours.faint)
        painter.setOpacity(1.0)

    def _write(
        self,
        painter: QPainter,
        place: QRectF,
        text: str,
        ink: QColor,
        side: Qt.AlignmentFlag,
    ) -> None:
        painter.setPen(ink)
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic
        painter.drawText(place, flags, text)


def offer_editing(edit: QLineEdit | QPlainTextEdit, at: QPoint) -> None:
    """Open the menu of a field that is typed into: what Qt offers there, drawn as ours."""
    offered = edit.createStandardContextMenu()
    menu = Menu(edit)
    offered.setParent(menu)  # the actions are its own
    offered.hide()
    menu.addActions(offered.actions())
    menu.popup(edit.mapToGlobal(at))
