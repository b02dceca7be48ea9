"""The components of the design, by kind."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from watchword.desktop.look.brands import brand_for
from watchword.desktop.look.gallery.states import in_all_states, in_state, under_each_other
from watchword.desktop.look.icons import draw_icon, menu_icon
from watchword.desktop.look.resources import resources
from watchword.desktop.look.step import Step
from watchword.desktop.look.theme import colours_of, text_font
from watchword.desktop.look.widgets.banner import Banner, Notice
from watchword.desktop.look.widgets.buttons import Button, IconButton, Kind
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.choice_button import ChoiceButton
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.coach_strip import CoachStrip
from watchword.desktop.look.widgets.code_cells import CodeCells
from watchword.desktop.look.widgets.copy_chip import CopyChip
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.key_caps import KeyCaps
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.logo import Logo
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.monogram import Monogram
from watchword.desktop.look.widgets.number_choice import NumberChoice
from watchword.desktop.look.widgets.painting import draw_body, painter_on
from watchword.desktop.look.widgets.qr_code import QrCode
from watchword.desktop.look.widgets.ring import Ring
from watchword.desktop.look.widgets.setting_card import SettingCard
from watchword.desktop.look.widgets.sheet import Sheet
from watchword.desktop.look.widgets.sign import Sign
from watchword.desktop.look.widgets.strength_bar import StrengthBar
from watchword.desktop.look.widgets.switch import Switch
from watchword.desktop.look.widgets.text_area import TextArea
from watchword.desktop.look.widgets.text_field import PasswordField, SearchField, TextField
from watchword.desktop.look.widgets.tick_row import TickCard, TickRow
from watchword.desktop.look.widgets.time_bar import TimeBar
from watchword.desktop.look.widgets.title_bar import TitleBar
from watchword.desktop.look.widgets.toast import Toast

LONG = "The Society for the Preservation of Very Long Service Names"


def buttons() -> QWidget:
    """Return buttons of every kind."""
    kinds = [(kind.value, partial(Button, "Unlock", kind)) for kind in Kind]
    kinds += [
        ("with icon", partial(Button, "Copy", Kind.GHOST, icon="copy")),
        ("small", partial(Button, "Edit", Kind.GHOST, small=True)),
    ]
    return in_all_states(
        [*kinds, ("icon", partial(IconButton, "settings", "Settings")), ("marked", _marked)]
    )


def _marked() -> IconButton:
    button = IconButton("bell", "Login requests")
    button.mark(True)
    return button


def switches() -> QWidget:
    """Return whatever is on or off, or one of several."""

    def checked(made: Switch | Chip) -> Switch | Chip:
        made.setChecked(True)
        return made

    def choice() -> ChoiceButton:
        made = ChoiceButton("Lock after")
        made.offer([("15", "15 minutes")], "15")
        return made

    return in_all_states(
        [
            ("switch, off", partial(Switch, "A switch")),
            ("switch, on", lambda: checked(Switch("A switch"))),
            ("chip", partial(Chip, "work", checkable=True)),
            ("chip, on", lambda: checked(Chip("work", checkable=True))),
            ("choice", choice),
            ("to copy", partial(CopyChip, "Name", "ana")),
        ]
    )


def fields() -> QWidget:
    """Return what is typed into; the second has the keyboard, in a window that is active."""
    typed = TextField("Service")
    typed.set_text("Kalos Club")
    wrong = TextField("Secret")
    wrong.set_text("JBSW Y3DP EHPK 3PX0")
    wrong.show_wrong(True)
    hidden, shown = PasswordField("Password"), PasswordField("Password")
    for field in (hidden, shown):
        field.set_text("four words or so")
    shown.show_text(True)
    search = SearchField("Search")
    search.set_text("kalos")
    area = TextArea("Note", height=64)
    area.set_text("The second key lies in the drawer.")
    return under_each_other(
        TextField("Account", hint="ana@example.org"),
        typed,
        wrong,
        in_state(TextField("Account", hint="Disabled"), "disabled"),
        in_state(TextField("Account", hint="Under the mouse", icon="globe"), "under the mouse"),
        hidden,
        shown,
        search,
        area,
        spacing=2,
    )


def codes() -> QWidget:
    """Return cells for a match code, and numbers to choose from."""
    empty, half, wrong = (CodeCells(4, "Match code") for _ in range(3))
    half.setText("K7")
    wrong.show_wrong()
    six = CodeCells(6, "Match code")
    six.setText("482913")
    numbers = NumberChoice(("37", "52", "88"), "The number on the login page")
    numbers.buttons[1].ring_shown = True
    off = in_state(NumberChoice(("37", "52", "88"), "The number"), "disabled")
    return under_each_other(empty, half, wrong, in_state(six, "disabled"), numbers, off)


def cards() -> QWidget:
    """Return cards to press and to read."""
    choices = [
        in_state(ChoiceCard("qr", "Scan a QR code", "Webcam, picture or clipboard"), state)
        for state in ("as it is", "under the mouse", "keyboard", "disabled")
    ]
    tall = QWidget()
    row = QHBoxLayout(tall)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(ChoiceCard("picture", "Picture", tall=True))
    row.addWidget(in_state(ChoiceCard("clipboard", "Clipboard", tall=True), "under the mouse"))
    facts = FactList()
    facts.show_facts(
        [
            Fact("user", "ana@kalos.ch", "12 seconds ago"),
            Fact("warning", "It is not protected", "Delete it once it has served", warning=True),
            Fact("computer", LONG, f"{LONG}, which goes on for longer than one line has room for"),
        ]
    )
    return under_each_other(*choices, tall, facts)


def settings() -> QWidget:
    """Return a card of settings, and rows to tick."""
    card = SettingCard()
    row = card.add_row("recovery", "Recovery key")
    row.show_detail("Made 3 months ago. It opens the vault if you forget the password.")
    row.add_action("Make a new one")
    row.add_action("Remove", danger=True)
    switch = card.add_switch("eye", "Hide codes until clicked")
    switch.show_detail("Dots stand in their place.")
    switch.switch.setChecked(True)
    choice = card.add_choice("lock", "Lock after")
    choice.choice.offer([("15", "15 minutes")], "15")
    ticks = TickCard()
    rows = [
        TickRow("GitHub", "ana-ferrer"),
        TickRow(
            "Kalos Club", "ana@kalos.ch", ("You have this account already.",), other="Keep both"
        ),
        TickRow(LONG, "a.long.address@mail.example"),
    ]
    rows[0].tick.setChecked(True)
    in_state(rows[2].tick, "keyboard")
    ticks.show_rows(rows)
    return under_each_other(card, ticks)


def strips() -> QWidget:
    """Return banners and notices of every kind."""
    asks = Banner("door", "Review")
    asks.show_texts("Kalos Club asks: is it you?", "Firefox on Windows · Geneva")
    lit = in_state(Banner("door", "Review"), "under the mouse")
    lit.show_texts("Kalos Club asks: is it you?", "Under the mouse")
    ringed = in_state(Banner("door", "Review"), "keyboard")
    ringed.show_texts(LONG, "With the ring of the keyboard, and longer than it has room for")
    broken = Banner("recovery", "Make a new one", kind="warn")
    broken.show_texts("Recovery key not written down?", "Nobody confirmed it, so make another")
    danger = Banner("door", "Look")
    danger.show_texts("Someone may have your password", "5 requests", warning=True)
    told = []
    for kind in ("accent", "warn", "deny", "approve"):
        notice = Notice()
        notice.show_texts(f"A notice: {kind}", "Why it is so, and what to do.", kind=kind)
        told.append(notice)
    told[0].offer("Do it", lambda: None)
    coach = CoachStrip("End the demo")
    coach.show_step(
        Step(
            "Scan the QR code",
            "It stands on the page that the browser opened.",
            number=2,
            place="2 of 3",
            facts=((("Name", "ana"), ("Password", "demo")),),
            actions=(("go", "Go on"), ("open", "Open it again")),
        )
    )
    return under_each_other(coach, asks, lit, ringed, broken, danger, *told, spacing=4)


def meters() -> QWidget:
    """Return whatever shows how much, and marks."""
    bars = []
    for fraction, urgent in ((0.7, False), (0.15, True)):
        bar = TimeBar()
        bar.show_left(fraction, urgent=urgent)
        bars.append(bar)
    strengths = []
    for score in range(5):
        strength = StrengthBar()
        strength.show_score(score)
        strengths.append(strength)
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for left, urgent in ((1.0, False), (0.6, False), (0.1, True), (0.0, False)):
        ring = Ring(32)
        ring.show_left(left, urgent=urgent)
        line.addWidget(ring)
    for name in ("GitHub", "Kalos Club", "Nextcloud"):
        mark = Monogram(40)
        mark.show_name(name, brand_for(name))
        line.addWidget(mark)
    for ink, icon in (("approve", "check"), ("deny", "close"), ("warn", "clock")):
        sign = Sign(40, row)
        sign.show_sign(ink, icon)
        line.addWidget(sign)
    line.addWidget(Logo())
    line.addStretch(1)
    code = QrCode("A QR code")
    code.show_text("watchword")
    return under_each_other(*bars, *strengths, row, code, spacing=12)


def texts() -> QWidget:
    """Return the sizes of text, and the inks on both grounds."""
    sizes = [
        Label(f"{size:g} px: 0123456789 Is it you, signing in?", size=size, weight=weight, lines=1)
        for size, weight in ((22, 700), (19, 700), (16, 600), (14, 600), (14, 400), (12.5, 400))
    ]
    inks = [Label(f"{ink.value} ink", ink=ink) for ink in Ink]
    bar = TitleBar("A title bar", back=True)
    bar.add(Chip("Offline"))
    cut = Label(LONG * 3, lines=2)
    return under_each_other(bar, *sizes, *inks, cut, spacing=4)


def floating() -> QWidget:
    """Return what lies over a page: a menu and messages."""
    whole = QWidget()
    whole.setFixedHeight(420)
    menu = Menu(whole, lasting=True)
    menu.setWindowFlags(Qt.WindowType.Widget)
    ink = colours_of(whole).quiet
    menu.addAction(menu_icon("copy", ink), "Copy code")
    lit = menu.addAction(menu_icon("clock", ink), "Copy next code\tCtrl+Shift+C")
    menu.addAction(menu_icon("edit", ink), "Edit…").setEnabled(False)
    menu.addSeparator()
    orders = QActionGroup(menu)
    for name in ("Own order", "Recently used"):
        action = menu.addAction(name)
        action.setCheckable(True)
        orders.addAction(action)
        action.setChecked(name == "Own order")
    menu.addMenu(Menu(menu, title="Copy a code", lasting=True))
    menu.setActiveAction(lit)
    menu.move(3, 3)
    menu.show()
    for text, word, below in (("Copied", "", 70), ("Moved to the trash", "Undo", 0)):
        place = QWidget(whole)
        place.setGeometry(0, 300 - below, 380, 110)
        toast = Toast(whole, place)
        toast.say(text, word, (lambda: None) if word else None)
        toast.stay()
    return whole


def sheet() -> QWidget:
    """Return a sheet that lies over a page, and keys on their caps."""
    whole = QWidget()
    whole.setFixedHeight(200)
    page = under_each_other(
        Label("What lies beneath can do nothing meanwhile.", lines=2),
        Button("Unlock", Kind.PRIMARY),
    )
    page.setParent(whole)
    page.setGeometry(0, 0, 400, 200)
    made = Sheet("Keys", whole, page, tallest=150)
    made.resize(400, 200)
    inside = under_each_other(
        Label("Keys", size=16, weight=600), KeyCaps(("Ctrl+N",)), KeyCaps(("Ctrl+F", "Home"))
    )
    inside.setContentsMargins(20, 16, 20, 16)
    made.column.addWidget(inside)
    made.open(made.card)
    return whole


class _Swatches(QWidget):
    """The colours with their names, each with the ink that is written on it."""

    NAMES = (
        "ground", "surface", "sunken", "border", "outline", "text", "quiet", "faint", "accent",
        "accent_weak", "approve", "approve_weak", "deny", "deny_weak", "warn", "warn_weak",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(4 * 52)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: object) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        painter.setFont(text_font(11))
        wide = self.width() / 4
        for number, name in enumerate(self.NAMES):
            place = self.rect().toRectF()
            place.setRect(number % 4 * wide + 2, number // 4 * 52 + 2, wide - 4, 48)
            fill = getattr(colours, name)
            draw_body(painter, place, 8, fill, colours.border)
            dark = fill.lightness() < 140
            painter.setPen(
                colours.ground if dark == (colours.ground.lightness() > 140) else colours.text
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)


class _Icon(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(32, 32)

    def paintEvent(self, event: object) -> None:
        box = self.rect().toRectF().adjusted(4, 4, -4, -4)
        draw_icon(painter_on(self), self._name, box, colours_of(self).text)


def colours() -> QWidget:
    """Return all colours and all icons."""
    icons = QWidget()
    grid = QGridLayout(icons)
    grid.setContentsMargins(0, 0, 0, 0)
    for number, path in enumerate(sorted((resources() / "icons").glob("*.svg"))):
        grid.addWidget(_Icon(path.stem), number // 12, number % 12)
    return under_each_other(_Swatches(), icons)
