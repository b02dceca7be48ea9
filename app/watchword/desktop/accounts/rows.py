"""What one row of the list shows at a moment, and how a search finds it; knows nothing of Qt."""

from dataclasses import dataclass

from watchword.clock import Clock
from watchword.desktop.look.brands import Brand, brand_called, brand_for
from watchword.desktop.look.widgets.ring import ENDS_SOON_SECONDS, URGENT_SECONDS
from watchword.otp.code import Code, code_at, grouped, next_code_at
from watchword.otp.parameters import OtpType
from watchword.plain_text import fold
from watchword.vault.account import NO_ICON, Account

REMOVED_OPACITY = 0.5  # of what a server no longer takes
_ROUNDING = 0.001  # seconds; as little is no whole second more


@dataclass(frozen=True, slots=True)
class Row:
    """An account with its code of the moment. Codes are in groups, empty where there is none."""

    account: Account
    code: str = ""
    plain_code: str = ""  # without the groups, for the clipboard
    next_code: str = ""
    left: float = 0.0  # share of the period that remains, 0..1
    seconds_left: int = 0
    copied: bool = False
    hidden: bool = False  # dots stand for its codes, and nobody reads them out

    @property
    def title(self) -> str:
        """The issuer, or the account's name where there is none."""
        return self.account.issuer or self.account.account

    @property
    def subtitle(self) -> str:
        """The account's name below its issuer, or that the server removed it."""
        return self.account.account if self.account.issuer else ""

    @property
    def brand(self) -> Brand | None:
        """The brand whose icon the row has; None for a monogram."""
        return brand_of(self.account)

    @property
    def shown_code(self) -> str:
        """The code as it stands on the screen: dots while it is hidden."""
        return _dots(self.code) if self.hidden else self.code

    @property
    def shown_next(self) -> str:
        """The next code as it stands on the screen; empty while it is hidden."""
        return "" if self.hidden else self.next_code

    @property
    def is_counter(self) -> bool:
        """Whether codes come one by one, on demand."""
        return self.account.otp is not None and self.account.otp.type is OtpType.HOTP

    @property
    def is_removed(self) -> bool:
        """Whether the server said that this device was removed there."""
        return self.account.link is not None and self.account.link.state == "revoked"

    @property
    def takes_requests(self) -> bool:
        """Whether its login requests come to this computer."""
        return self.account.link is not None and self.account.link.state != "copied"

    @property
    def period(self) -> int:
        """How many seconds a code is valid; 0 where there is no time in it."""
        return self.account.otp.period if self.account.otp is not None and self.left else 0

    @property
    def steady_for(self) -> float:
        """How many seconds the row looks as it does, but for its ring."""
        left = self.left * self.period
        turns = (ENDS_SOON_SECONDS + _ROUNDING, URGENT_SECONDS + _ROUNDING)
        return left - next((turn for turn in turns if turn < left), 0.0)

    @property
    def ends_soon(self) -> bool:
        """Whether the next code is worth showing."""
        return bool(self.next_code) and self.seconds_left <= ENDS_SOON_SECONDS

    @property
    def urgent(self) -> bool:
        """Whether the code should not be begun any more."""
        return self.ends_soon and self.seconds_left <= URGENT_SECONDS


class Codes:
    """Computes the codes of the rows that are looked at, each once a period."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # By account id: the code, and as they are shown, it and the next one.
        self._now: dict[str, tuple[Code, str, str]] = {}
        self._drawn: dict[str, Code] = {}  # counter codes that were asked for

    def row(self, account: Account, *, copied: bool = False, hidden: bool = False) -> Row:
        """Return what the account's row shows now."""
        otp = account.otp
        if otp is None:
            return Row(account, copied=copied)
        if otp.type is OtpType.HOTP:
            drawn = self._drawn.get(account.id)
            value = drawn.value if drawn else ""
            hides = hidden and bool(value)
            return Row(account, grouped(value), value, copied=copied, hidden=hides)
        at = self._clock.now()
        known = self._now.get(account.id)
        if known is None or not _covers(known[0], at):
            code, following = code_at(otp, at), next_code_at(otp, at)
            known = (
                code,
                grouped(code.value, otp.type),
                grouped(following.value if following else "", otp.type),
            )
            self._now[account.id] = known
        code, shown, shown_next = known
        left = (code.valid_until or at) - at
        return Row(
            account,
            shown,
            code.value,
            shown_next,
            left / otp.period,
            max(1, int(left + 1 - _ROUNDING)),
            copied=copied,
            hidden=hidden,
        )

    def now(self) -> float:
        """Return the time that codes go by, in seconds since 1970-01-01 UTC."""
        return self._clock.now()

    def show_drawn(self, account_id: str, code: Code) -> None:
        """Show a counter code from now on: it has been saved as used."""
        self._drawn[account_id] = code

    def forget(self) -> None:
        """Drop every computed code: accounts changed, or the list is left."""
        self._now.clear()


def brand_of(account: Account) -> Brand | None:
    """Return the brand whose icon stands for the account: the chosen one, else by its title.

    A server that sends login requests has named itself, and can do so as it likes: its account
    has an icon only when a person chose one.
    """
    if account.icon == NO_ICON:
        return None
    chosen = brand_called(account.icon) if account.icon else None
    if chosen or account.link:
        return chosen
    return brand_for(account.issuer or account.account)


def _covers(code: Code, at: float) -> bool:
    return (
        code.valid_from is not None
        and code.valid_until is not None
        and code.valid_from <= at < code.valid_until
    )


def _dots(code: str) -> str:
    return "".join(" " if letter == " " else "•" for letter in code)


def searchable(account: Account) -> str:
    """Return everything a search may find the account by, folded."""
    return fold("\n".join((account.issuer, account.account, *account.tags, account.note)))


def spelled(code: str) -> str:
    """Return a code as it is read aloud: character by character, with a pause between the groups."""
    return ", ".join(" ".join(group) for group in code.split(" "))


def spoken(row: Row) -> str:
    """Return what a screen reader says of the row: the code digit by digit, unless it is hidden."""
    parts = [part for part in (row.title, row.subtitle) if part]
    if row.code and not row.hidden:
        parts.append(spelled(row.code))
    return ", ".join(parts)
