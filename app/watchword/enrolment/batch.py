"""Several accounts previewed together and saved in one go: an export, or a picture of many codes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from watchword.enrolment.preview import AccountPreview, Likeness, preview
from watchword.enrolment.scanned import OtpauthFound
from watchword.otp.migration import SkippedEntry
from watchword.otp.otpauth import OtpauthEntry
from watchword.vault.account import Account


@dataclass(frozen=True, slots=True)
class Batch:
    """What would be added, entry by entry, and what would not and why."""

    previews: tuple[AccountPreview, ...]
    skipped: tuple[SkippedEntry, ...] = ()
    missing: tuple[int, ...] = ()  # parts of the export that were not scanned, counted from 1
    parts: int = 1  # of how many


def batch(
    entries: Sequence[OtpauthEntry],
    existing: Sequence[Account],
    *,
    skipped: Sequence[SkippedEntry] = (),
    missing: Sequence[int] = (),
    parts: int = 1,
) -> Batch:
    """Return the previews of `entries`; each is compared with `existing` and with those before it."""
    # Each entry is compared only with accounts that share something with it: ten thousand
    # accounts times a hundred entries would hold up the window.
    known: defaultdict[object, list[Account]] = defaultdict(list)
    for account in existing:
        for key in _keys(account):
            known[key].append(account)
    listed: set[str] = set()
    shown = []
    for entry in entries:
        alike = [each for key in _keys(entry) for each in known.get(key, ())]
        one = preview(OtpauthFound(entry), alike)
        if not isinstance(one, AccountPreview):
            continue
        if one.like is not None and one.like.id in listed:
            one = _like_another_of_the_list(one)
        shown.append(one)
        listed.add(one.account.id)
        if one.likeness is not Likeness.DUPLICATE:
            for key in _keys(one.account):
                known[key].append(one.account)
    return Batch(tuple(shown), tuple(skipped), tuple(missing), parts)


def _like_another_of_the_list(shown: AccountPreview) -> AccountPreview:
    """Return a preview that offers no replacing: what it is like is not saved yet."""
    if shown.likeness is not Likeness.DUPLICATE:
        return replace(shown, like=None)
    return replace(shown, like=None, warnings=("It is in this list already.",))


def _keys(of: Account | OtpauthEntry) -> tuple[object, ...]:
    label = (of.issuer.casefold(), of.account.casefold())
    return (of.otp.secret, label) if of.otp else (label,)
