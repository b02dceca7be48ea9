"""Everything the app can be told to do: one list for the keys, for Ctrl+K and for F1.

What is not in this list has no key of the window and is not found; what is in it and carried out
by nobody ends the first session that is started. So none is forgotten.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from watchword.desktop.accounts.row_actions import row_actions

translate = QCoreApplication.translate

ROW = "account: "  # begins the name of what is done with the selected account


class Group(Enum):
    """Where a key is heard, as the list of the keys tells it; in this order."""

    ANYWHERE = "anywhere"
    ACCOUNTS = "accounts"
    ACCOUNT = "account"
    REQUEST = "request"
    PAGES = "pages"


class By(Enum):
    """Who carries it out."""

    SESSION = "session"  # where the accounts are shown
    EVERYWHERE = "everywhere"  # the session too, whatever is shown
    WINDOW = "window"  # with or without a session
    ROW = "row"  # the list, with the account that is selected
    CONTROL = "control"  # what has the keyboard hears the key by itself


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do; without keys it is only found."""

    name: str
    group: Group
    title: str
    keys: tuple[str, ...] = ()
    by: By = By.CONTROL
    icon: str = ""
    words: str = ""  # other words it is found by

    @property
    def found(self) -> bool:
        """Whether Ctrl+K offers it."""
        return self.by is not By.CONTROL and self.name != "find"


def group_title(group: Group) -> str:
    """Return what a group is called above its keys."""
    return {
        Group.ANYWHERE: translate("Actions", "Anywhere"),
        Group.ACCOUNTS: translate("Actions", "Your accounts"),
        Group.ACCOUNT: translate("Actions", "The selected account"),
        Group.REQUEST: translate("Actions", "A login request"),
        Group.PAGES: translate("Actions", "Other pages"),
    }[group]


def all_actions() -> tuple[Action, ...]:
    """Return every action there is, in the language of the moment."""
    return (*_anywhere(), *_accounts(), *_account(), *_request(), *_pages())


def _anywhere() -> tuple[Action, ...]:
    where = Group.ANYWHERE
    return (
        Action(
            "find",
            where,
            translate("Actions", "Find an account, an action or a setting"),
            ("Ctrl+K",),
            By.EVERYWHERE,
            "search",
        ),
        Action(
            "keys",
            where,
            translate("Actions", "All keys"),
            ("F1",),
            By.WINDOW,
            "keyboard",
            translate("Actions", "help shortcuts keyboard"),
        ),
        Action(
            "lock",
            where,
            translate("Actions", "Lock"),
            ("Ctrl+L",),
            By.EVERYWHERE,
            "lock",
            translate("Actions", "close leave"),
        ),
        Action(
            "quit",
            where,
            translate("Actions", "Quit Watchword"),
            ("Ctrl+Q",),
            By.WINDOW,
            "door",
            translate("Actions", "exit end close"),
        ),
        Action("back", where, translate("Actions", "Go back, or close what is open"), ("Esc",)),
        Action(
            "next", where, translate("Actions", "Next control, and back"), ("Tab", "Shift+Tab")
        ),
        Action("press", where, translate("Actions", "Press the control"), ("Space", "Enter")),
        Action("undo", where, translate("Actions", "Take back what was just done"), ("Ctrl+Z",)),
    )


def _accounts() -> tuple[Action, ...]:
    where = Group.ACCOUNTS
    by = By.SESSION
    return (
        Action(
            "add",
            where,
            translate("Actions", "Add an account"),
            ("Ctrl+N",),
            by,
            "add",
            translate("Actions", "new scan QR code camera picture screen"),
        ),
        Action(
            "type in",
            where,
            translate("Actions", "Type an account in"),
            ("Ctrl+Shift+N",),
            by,
            "edit",
            translate("Actions", "add new secret by hand"),
        ),
        Action(
            "sign in",
            where,
            translate("Actions", "Sign in from this computer"),
            (),
            by,
            "globe",
            translate("Actions", "add new server browser"),
        ),
        Action("paste", where, translate("Actions", "Add what the clipboard holds"), ("Ctrl+V",)),
        Action(
            "search",
            where,
            translate("Actions", "Search, or just type"),
            ("Ctrl+F",),
            By.EVERYWHERE,
            "search",
        ),
        Action("to list", where, translate("Actions", "From the search into the list"), ("Down",)),
        Action(
            "requests",
            where,
            translate("Actions", "Login requests"),
            ("Ctrl+R",),
            by,
            "bell",
            translate("Actions", "approve deny waiting"),
        ),
        Action(
            "history",
            where,
            translate("Actions", "History of login requests"),
            ("Ctrl+H",),
            by,
            "clock",
            translate("Actions", "answers past log"),
        ),
        Action(
            "trash",
            where,
            translate("Actions", "Trash"),
            ("Ctrl+T",),
            by,
            "delete",
            translate("Actions", "removed deleted restore"),
        ),
        Action("settings", where, translate("Actions", "Settings"), ("Ctrl+,",), by, "settings"),
        Action(
            "import",
            where,
            translate("Actions", "Import accounts…"),
            (),
            by,
            "import",
            translate("Actions", "other app file backup move"),
        ),
        Action(
            "export",
            where,
            translate("Actions", "Export accounts…"),
            (),
            by,
            "import",
            translate("Actions", "file backup move other app"),
        ),
        Action(
            "demo",
            where,
            translate("Actions", "Try it with a demo server"),
            (),
            by,
            "play",
            translate("Actions", "learn example"),
        ),
        Action("about", where, translate("Actions", "About and licences"), (), by, "info"),
        Action(
            "report",
            where,
            translate("Actions", "Make a report"),
            (),
            by,
            "info",
            translate("Actions", "bug problem diagnostics help"),
        ),
        *(
            Action(f"sort {order}", where, title, (), by, "sort")
            for order, title in (
                ("own", translate("Actions", "Sort in your own order")),
                ("name", translate("Actions", "Sort by name")),
                ("recent", translate("Actions", "Sort by last use")),
                ("used", translate("Actions", "Sort by how often used")),
            )
        ),
    )


def _account() -> tuple[Action, ...]:
    where = Group.ACCOUNT
    move = translate("Actions", "Move it up or down, in your own order")
    ends = translate("Actions", "Move it to the top or the end")
    every = translate("Actions", "Everything that can be done with it")
    return (
        *(
            Action(
                f"{ROW}{action.name}",
                where,
                action.text,
                (action.keys,) if action.keys else (),
                By.ROW,
                action.icon,
            )
            for action in row_actions()
        ),
        Action("move", where, move, ("Alt+Up", "Alt+Down")),
        Action("move far", where, ends, ("Alt+Home", "Alt+End")),
        Action("menu", where, every, ("Menu", "Shift+F10")),
    )


def _request() -> tuple[Action, ...]:
    where = Group.REQUEST
    # The letter is the one that the button underlines, and another in other languages.
    deny = QKeySequence.mnemonic(translate("RequestPage", "&Deny")).toString()
    leave = translate("Actions", "Leave it unanswered")
    number = translate("Actions", "Choose a number, where there are some")
    return (
        Action("deny", where, translate("Actions", "Deny"), (deny,)),
        Action("leave", where, leave, ("Esc",)),
        Action("number", where, number, ("Left", "Right")),
    )


def _pages() -> tuple[Action, ...]:
    where = Group.PAGES
    codes = translate("Actions", "QR codes: the one before and the next")
    answer = translate("Actions", "History: open the selected answer")
    cancel = translate("Actions", "Cancel what takes a while")
    return (
        Action("save", where, translate("Actions", "Save an account’s changes"), ("Ctrl+S",)),
        Action("open", where, answer, ("Enter",)),
        Action("turn", where, codes, ("Left", "Right")),
        Action("cancel", where, cancel, ("Esc",)),
    )
