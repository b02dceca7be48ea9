"""Everything the app can be told to do: one list for the keys, for Ctrl+K and for F1.

What is not in this list has no key of the window and is not found; what is in it and carried out
by nobody ends the first session that is started. So none is forgotten.
"""

from dataclasses import dataclass
from enum import Enum

from watchword.desktop.accounts.row_actions import row_actions
from watchword.desktop.look.texts import tr

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
        Group.ANYWHERE: tr("Anywhere"),
        Group.ACCOUNTS: tr("Your accounts"),
        Group.ACCOUNT: tr("The selected account"),
        Group.REQUEST: tr("A login request"),
        Group.PAGES: tr("Other pages"),
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
            tr("Find an account, an action or a setting"),
            ("Ctrl+K",),
            By.EVERYWHERE,
            "search",
        ),
        Action(
            "keys",
            where,
            tr("All keys"),
            ("F1",),
            By.WINDOW,
            "keyboard",
            tr("help shortcuts keyboard"),
        ),
        Action(
            "lock",
            where,
            tr("Lock"),
            ("Ctrl+L",),
            By.EVERYWHERE,
            "lock",
            tr("close leave"),
        ),
        Action(
            "quit",
            where,
            tr("Quit Watchword"),
            ("Ctrl+Q",),
            By.WINDOW,
            "door",
            tr("exit end close"),
        ),
        Action("back", where, tr("Go back, or close what is open"), ("Esc",)),
        Action("next", where, tr("Next control, and back"), ("Tab", "Shift+Tab")),
        Action("press", where, tr("Press the control"), ("Space", "Enter")),
        Action("undo", where, tr("Take back what was just done"), ("Ctrl+Z",)),
    )


def _accounts() -> tuple[Action, ...]:
    where = Group.ACCOUNTS
    by = By.SESSION
    return (
        Action(
            "add",
            where,
            tr("Add an account"),
            ("Ctrl+N",),
            by,
            "add",
            tr("new scan QR code camera picture screen"),
        ),
        Action(
            "type in",
            where,
            tr("Type an account in"),
            ("Ctrl+Shift+N",),
            by,
            "edit",
            tr("add new secret by hand"),
        ),
        Action(
            "sign in",
            where,
            tr("Sign in from this computer"),
            (),
            by,
            "globe",
            tr("add new server browser"),
        ),
        Action("paste", where, tr("Add what the clipboard holds"), ("Ctrl+V",)),
        Action(
            "search",
            where,
            tr("Search, or just type"),
            ("Ctrl+F",),
            By.EVERYWHERE,
            "search",
        ),
        Action("to list", where, tr("From the search into the list"), ("Down",)),
        Action(
            "requests",
            where,
            tr("Login requests"),
            ("Ctrl+R",),
            by,
            "bell",
            tr("approve deny waiting"),
        ),
        Action(
            "history",
            where,
            tr("History of login requests"),
            ("Ctrl+H",),
            by,
            "clock",
            tr("answers past log"),
        ),
        Action(
            "trash",
            where,
            tr("Trash"),
            ("Ctrl+T",),
            by,
            "delete",
            tr("removed deleted restore"),
        ),
        Action("settings", where, tr("Settings"), ("Ctrl+,",), by, "settings"),
        Action(
            "import",
            where,
            tr("Import accounts…"),
            (),
            by,
            "import",
            tr("other app file backup move"),
        ),
        Action(
            "export",
            where,
            tr("Export accounts…"),
            (),
            by,
            "import",
            tr("file backup move other app"),
        ),
        Action(
            "demo",
            where,
            tr("Try it with a demo server"),
            (),
            by,
            "play",
            tr("learn example"),
        ),
        Action("about", where, tr("About and licences"), (), by, "info"),
        Action(
            "report",
            where,
            tr("Make a report"),
            (),
            by,
            "info",
            tr("bug problem diagnostics help"),
        ),
        *(
            Action(f"sort {order}", where, title, (), by, "sort")
            for order, title in (
                ("own", tr("Sort in your own order")),
                ("name", tr("Sort by name")),
                ("recent", tr("Sort by last use")),
                ("used", tr("Sort by how often used")),
            )
        ),
    )


def _account() -> tuple[Action, ...]:
    where = Group.ACCOUNT
    move = tr("Move it up or down, in your own order")
    ends = tr("Move it to the top or the end")
    every = tr("Everything that can be done with it")
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
    leave = tr("Leave it unanswered")
    number = tr("Choose a number, where there are some")
    return (
        Action("deny", where, tr("Deny"), ("Alt+D",)),
        Action("leave", where, leave, ("Esc",)),
        Action("number", where, number, ("Left", "Right")),
    )


def _pages() -> tuple[Action, ...]:
    where = Group.PAGES
    codes = tr("QR codes: the one before and the next")
    answer = tr("History: open the selected answer")
    cancel = tr("Cancel what takes a while")
    return (
        Action("save", where, tr("Save an account’s changes"), ("Ctrl+S",)),
        Action("open", where, answer, ("Enter",)),
        Action("turn", where, codes, ("Left", "Right")),
        Action("cancel", where, cancel, ("Esc",)),
    )
