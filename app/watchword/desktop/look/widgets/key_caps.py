"""Keys as they are printed on a keyboard, each on a small cap."""

from collections.abc import Sequence

from PySide6.QtCore import QKeyCombination, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.theme import Colours, colours_of, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on

_BETWEEN = 4  # px between the caps of one shortcut
_APART = 12  # px between a shortcut and another that does the same
_INSIDE = 7


def native_keys(keys: str) -> str:
    """Return a shortcut ("Ctrl+Shift+N") as this system writes it; empty for none."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def pressed_keys(event: QKeyEvent) -> str:
    """Return what is pressed as a shortcut is written; both of the keys are "Enter"."""
    key = Qt.Key(event.key())
    if key is Qt.Key.Key_Return:
        key = Qt.Key.Key_Enter
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(QKeyCombination(modifiers, key)).toString()


def key_names(keys: str) -> list[str]:
    """Return what stands on each of the keys of a shortcut ("Ctrl+Shift+N"), in their order."""
    shown = native_keys(keys)
    # A plus is a key as well: "Ctrl++".
    names = shown.removesuffix("+").split("+")
    return [*names[:-1], "+"] if shown.endswith("+") else names


def spoken_keys(shortcuts: Sequence[str]) -> str:
    """Return shortcuts as a screen reader says them."""
    return ", ".join(" ".join(key_names(keys)) for keys in shortcuts)


def caps_width(shortcuts: Sequence[str]) -> float:
    """Return how wide the caps of these shortcuts are, one shortcut beside another."""
    metrics = QFontMetricsF(text_font(12, 500))
    wide = 0.0
    for keys in shortcuts:
        names = key_names(keys)
        wide += sum(_cap_width(metrics, name) for name in names) + _BETWEEN * (len(names) - 1)
    return wide + _APART * max(0, len(shortcuts) - 1)


def caps_height() -> float:
    """Return how high a cap is."""
    return QFontMetricsF(text_font(12, 500)).height() + 6


def _cap_width(metrics: QFontMetricsF, name: str) -> float:
    return max(metrics.horizontalAdvance(name) + 2 * _INSIDE, metrics.height() + 6)


def draw_caps(
    painter: QPainter, right: float, middle: float, shortcuts: Sequence[str], colours: Colours
) -> None:
    """Draw shortcuts that end at `right`, around the height `middle`."""
    font = text_font(12, 500)
    metrics = QFontMetricsF(font)
    x = right - caps_width(shortcuts)
    high = caps_height()
    painter.setFont(font)
    for keys in shortcuts:
        for name in key_names(keys):
            body = QRectF(x, middle - high / 2, _cap_width(metrics, name), high)
            draw_body(painter, body, 6, colours.sunken, colours.border)
            painter.setPen(colours.quiet)
            painter.drawText(body, Qt.AlignmentFlag.AlignCenter, name)
            x += body.width() + _BETWEEN
        x += _APART - _BETWEEN


class KeyCaps(QWidget):
    """The caps of one or more shortcuts as a widget."""

    def __init__(self, shortcuts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = tuple(shortcuts)
        self.setAccessibleName(spoken_keys(shortcuts))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(int(caps_width(self._shortcuts) + 1), int(caps_height() + 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        middle = self.height() / 2
        draw_caps(painter_on(self), self.width(), middle, self._shortcuts, colours_of(self))
