"""How the app looks in numbers: colours for light and dark, spacing, type.

The palette is the state. `apply` gives the application one of two palettes, and every widget
asks `colours_of` which one it stands in when it paints; a change of the system's colour scheme
therefore reaches each widget as an ordinary palette change, and nothing has to be told.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QWidget

# Spacing, all on the 8-px grid or half of it; pixels before the screen's own scale.
RING = 3  # around every control, kept free for the glow of the focus
MARGIN = 16
PAGE_MARGIN = 24
CORNER = 12
CONTROL_CORNER = 11
BAR_HEIGHT = 52
CONTROL_HEIGHT = 46
FIELD_HEIGHT = 48
TWO_PANES_FROM = 760
MOTION_MS = 150

# What plain X11 calls its font when no desktop has chosen one, and what looks better then.
_NO_CHOICE = {"", "sans", "sans serif", "sans-serif", "dejavu sans"}
_BETTER = ("Inter", "Cantarell", "Noto Sans", "Open Sans")


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour there is; text on its ground reaches WCAG AA contrast."""

    ground: QColor
    surface: QColor
    sunken: QColor
    border: QColor
    text: QColor
    quiet: QColor
    faint: QColor
    accent: QColor
    on_accent: QColor
    accent_weak: QColor
    approve: QColor
    on_approve: QColor
    approve_weak: QColor
    deny: QColor
    deny_weak: QColor
    warn: QColor
    warn_weak: QColor


LIGHT = Colours(
    ground=QColor("#F5F6F8"),
    surface=QColor("#FFFFFF"),
    sunken=QColor("#EDF0F4"),
    border=QColor("#E0E4EA"),
    text=QColor("#14181E"),
    quiet=QColor("#55606E"),
    faint=QColor("#616C7A"),
    accent=QColor("#2764E0"),
    on_accent=QColor("#FFFFFF"),
    accent_weak=QColor("#E6EEFD"),
    approve=QColor("#13784A"),
    on_approve=QColor("#FFFFFF"),
    approve_weak=QColor("#E2F4EA"),
    deny=QColor("#BE2F29"),
    deny_weak=QColor("#FBEAE9"),
    warn=QColor("#8A5A00"),
    warn_weak=QColor("#FFF3D3"),
)
DARK = Colours(
    ground=QColor("#111419"),
    surface=QColor("#191D24"),
    sunken=QColor("#232934"),
    border=QColor("#2C333F"),
    text=QColor("#E9EDF3"),
    quiet=QColor("#AAB4C2"),
    faint=QColor("#8A95A5"),
    accent=QColor("#7AA5FF"),
    on_accent=QColor("#0C1526"),
    accent_weak=QColor("#1D2A45"),
    approve=QColor("#4CC38A"),
    on_approve=QColor("#062012"),
    approve_weak=QColor("#15301F"),
    deny=QColor("#FF8A80"),
    deny_weak=QColor("#3A1C1B"),
    warn=QColor("#E6B84A"),
    warn_weak=QColor("#332A12"),
)


def colours_in(palette: QPalette) -> Colours:
    """Return the colours that go with `palette`."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def colours_of(widget: QWidget) -> Colours:
    """Return the colours `widget` is to be painted in."""
    return colours_in(widget.palette())


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Return `share` (0..1) of the colour `over` laid on `under`."""
    rest = 1 - share
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * rest,
        over.greenF() * share + under.greenF() * rest,
        over.blueF() * share + under.blueF() * rest,
    )


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
        role.Dark: colours.border,
        role.Shadow: QColor("#000000"),
    }.items():
        palette.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(
            QPalette.ColorGroup.Disabled, where, blend(colours.text, colours.ground, 0.45)
        )
    return palette


class Theme(QObject):
    """Keeps the application in the colours the system (or the person) asks for."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = Qt.ColorScheme.Unknown
        application.setStyle("fusion")
        application.setFont(_interface_font(application.font()))
        _made_font.cache_clear()
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._follow(hints.colorScheme())

    def choose(self, scheme: Qt.ColorScheme) -> None:
        """Show light or dark whatever the system says; Unknown follows the system again."""
        self._chosen = scheme
        hints = self._application.styleHints()
        # Told to Qt as well, so that the window's frame and the file dialogs agree where they can.
        hints.setColorScheme(scheme)
        self._follow(hints.colorScheme())

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self._chosen != Qt.ColorScheme.Unknown:
            scheme = self._chosen
        self._application.setPalette(palette_for(DARK if scheme == Qt.ColorScheme.Dark else LIGHT))


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
    font.setPixelSize(max(14, round(QFontInfo(system).pixelSize() * 14 / 15)))
    return font


def text_scale() -> float:
    """Return how much larger than designed text is to be; 1.0 on most systems."""
    return QFont().pixelSize() / 14 if QFont().pixelSize() > 14 else 1.0


def text_font(size: float, weight: int = 400, *, digits: bool = False) -> QFont:
    """Return the interface font at `size` px of the design; with `digits` all as wide as another."""
    return QFont(_made_font(size, weight, digits))


@lru_cache(maxsize=64)
def _made_font(size: float, weight: int, digits: bool) -> QFont:
    """Make a font once: rows ask for the same few, thousands of times an hour."""
    font = QFont()
    font.setPixelSize(max(1, int(size * text_scale() + 0.5)))
    font.setWeight(QFont.Weight(weight))
    if digits:
        font.setFeature(QFont.Tag("tnum"), 1)
    if size >= 18 and not digits:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.5)
    return font


def motion_ms(widget: QWidget) -> int:
    """Return how long a movement lasts: 0 when the person asked the system for none."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return MOTION_MS if widget.style().styleHint(hint, None, widget) > 0 else 0
