"""What would be added, shown before anything is: and what is confirmed is what was shown.

Making a preview contacts nothing and saves nothing. The account in it is the account that is
saved, not the text it came from.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from watchword.enrolment.scanned import EnrolLinkFound, OtpauthFound
from watchword.otp.parameters import SHAPES, OtpParameters, OtpType
from watchword.plain_text import MIXES_SCRIPTS, mixes_scripts
from watchword.protocol.origin import Origin
from watchword.providers.privacyidea_link import parse_push_link
from watchword.vault.account import Account, new_account


class Likeness(Enum):
    """How what is to be added compares with what is there."""

    NEW = auto()
    DUPLICATE = auto()  # nothing about it is new: there is nothing to add
    SAME_SECRET = auto()
    SAME_LABEL = auto()


@dataclass(frozen=True, slots=True)
class AccountPreview:
    """An account with codes, as it would be saved."""

    account: Account
    type_line: str
    warnings: tuple[str, ...] = ()
    likeness: Likeness = Likeness.NEW
    like: Account | None = field(default=None, repr=False)  # the account it is like
    answer: str = field(default="", repr=False)  # what is to be typed at the server, see Addition


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A server that this computer would be linked to; its account is not known before."""

    host: str  # ASCII
    link: str = field(repr=False)
    warnings: tuple[str, ...] = ()
    gives_codes: bool = True  # whether the account that comes of it has codes, too
    service: str = ""  # empty: not known before
    account: str = ""
    seconds: float = 0.0  # how long the link can be used, counted from now; 0: it says by itself


@dataclass(frozen=True, slots=True)
class SignInPreview:
    """A server whose page would be opened in the browser, to link this computer there."""

    origin: Origin

    @property
    def host(self) -> str:
        """The server, ASCII."""
        return self.origin.authority

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about the address."""
        return self.origin.notices


Preview = AccountPreview | LinkPreview


@dataclass(frozen=True, slots=True)
class Addition:
    """What a person confirmed: save `account`, in place of the account `replaces` if that is set."""

    account: Account
    replaces: str = ""  # an account's id
    # What the person must type at the server before its codes count; shown once it is saved, so
    # that no code counts there of an account that is not here.
    answer: str = field(default="", repr=False)


def preview(found: OtpauthFound | EnrolLinkFound, existing: Sequence[Account]) -> Preview:
    """Return what is shown before anything of `found` is used."""
    if isinstance(found, EnrolLinkFound):
        return _preview_link(found)
    shown = preview_account(new_account(found.entry), existing, found.entry.notices)
    return dataclasses.replace(shown, answer=found.entry.answer)


def _preview_link(found: EnrolLinkFound) -> LinkPreview:
    if found.kind == "native":
        return LinkPreview(found.host, found.link, found.notices)
    push = parse_push_link(found.link)
    warnings = [*found.notices]
    for text, what in ((push.issuer, "service’s name"), (push.label, "account’s name")):
        if mixes_scripts(text):
            warnings.append(f"The {what} {MIXES_SCRIPTS}")
    if not push.verify_tls and push.origin.scheme == "https":
        warnings.append(
            "It asks not to check who the server is. So next, you compare the server’s key."
        )
    return LinkPreview(
        found.host,
        found.link,
        tuple(warnings),
        gives_codes=False,
        service=push.issuer,
        account=push.label,
        seconds=push.ttl,
    )


def preview_account(
    account: Account, existing: Sequence[Account], notices: Sequence[str] = ()
) -> AccountPreview:
    """Return what is shown before `account` is added to `existing`."""
    likeness, like = compare(account, existing)
    warnings = [*notices]
    for text, what in ((account.issuer, "issuer"), (account.account, "account name")):
        if mixes_scripts(text):
            warnings.append(f"The {what} {MIXES_SCRIPTS}")
    if account.account and not account.issuer:
        warnings.append("It does not say which service it is for.")
    if likeness is Likeness.DUPLICATE:
        warnings.append("You have this account already: there is nothing to add.")
    elif likeness is Likeness.SAME_SECRET and like is not None:
        warnings.append(f"“{_name_of(like)}” has the same secret.")
    elif likeness is Likeness.SAME_LABEL:
        warnings.append("You have an account of this name with another secret or other settings.")
    return AccountPreview(account, type_line(account.otp), tuple(warnings), likeness, like)


def compare(account: Account, existing: Sequence[Account]) -> tuple[Likeness, Account | None]:
    """Return how `account` compares with `existing`, and with which of them.

    A duplicate is equal in type, secret, issuer, account, algorithm, digits and period; a PIN
    counts as a part of the secret. Below that the same secret weighs more than the same label.
    """
    for other in existing:
        if other.identity == account.identity:
            return Likeness.DUPLICATE, other
    for other in existing:
        if account.otp and other.otp and account.otp.secret == other.otp.secret:
            return Likeness.SAME_SECRET, other
    for other in existing:
        if _label(other) == _label(account):
            return Likeness.SAME_LABEL, other
    return Likeness.NEW, None


def keep_both(shown: AccountPreview) -> Addition:
    """Return the addition that leaves every account there is as it is."""
    return Addition(shown.account, answer=shown.answer)


def replace(shown: AccountPreview) -> Addition:
    """Return the addition that puts new codes and names into the account it is like.

    Tags, note, favourite and the link to a server stay: they are the person's, not the code's.
    """
    if shown.like is None:
        return keep_both(shown)
    account = dataclasses.replace(
        shown.like,
        issuer=shown.account.issuer,
        account=shown.account.account,
        otp=shown.account.otp,
        unread_otp={},
    )
    if shown.answer:
        notes = (shown.like.note, shown.account.note)
        account = dataclasses.replace(account, note="\n".join(filter(None, notes)))
    return Addition(account, replaces=shown.like.id, answer=shown.answer)


def type_line(otp: OtpParameters | None) -> str:
    """Return how the codes are made, in one line: "TOTP · SHA-1 · 6 digits · 30 s"."""
    if otp is None:
        return "Login requests only"
    last = f"counter {otp.counter}" if otp.type is OtpType.HOTP else f"{otp.period} s"
    if otp.type in SHAPES:
        return f"{otp.type.shown} · {otp.digits} characters · {last}"
    return f"{otp.type.shown} · {otp.algorithm.shown} · {otp.digits} digits · {last}"


def _label(account: Account) -> tuple[str, str]:
    return account.issuer.casefold(), account.account.casefold()


def _name_of(account: Account) -> str:
    return " · ".join(part for part in (account.issuer, account.account) if part) or "Unnamed"
