"""The design in numbers: colours, space, type, motion and elevation. Everything else asks here.

What is written on what, and how well it is seen there, is computed by
tests/gui/look/test_contrast.py for every set of colours: change a colour, and it says what became too faint.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor

# Space, all on the 8-px grid or half of it; pixels before the screen's own scale.
RING = 3  # around every control, kept free for the glow of the focus
MARGIN = 16
PAGE_MARGIN = 24
CORNER = 12
CONTROL_CORNER = 11
BAR_HEIGHT = 52
CONTROL_HEIGHT = 46
FIELD_HEIGHT = 48
TWO_PANES_FROM = 760

# Type. Text of other sizes than these is a mistake, and a test says so.
BASE_TEXT = 14  # px, what the system's own size is taken for
TEXT_SIZES = (10, 11, 12, 12.5, 13, 13.5, 14, 14.5, 15, 16, 18, 19, 22)
CODE_SIZES = (19, 21, 25, 26, 28, 44, 52)  # digits, and what is typed in cells
LARGEST_TEXT = 200  # percent

# Motion: short, and only where it shows what went where.
MOTION_MS = 150

# Elevation: how wide the shadow of what lies over the page is, and how dark.
SHADOW_BLUR = 14
SHADOW_STRENGTH = 0.35


@dataclass(frozen=True, slots=True)
class Colours:
    """One set of all colours there are.

    A "weak" colour is a ground for ink of the same name. `border` parts what lies on the same
    card and need not be seen to be used; `outline` says where a field is. Where `strong` is set,
    borders and rings say what shades of a ground say elsewhere.
    """

    ground: QColor
    surface: QColor
    sunken: QColor
    border: QColor
    outline: QColor
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
    strong: bool = False


LIGHT = Colours(
    ground=QColor("#F5F6F8"),
    surface=QColor("#FFFFFF"),
    sunken=QColor("#EDF0F4"),
    border=QColor("#E0E4EA"),
    outline=QColor("#818A97"),
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
    outline=QColor("#69748A"),
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
CONTRAST_LIGHT = Colours(
    ground=QColor("#FFFFFF"),
    surface=QColor("#FFFFFF"),
    sunken=QColor("#E4E7EC"),
    border=QColor("#14181E"),
    outline=QColor("#000000"),
    text=QColor("#000000"),
    quiet=QColor("#1E242C"),
    faint=QColor("#2F3742"),
    accent=QColor("#0A3A9E"),
    on_accent=QColor("#FFFFFF"),
    accent_weak=QColor("#E4EDFF"),
    approve=QColor("#08512F"),
    on_approve=QColor("#FFFFFF"),
    approve_weak=QColor("#DDF5E7"),
    deny=QColor("#8C0F0B"),
    deny_weak=QColor("#FDE7E6"),
    warn=QColor("#5C3B00"),
    warn_weak=QColor("#FFF0C7"),
    strong=True,
)
CONTRAST_DARK = Colours(
    ground=QColor("#000000"),
    surface=QColor("#000000"),
    sunken=QColor("#2A2F38"),
    border=QColor("#E9EDF3"),
    outline=QColor("#FFFFFF"),
    text=QColor("#FFFFFF"),
    quiet=QColor("#E6EAF0"),
    faint=QColor("#D3D9E2"),
    accent=QColor("#A9C7FF"),
    on_accent=QColor("#000A1F"),
    accent_weak=QColor("#12234A"),
    approve=QColor("#7BE8B1"),
    on_approve=QColor("#00150A"),
    approve_weak=QColor("#06301C"),
    deny=QColor("#FFB3AC"),
    deny_weak=QColor("#45120F"),
    warn=QColor("#FFD773"),
    warn_weak=QColor("#3A2B00"),
    strong=True,
)

_OPPOSITES = {
    LIGHT.ground.rgb(): DARK,
    DARK.ground.rgb(): LIGHT,
    CONTRAST_LIGHT.ground.rgb(): CONTRAST_DARK,
    CONTRAST_DARK.ground.rgb(): CONTRAST_LIGHT,
}
SETS = {colours.ground.rgb(): colours for colours in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)}


def opposite(colours: Colours) -> Colours:
    """Return the set in which what is light here is dark, as for a message over the page."""
    return _OPPOSITES[colours.ground.rgb()]


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Return `share` (0..1) of the colour `over` laid on `under`."""
    rest = 1 - share
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * rest,
        over.greenF() * share + under.greenF() * rest,
        over.blueF() * share + under.blueF() * rest,
    )


def edge(ink: QColor, colours: Colours) -> QColor | None:
    """Return the border of a body that otherwise only its shade sets apart; mostly there is none."""
    return ink if colours.strong else None


def lit_body(fill: QColor, colours: Colours, *, down: bool) -> QColor:
    """Return a strong body under the mouse, or pressed: farther from the ink on it, never nearer."""
    return blend(colours.text, fill, 0.16 if down else 0.08)


def lit_words(
    ink: QColor, ground: QColor, colours: Colours, *, down: bool
) -> tuple[QColor, QColor]:
    """Return ground and ink of words in a colour, under the mouse or pressed.

    The ground comes nearer to the ink, so the ink has to go on towards that of plain text.
    """
    share = 0.16 if down else 0.08
    return blend(ink, ground, share), blend(colours.text, ink, 3 * share)
