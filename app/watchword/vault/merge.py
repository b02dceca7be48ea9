"""Two vaults that grew from one: what both sides did, together.

A three-way merge: `base` is what both started from. It does not matter which side is called ours.
Nothing is decided by a clock (docs/vault-format.md §5). Removing against editing: the edit wins and
the account comes back, with a notice.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from watchword.vault import entry as entries
from watchword.vault import history, limits, strict_json
from watchword.vault.account import Account, ServerLink
from watchword.vault.entry import Entry, Stamp, without_counter
from watchword.vault.payload import Payload, Setting, Trashed, days_kept

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Of two changes of place, the one that keeps more of the account wins.
_LIVE, _TRASHED, _GONE = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Merged:
    """What both sides come to together."""

    payload: Payload
    notices: tuple[str, ...]  # for a person: accounts that came back


def merge(base: Payload, ours: Payload, theirs: Payload) -> Merged:
    """Return what `ours` and `theirs` come to, both having started from `base`."""
    live: dict[str, Entry] = {}
    trash: dict[str, Trashed] = {}
    purged = {**base.purged, **_newest(ours.purged, theirs.purged)}
    notices: list[str] = []
    for account_id in _ids(base, ours, theirs):
        outcome = _merge_account(account_id, base, ours, theirs)
        if outcome.notice:
            notices.append(outcome.notice)
        if outcome.place == _GONE or outcome.entry is None:
            continue
        purged.pop(account_id, None)
        if outcome.place == _LIVE:
            live[account_id] = outcome.entry
        else:
            trash[account_id] = _trashed(account_id, outcome.entry, ours, theirs, base)
    order = max(ours.order, theirs.order)
    settings = _settings(ours.settings, theirs.settings)
    payload = Payload(
        lamport=max(ours.lamport, theirs.lamport),
        accounts=_ordered(live, base, ours, theirs),
        order=order,
        trash=dict(sorted(trash.items(), key=lambda item: (item[1].stamp, item[0]))),
        purged=purged,
        history=history.retained((*ours.history, *theirs.history), days_kept(settings)),
        answered=newest_answered(_largest(ours.answered, theirs.answered)),
        psks=theirs.psks if ours.psks == base.psks else ours.psks,
        settings=settings,
        unknown=_three_way(base.unknown, ours.unknown, theirs.unknown, _by_text),
    )
    return Merged(payload, tuple(notices))


def newest_answered(answered: Mapping[str, float]) -> dict[str, float]:
    """Return the answered requests to keep: the last 2,000."""
    ordered = sorted(answered.items(), key=lambda item: (item[1], item[0]))
    return dict(ordered[-limits.ANSWERED :])


@dataclass(frozen=True, slots=True)
class _Outcome:
    place: int
    entry: Entry | None
    notice: str = ""


def _ids(*payloads: Payload) -> list[str]:
    found: dict[str, None] = {}
    for payload in payloads:
        found.update(dict.fromkeys(payload.accounts))
        found.update(dict.fromkeys(payload.trash))
    return sorted(found)


def _find(payload: Payload, account_id: str) -> tuple[int, Entry | None]:
    if entry := payload.accounts.get(account_id):
        return _LIVE, entry
    if trashed := payload.trash.get(account_id):
        return _TRASHED, trashed.entry
    return _GONE, None


def _merge_account(account_id: str, base: Payload, ours: Payload, theirs: Payload) -> _Outcome:
    base_place, base_entry = _find(base, account_id)
    our_place, our_entry = _find(ours, account_id)
    their_place, their_entry = _find(theirs, account_id)
    if base_entry is None and (our_entry is None or their_entry is None):
        return _Outcome(max(our_place, their_place), our_entry or their_entry)
    we_edited = _edited(base_entry, our_entry)
    they_edited = _edited(base_entry, their_entry)
    if our_place == base_place:
        place = their_place
    elif their_place == base_place:
        place = our_place
    else:
        place = max(our_place, their_place)
    notice = ""
    lost_ours = we_edited and our_place == _LIVE and their_place < base_place
    lost_theirs = they_edited and their_place == _LIVE and our_place < base_place
    if place != _LIVE and (lost_ours or lost_theirs):
        place = _LIVE
        edited = our_entry if lost_ours else their_entry
        name = _name(edited.account) if edited else ""
        notice = f"{name} was removed in one place and edited in another: it was kept"
    if our_entry is None or their_entry is None:
        return _Outcome(place, our_entry or their_entry, notice)
    return _Outcome(place, merge_entries(base_entry, our_entry, their_entry), notice)


def _edited(base: Entry | None, side: Entry | None) -> bool:
    # A counter that moved on is use, not an edit.
    return side is not None and (
        base is None or side.stamps != base.stamps or side.epoch != base.epoch
    )


def _name(account: Account) -> str:
    return f"{account.issuer} ({account.account})" if account.issuer else account.account


def merge_entries(base: Entry | None, ours: Entry, theirs: Entry) -> Entry:
    """Return one account from two, member by member."""
    if ours == theirs:
        return ours
    chosen: dict[str, Any] = {}
    stamps: dict[str, Stamp] = {}
    for member in entries.MEMBERS:
        side = _winner(member, ours, theirs)
        chosen[member] = getattr(side.account, member)
        stamp = max(ours.stamp_of(member), theirs.stamp_of(member))
        if stamp != min(ours.stamp, theirs.stamp):
            stamps[member] = stamp
    chosen["tags"] = _tags(base, ours, theirs)
    chosen["link"] = _with_used_codes(chosen["link"], ours.account.link, theirs.account.link)
    counters = max(
        (side.epoch, side.account.otp.counter if side.account.otp else 0)
        for side in (ours, theirs)
    )
    otp_side, link_side = _winner("otp", ours, theirs), _winner("link", ours, theirs)
    if chosen["otp"] is not None:
        chosen["otp"] = replace(chosen["otp"], counter=counters[1])
    chosen["unread_otp"] = otp_side.account.unread_otp
    whole = min(ours.stamp, theirs.stamp)
    if len(stamps) == len(entries.MEMBERS) and len(set(stamps.values())) == 1:
        # Every member is of one moment: the account was added anew then, and is written as such.
        whole, stamps = max(stamps.values()), {}
    return Entry(
        account=replace(ours.account, **chosen),
        stamp=whole,
        stamps=dict(sorted(stamps.items())),
        epoch=counters[0],
        unknown_otp=otp_side.unknown_otp,
        unknown_link=link_side.unknown_link,
    )


def _winner(member: str, ours: Entry, theirs: Entry) -> Entry:
    """Return the side whose change of `member` is later; of equal stamps, any, but always the same."""
    our_stamp, their_stamp = ours.stamp_of(member), theirs.stamp_of(member)
    if our_stamp != their_stamp:
        return ours if our_stamp > their_stamp else theirs
    return max(ours, theirs, key=lambda side: _by_text(_comparable(side, member)))


def _comparable(side: Entry, member: str) -> Any:
    value = getattr(side.account, member)
    if member != "otp":
        return repr(value)
    if value:
        return repr(without_counter(value)) + value.secret.hex()
    return strict_json.canonical(dict(side.account.unread_otp)).decode()


def _tags(base: Entry | None, ours: Entry, theirs: Entry) -> tuple[str, ...]:
    """Return the tags: what either added, without what either took away."""
    old = set(base.account.tags) if base else set()
    our_tags, their_tags = set(ours.account.tags), set(theirs.account.tags)
    kept = (old & our_tags & their_tags) | (our_tags - old) | (their_tags - old)
    if kept == our_tags == their_tags:
        return _winner("tags", ours, theirs).account.tags
    first = _winner("tags", ours, theirs).account.tags
    second = ours.account.tags if first is theirs.account.tags else theirs.account.tags
    return tuple(dict.fromkeys(tag for tag in (*first, *second) if tag in kept))[: limits.TAGS]


def _with_used_codes(
    link: ServerLink | None, ours: ServerLink | None, theirs: ServerLink | None
) -> ServerLink | None:
    """Return the link with every backup code marked that either side marked as used."""
    if link is None:
        return None
    used = {code for side in (ours, theirs) if side for code in side.used_backup_codes}
    return replace(link, used_backup_codes=tuple(c for c in link.backup_codes if c in used))


def _trashed(
    account_id: str, entry: Entry, ours: Payload, theirs: Payload, base: Payload
) -> Trashed:
    sides = [side.trash[account_id] for side in (ours, theirs) if account_id in side.trash]
    latest = max(sides or [base.trash[account_id]], key=lambda t: (t.stamp, t.removed_at))
    dues = [side.due for side in sides]
    due = None if None in dues else max((due for due in dues if due is not None), default=None)
    return Trashed(entry, latest.removed_at, latest.stamp, due)


def _ordered(
    live: Mapping[str, Entry], base: Payload, ours: Payload, theirs: Payload
) -> dict[str, Entry]:
    """Return the accounts in the order of whoever sorted them last, new ones at the end."""
    if ours.order == theirs.order:
        first = [key for key in base.accounts if key in live]
    else:
        first = [
            key for key in (ours if ours.order > theirs.order else theirs).accounts if key in live
        ]
    known = set(first)
    rest = sorted((entry.stamp, key) for key, entry in live.items() if key not in known)
    return {key: live[key] for key in (*first, *(key for _, key in rest))}


def _newest(ours: Mapping[str, Stamp], theirs: Mapping[str, Stamp]) -> dict[str, Stamp]:
    return {
        key: max(side[key] for side in (ours, theirs) if key in side)
        for key in sorted({*ours, *theirs})
    }


def _largest(ours: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, float]:
    return {
        key: max(side[key] for side in (ours, theirs) if key in side) for key in {*ours, *theirs}
    }


def _settings(ours: Mapping[str, Setting], theirs: Mapping[str, Setting]) -> dict[str, Setting]:
    return {
        key: max(
            (side[key] for side in (ours, theirs) if key in side),
            key=lambda setting: (setting.stamp, _by_text(setting.value)),
        )
        for key in sorted({*ours, *theirs})
    }


def _three_way(
    base: Mapping[K, V], ours: Mapping[K, V], theirs: Mapping[K, V], rank: Callable[[V], Any]
) -> dict[K, V]:
    """Merge members we do not understand: one side's change is taken, of two the larger by `rank`."""
    merged: dict[K, V] = {}
    for key in _union(ours, theirs):
        sides = [side[key] for side in (ours, theirs) if key in side]
        changed = [value for value in sides if key not in base or value != base[key]]
        if changed:
            merged[key] = max(changed, key=rank)
        elif len(sides) == 2:
            merged[key] = sides[0]
    return merged


def _union(ours: Mapping[K, V], theirs: Mapping[K, V]) -> Iterable[K]:
    return sorted({*ours, *theirs}, key=repr)


def _by_text(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else strict_json.dumps(value)
