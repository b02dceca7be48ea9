"""What every format is made of: how it is known, what reading one gives, what writing one takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watchword.clock import Clock, SystemClock
from watchword.errors import InvalidInput
from watchword.otp.parameters import OtpType
from watchword.vault.account import Account
from watchword.vault.crypto import KdfCost


class FileRefused(InvalidInput):
    """The file is not what it should be; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not taken over."""

    name: str  # the account's, or “Line 7”
    reason: str  # a sentence without its full stop


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds."""

    accounts: tuple[Account, ...] = field(repr=False)
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()  # what a person should know about the whole, in sentences
    # What a person should know about an account, in sentences, by the account's id.
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes, not on the disk yet."""

    data: bytes = field(repr=False)
    exported: int
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """What an encrypted file is closed with; the other formats do not look at it."""

    password: str = field(default="", repr=False)
    clock: Clock = field(default_factory=SystemClock)
    cost: KdfCost | None = None  # None: measured, about half a second
    still_wanted: Callable[[], bool] | None = None  # asked once the key is derived


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    `read` raises FileRefused for what is no such file, and if `encrypted` WrongPassword and
    VaultDamaged. `write` raises InvalidInput, and if `encrypted` Cancelled.
    """

    name: str  # for --format and JSON
    title: str  # for people
    ending: str  # of file names, with its point
    encrypted: bool
    detect: Callable[[bytes], bool]
    read: Callable[[bytes, str], Contents]
    write: Callable[[Sequence[Account], Protection], Written]


def name_of(account: Account) -> str:
    """Return what people call an account: "Kalos: ann"."""
    return ": ".join(part for part in (account.issuer, account.account) if part) or "(no name)"


def with_codes(accounts: Iterable[Account]) -> tuple[list[Account], list[Skipped]]:
    """Tell the accounts whose codes can be taken elsewhere from those that have none to take."""
    kept: list[Account] = []
    skipped: list[Skipped] = []
    for account in accounts:
        if account.otp is not None:
            kept.append(account)
        elif account.unread_otp:
            skipped.append(
                Skipped(name_of(account), "Its codes are of a kind this version does not know")
            )
        else:
            skipped.append(
                Skipped(
                    name_of(account),
                    "It only takes login requests, and its key belongs to one computer",
                )
            )
    return kept, skipped


def of_counters(accounts: Iterable[Account]) -> tuple[str, ...]:
    """Return the notice that counter-based codes have one home; none where there are none."""
    counted = sum(each.otp is not None and each.otp.type is OtpType.HOTP for each in accounts)
    if not counted:
        return ()
    if counted == 1:
        return ("1 account counts its codes: use them in one app only from now on.",)
    return (f"{counted} accounts count their codes: use them in one app only from now on.",)


def of_links(accounts: Iterable[Account], *, ending: str) -> tuple[str, ...]:
    """Return the notice that these accounts' login requests stay behind; none where none has any."""
    linked = sum(account.link is not None for account in accounts)
    if not linked:
        return ()
    if linked == 1:
        return (f"1 account also takes login requests: {ending}",)
    return (f"{linked} accounts also take login requests: {ending}",)
