"""The orders the list can stand in, favourites first in each; knows nothing of Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watchword.plain_text import fold
from watchword.vault.account import Account


class Order(StrEnum):
    """What the list is sorted by; the values are kept in the vault."""

    OWN = "own"  # as the person arranged it
    NAME = "name"
    RECENT = "recent"  # the last used first
    USED = "used"  # the most used first

    @property
    def by_use(self) -> bool:
        """Whether it depends on which accounts are used."""
        return self in {Order.RECENT, Order.USED}


@dataclass(frozen=True, slots=True)
class Use:
    """How often an account was used, and when last, in Unix seconds."""

    count: int = 0
    last: float = 0.0


NEVER = Use()


def arranged(
    own: Sequence[Account], order: Order, uses: Mapping[str, Use] | None = None
) -> list[Account]:
    """Return the accounts of the own order in `order`; what is alike there stays as it was."""
    known = uses or {}
    ordered: Sequence[Account] = own
    if order is Order.NAME:
        ordered = sorted(own, key=_name)
    elif order is Order.RECENT:
        ordered = sorted(own, key=lambda each: -known.get(each.id, NEVER).last)
    elif order is Order.USED:
        ordered = sorted(own, key=lambda each: -known.get(each.id, NEVER).count)
    return sorted(ordered, key=lambda each: not each.favourite)


def _name(account: Account) -> tuple[str, str]:
    return fold(account.issuer or account.account), fold(account.account)


def gaps(shown: Sequence[Account], row: int) -> range:
    """Return the gaps a row may be put into, counted from 0 above the first row.

    Favourites stay among favourites, and the others among the others.
    """
    # They stand first; asked at every step of a drag, for every row that is painted.
    favourites = bisect_left(shown, True, key=lambda each: not each.favourite)
    if shown[row].favourite:
        return range(favourites + 1)
    return range(favourites, len(shown) + 1)


def moved(own: Sequence[Account], account_id: str, gap: int) -> list[Account]:
    """Return the own order once an account was put into a gap of the list as it is shown.

    Only it moves: a favourite among the others keeps the place it has without its star.
    """
    shown = arranged(own, Order.OWN)
    moving = next(each for each in shown if each.id == account_id)
    others = [each for each in own if each is not moving]
    places = {each.id: place for place, each in enumerate(others)}

    def alike(part: Iterable[Account]) -> Account | None:
        group = (each for each in part if each.favourite == moving.favourite)
        return next((each for each in group if each is not moving), None)

    if (below := alike(shown[gap:])) is not None:
        others.insert(places[below.id], moving)
    elif (above := alike(reversed(shown[:gap]))) is not None:
        others.insert(places[above.id] + 1, moving)
    else:
        return list(own)
    return others
