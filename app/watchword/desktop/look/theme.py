"""Puts the look on the application: which colours, how large the text, whether anything moves.

The palette is the state. Theme gives the application the palette of one set of colours, and
every widget asks `colours_of` which set it stands in when it paints; a change reaches each
widget as an ordinary palette change, and nothing has to be told. The size of text is the
application's font in the same way, and motion is Qt's own switch for effects.
"""

from functools import lru_cache

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from watchword.desktop.look.design import (
    BAR_HEIGHT,
    BASE_TEXT,
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    CONTROL_CORNER,
    CONTROL_HEIGHT,
    CORNER,
    DARK,
    FIELD_HEIGHT,
    LARGEST_TEXT,
    LIGHT,
    MARGIN,
    MOTION_MS,
    PAGE_MARGIN,
    RING,
    SETS,
    TWO_PANES_FROM,
    Colours,
    blend,
)
from watchword.settings import Appearance

# Widgets take the design from here, with what tells them which part of it is in force.
__all__ = [
    "BAR_HEIGHT",
    "CONTROL_CORNER",
    "CONTROL_HEIGHT",
    "CORNER",
    "DARK",
    "FIELD_HEIGHT",
    "LIGHT",
    "MARGIN",
    "MOTION_MS",
    "PAGE_MARGIN",
    "RING",
    "TWO_PANES_FROM",
    "Colours",
    "Theme",
    "blend",
    "colours_in",
    "colours_of",
    "digits_width",
    "motion_ms",
    "palette_for",
    "text_font",
    "text_scale",
]

# What plain X11 calls its font when no desktop has chosen one, and what looks better then.
_NO_CHOICE = {"", "sans", "sans serif", "sans-serif", "dejavu sans"}
_BETTER = ("Inter", "Cantarell", "Noto Sans", "Open Sans")
_ZEROS = str.maketrans("123456789", "000000000")


def colours_in(palette: QPalette) -> Colours:
    """Return the colours that go with `palette`."""
    ground = palette.color(QPalette.ColorRole.Window)
    # Another's palette, as of a dialog of the system's, has none of our grounds.
    return SETS.get(ground.rgb()) or (DARK if ground.lightness() < 128 else LIGHT)


def colours_of(widget: QWidget) -> Colours:
    """Return the colours `widget` is to be painted in."""
    return colours_in(widget.palette())


def palette_for(colours: Colours) -> QPalette:
    """Return Qt's palette for the parts that Qt paints itself (menus, tool tips, selections)."""
    role = QPalette.ColorRole
    palette = QPalette()
    for where, colour in {
        role.Window: colours.ground,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.sunken,
        role.ToolTipBase: colours.text,
        role.ToolTipText: colours.ground,
        role.PlaceholderText: colours.faint,
        role.Text: colours.text,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.deny,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Light: colours.surface,
        role.Midlight: colours.sunken,
        role.Mid: colours.border,
        role.Dark: colours.outline,
        role.Shadow: QColor("#000000"),
    }.items():
        palette.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(
            QPalette.ColorGroup.Disabled, where, blend(colours.text, colours.ground, 0.45)
        )
    return palette


class Theme(QObject):
    """Keeps the application as the system asks for, or the person."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = Qt.ColorScheme.Unknown
        self._contrast = False
        self._percent = 100
        self._less_motion = self._system_less_motion = False
        application.setStyle("fusion")
        self._system_font = _interface_font(application.font())
        application.setFont(self._system_font)
        _forget_fonts()
        QToolTip.setFont(text_font(12.5))
        self._move()
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        self._follow()

    def follow(self, appearance: Appearance) -> None:
        """Look as the person has chosen, at once."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._less_motion = appearance.less_motion
        self._move()
        self.choose(
            schemes.get(appearance.theme, Qt.ColorScheme.Unknown),
            contrast=appearance.theme == "contrast",
        )
        self.scale_text(appearance.text_percent)

    def choose(self, scheme: Qt.ColorScheme, *, contrast: bool = False) -> None:
        """Show light or dark whatever the system says; Unknown follows the system again.

        `contrast` asks for the set with the strongest inks, also where the system does not.
        """
        self._contrast = contrast
        if scheme != self._chosen:
            self._chosen = scheme
            # Told to Qt as well: the window's frame and the file dialogs agree where they can.
            self._application.styleHints().setColorScheme(scheme)
        self._follow()

    def scale_text(self, percent: int) -> None:
        """Show all text so much larger than the system's; 100 to 200."""
        percent = min(max(percent, 100), LARGEST_TEXT)
        if percent == self._percent:
            return
        self._percent = percent
        before = text_scale()
        font = QFont(self._system_font)
        font.setPixelSize(round(font.pixelSize() * percent / 100))
        self._application.setFont(font)
        _forget_fonts()
        QToolTip.setFont(text_font(12.5))
        _rescale(before)

    def heed_motion(self, less: bool) -> None:
        """Learn whether the system asks for less motion; where Qt does not say it by itself."""
        self._system_less_motion = less
        self._move()

    def _move(self) -> None:
        still = self._less_motion or self._system_less_motion
        QApplication.setEffectEnabled(Qt.UIEffect.UI_General, not still)

    def _follow(self) -> None:
        hints = self._application.styleHints()
        scheme = self._chosen
        if scheme == Qt.ColorScheme.Unknown:
            scheme = hints.colorScheme()
        asked = hints.accessibility().contrastPreference()
        strong = self._contrast or asked == Qt.ContrastPreference.HighContrast
        dark, light = (CONTRAST_DARK, CONTRAST_LIGHT) if strong else (DARK, LIGHT)
        palette = palette_for(dark if scheme == Qt.ColorScheme.Dark else light)
        if palette != self._application.palette():
            self._application.setPalette(palette)


def _rescale(before: float) -> None:
    """Enlarge the fonts that widgets were given when text had the scale `before`."""
    for widget in QApplication.allWidgets():
        # Whoever has no font of its own has the application's already.
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) and widget.font().pixelSize() > 0:
            font = QFont(widget.font())
            # The size as designed is a whole number: nothing is lost by going there and back.
            font.setPixelSize(_scaled(round(font.pixelSize() / before)))
            widget.setFont(font)
            widget.updateGeometry()


def _interface_font(system: QFont) -> QFont:
    """Return the system's font; where the system has none of its own, a better one if there is."""
    font = QFont(system)
    if (
        system.family().casefold() in _NO_CHOICE
        and QFontInfo(system).family().casefold() in _NO_CHOICE
    ):
        for family in _BETTER:
            if QFontDatabase.hasFamily(family):
                font.setFamily(family)
                break
    # A person who enlarged the system's text sees ours enlarged by as much; nobody smaller.
    font.setPixelSize(max(BASE_TEXT, round(QFontInfo(system).pixelSize() * 14 / 15)))
    return font


def text_scale() -> float:
    """Return how much larger than designed text is to be; 1.0 on most systems."""
    return max(1.0, QFont().pixelSize() / BASE_TEXT)


def text_font(size: float, weight: int = 400, *, digits: bool = False) -> QFont:
    """Return the interface font at `size` px of the design; with `digits` all as wide as another."""
    return QFont(_made_font(size, weight, digits))


@lru_cache(maxsize=64)
def _made_font(size: float, weight: int, digits: bool) -> QFont:
    """Make a font once: rows ask for the same few, thousands of times an hour."""
    font = QFont()
    font.setPixelSize(_scaled(int(size + 0.5)))
    font.setWeight(QFont.Weight(weight))
    if digits:
        font.setFeature(QFont.Tag("tnum"), 1)
    if size >= 18 and not digits:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.5)
    return font


def digits_width(text: str, size: float, weight: int = 400) -> float:
    """Return how wide `text` is in `text_font(size, weight, digits=True)`, in px.

    Where all digits are as wide as one another it is measured once for all texts of its shape;
    which digits they were is not kept.
    """
    if _even_digits(size, weight):
        return _width_of(text.translate(_ZEROS), size, weight)
    return QFontMetricsF(_made_font(size, weight, True)).horizontalAdvance(text)


@lru_cache(maxsize=64)
def _even_digits(size: float, weight: int) -> bool:
    return len({_width_of(digit, size, weight) for digit in "0123456789"}) == 1


@lru_cache(maxsize=128)
def _width_of(text: str, size: float, weight: int) -> float:
    return QFontMetricsF(_made_font(size, weight, True)).horizontalAdvance(text)


def _forget_fonts() -> None:
    for known in (_made_font, _even_digits, _width_of):
        known.cache_clear()


def _scaled(size: int) -> int:
    return max(1, int(size * text_scale() + 0.5))


def motion_ms() -> int:
    """Return how long a movement lasts: 0 when there is to be none."""
    return MOTION_MS if QApplication.isEffectEnabled(Qt.UIEffect.UI_General) else 0
