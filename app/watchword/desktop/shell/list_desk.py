"""What the list remembers inside the vault: its order, and which accounts are used."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from watchword.clock import Clock
from watchword.desktop.accounts.ordering import NEVER, Order, Use
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.shell import edits
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.vault import Account, OpenVault, SavedUnconfirmed

# The settings' names in the vault (docs/vault-format.md §5).
ORDER = "list_order"
HIDE_CODES = "hide_codes"
USES = "uses"

_MOST = 2**53  # what every reader of JSON can hold
_PAUSE_MS = 600  # a row held down on its way is saved once, where it came to rest


class ListDesk(QObject):
    """Reads it and has it saved: the order at once, the uses when the vault is locked."""

    changed = Signal(object)  # all accounts, after a save that brought others or failed
    trouble = Signal(object)  # a WatchwordError

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        saves: Saves,
        place: AccountsPlace,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._saves = saves
        self._place = place
        self._new_uses: dict[str, Use] = {}  # since the vault was opened
        self._moved: tuple[str, ...] = ()  # an own order that is not on its way to the disk yet
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        place.shown.connect(self._sort_anew)
        place.list.order_asked.connect(self._choose_order)
        place.list.moved.connect(self._move)

    @property
    def _order(self) -> Order:
        return read_order(self._vault.setting(ORDER))

    def read(self) -> None:
        """Show the list as the vault says; another program may have changed it."""
        self._place.model.hide_codes(self._vault.setting(HIDE_CODES) is True)
        if self._place.model.order is not self._order:
            self._sort(self._order)

    def arranged(self, accounts: Sequence[Account]) -> tuple[Account, ...]:
        """Return the accounts with the moves that are not saved yet."""
        if not self._moved:
            return tuple(accounts)
        there = {account.id: account for account in accounts}
        named = [there.pop(account_id) for account_id in self._moved if account_id in there]
        return (*named, *there.values())

    # Order ---------------------------------------------------------------------------------------
    def _choose_order(self, value: str) -> None:
        order = read_order(value)
        self._sort(order)

        def done(unconfirmed: SavedUnconfirmed | None) -> None:
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)

        # Where it cannot be saved, the list stays sorted so until the vault is locked.
        work = partial(edits.set_setting, self._vault, ORDER, order.value)
        self._saves.run(work, on_done=done, on_error=self.trouble.emit, page=self)

    def _sort(self, order: Order) -> None:
        self._place.list.sort(order, self.uses() if order.by_use else {})

    def _sort_anew(self) -> None:
        # Not at every use: a list whose rows change places under the mouse is no use.
        if self._new_uses and self._place.model.order.by_use:
            self._sort(self._place.model.order)

    def _move(self, account_ids: tuple[str, ...]) -> None:
        self._moved = account_ids
        self._pause.start()

    def flush(self) -> None:
        """Save an own order that waits for the person to be done with it."""
        self._pause.stop()
        moved, self._moved = self._moved, ()
        if not moved:
            return

        def work() -> tuple[SavedUnconfirmed | None, Sequence[Account]]:
            unconfirmed = edits.reorder(self._vault, moved)
            return unconfirmed, self._vault.accounts

        def done(result: tuple[SavedUnconfirmed | None, Sequence[Account]]) -> None:
            unconfirmed, accounts = result
            self.changed.emit(accounts)
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)

        def failed(error: WatchwordError) -> None:
            self.changed.emit(self._vault.accounts)
            self.trouble.emit(error)

        self._saves.run(work, on_done=done, on_error=failed, page=self)

    # Uses ----------------------------------------------------------------------------------------
    def note_use(self, account_id: str) -> None:
        """Count that an account's code was taken."""
        before = self._new_uses.get(account_id, NEVER)
        self._new_uses[account_id] = Use(before.count + 1, self._clock.now())

    def uses(self) -> dict[str, Use]:
        """Return how often and when accounts were used, this session's uses with them."""
        return added(read_uses(self._vault.setting(USES)), self._new_uses)

    @property
    def new_uses(self) -> Mapping[str, Use]:
        """What was used and is not in the vault yet, for a session that goes on with it."""
        return dict(self._new_uses)

    def go_on(self, uses: Mapping[str, Use]) -> None:
        """Take over what another session counted."""
        self._new_uses = dict(uses)

    def last_change(self) -> Callable[[], None] | None:
        """Return what puts the uses into the vault, for the worker that locks it; None for none."""
        return partial(_put_uses, self._vault, dict(self._new_uses)) if self._new_uses else None


def _put_uses(vault: OpenVault, new: Mapping[str, Use]) -> None:
    uses = added(read_uses(vault.setting(USES)), new)
    there = {account.id for account in vault.accounts}
    there.update(trashed.entry.account.id for trashed in vault.trash)
    value = {key: [use.count, use.last] for key, use in uses.items() if key in there}
    vault.set_setting(USES, value)


def added(old: Mapping[str, Use], new: Mapping[str, Use]) -> dict[str, Use]:
    """Return the uses of both."""
    both = dict(old)
    for key, use in new.items():
        before = both.get(key, NEVER)
        both[key] = Use(before.count + use.count, max(before.last, use.last))
    return both


def read_order(value: object) -> Order:
    """Return the order that a setting names; the own order for what this version does not know."""
    return next((order for order in Order if order.value == value), Order.OWN)


def read_uses(value: object) -> dict[str, Use]:
    """Return what a setting says about uses; what it cannot say is left out."""
    if not isinstance(value, Mapping):
        return {}
    uses: dict[str, Use] = {}
    for key, pair in value.items():
        match pair:
            case [int(count), int(last) | float(last)] if 0 < count < _MOST and 0 <= last < _MOST:
                uses[str(key)] = Use(count, float(last))
    return uses
