"""The open vault: everything in memory, changed there, and saved as a whole."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchword.clock import Clock
from watchword.errors import VaultDamaged
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import backups, contents, crypto, file_format, loaded, slots, traces
from watchword.vault import merge as merging
from watchword.vault.account import Account, ServerLink
from watchword.vault.errors import (
    LimitReached,
    NoSuchAccount,
    NotSaved,
    SavedUnconfirmed,
    VaultIsLocked,
    VaultKeyChanged,
    VaultNewer,
    VaultReplaced,
    VaultUnreadable,
)
from watchword.vault.history import HistoryEntry
from watchword.vault.keyslots import KeyRing
from watchword.vault.limits import ADDITIONS_UNTIL
from watchword.vault.loaded import Loaded
from watchword.vault.payload import Payload, Trashed
from watchword.vault.places import Places
from watchword.vault.storage import VaultFile

if TYPE_CHECKING:
    from watchword.vault.vault import LockedVault


class OpenVault:
    """A vault whose key is in memory.

    Edits change memory only, until `save`. Any thread may call; a save in one lets the
    edits of the others wait. After `lock` every call raises VaultIsLocked.
    """

    def __init__(self, file: VaultFile, state: Loaded, clock: Clock) -> None:
        """Made by LockedVault.unlock and create_vault."""
        self._file = file
        self._clock = clock
        self._mutex = threading.RLock()
        self._loaded: Loaded | None = state
        self._payload = state.contents
        self._unconfirmed = False
        self._writer = crypto.random_bytes(4).hex()
        self._notices: list[str] = []
        self._accounts: tuple[Account, ...] | None = None
        self._added_bytes = 0

    # ---- what it holds

    @property
    def path(self) -> Path:
        """The vault's file."""
        return self._file.places.vault

    @property
    def id(self) -> str:
        """The vault's id, 32 hexadecimal digits, the same for its whole life."""
        return self._state().ring.vault_id.hex()

    @property
    def generation(self) -> int:
        """The number of the save that is on disk."""
        return self._state().header.generation

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts, in the person's own order."""
        with self._mutex:
            self._state()
            if self._accounts is None:
                self._accounts = tuple(e.account for e in self._payload.accounts.values())
            return self._accounts

    @property
    def trash(self) -> tuple[Trashed, ...]:
        """What was removed, the last first."""
        self._state()
        return tuple(sorted(self._payload.trash.values(), key=lambda t: t.stamp, reverse=True))

    @property
    def history(self) -> tuple[HistoryEntry, ...]:
        """The answered login requests, oldest first."""
        self._state()
        return self._payload.history

    @property
    def dirty(self) -> bool:
        """Whether something in memory is not on disk, or not confirmed to be."""
        return self._payload is not self._state().contents or self._unconfirmed

    def take_notices(self) -> tuple[str, ...]:
        """Return, once, what a person should be told about the last opening or merge."""
        with self._mutex:
            taken, self._notices = tuple(self._notices), []
            return taken

    def notice(self, text: str) -> None:
        """Keep something to be told at the next take_notices; an empty text is nothing."""
        if text:
            self._notices.append(text)

    # ---- edits, in memory

    def add(self, accounts: Iterable[Account]) -> None:
        """Add accounts at the end, all or none. Raises LimitReached, TextTooLong."""
        with self._mutex:
            state = self._state()
            new = contents.added(self._payload, self._writer, accounts)
            grown = contents.size_of_new(self._payload, new)
            if state.size + self._added_bytes + grown > ADDITIONS_UNTIL:
                raise LimitReached(
                    "The vault is full",
                    "It is larger than 56 MiB, and accounts are not added any more",
                    "Remove accounts or shorten notes",
                )
            self._added_bytes += grown
            self._change(new)

    def withdraw(self, account_ids: Iterable[str]) -> None:
        """Take back accounts that were added and never saved: nothing remembers them."""
        self._edit(lambda p: contents.withdrawn(p, account_ids))

    def replace(self, account: Account) -> None:
        """Put an edited account in the place of the one with its id. Raises NoSuchAccount."""
        self._edit(lambda p: contents.replaced(p, self._writer, account))

    def relink(self, change: Callable[[ServerLink], ServerLink]) -> None:
        """Let `change` say what each account's link becomes, all at one moment."""
        with self._mutex:
            for account in self.accounts:
                if account.link and (link := change(account.link)) != account.link:
                    self.replace(replace(account, link=link))

    def remove(self, account_id: str) -> None:
        """Move an account to the trash. Raises NoSuchAccount, LimitReached."""
        self._edit(lambda p: contents.removed(p, self._writer, account_id, self._clock.now()))

    def restore(self, account_id: str) -> None:
        """Bring an account back from the trash. Raises NoSuchAccount, LimitReached."""
        self._edit(lambda p: contents.restored(p, account_id))

    def purge(self, account_ids: Iterable[str]) -> None:
        """Let accounts in the trash go for good. Raises NoSuchAccount."""
        self._edit(lambda p: contents.purged(p, self._writer, account_ids))

    def reorder(self, account_ids: Iterable[str]) -> None:
        """Put the accounts in this order; those not named follow as they were."""
        self._edit(lambda p: contents.reordered(p, self._writer, account_ids))

    def record(self, entry: HistoryEntry) -> None:
        """Add an answered login request to the history."""
        self._edit(lambda p: contents.recorded(p, entry))

    def remember_answered(self, request_id: str) -> None:
        """Remember that this login request was answered and must not come back."""
        self._edit(lambda p: contents.answered(p, request_id, self._clock.now()))

    def was_answered(self, request_id: str) -> bool:
        """Tell whether this login request was answered before."""
        self._state()
        return request_id in self._payload.answered

    def setting(self, name: str, otherwise: Any = None) -> Any:
        """Return a setting kept in the vault."""
        self._state()
        found = self._payload.settings.get(name)
        return found.value if found else otherwise

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a setting in the vault; `value` is what JSON can say."""
        self._edit(lambda p: contents.with_setting(p, self._writer, name, value))

    # ---- saving

    def save(self, *, replacing: bool = False) -> None:
        """Write everything to disk, together with what another process wrote meanwhile.

        Returns when it is saved. Raises NotSaved (the old vault stands, the changes are still
        in memory) or SavedUnconfirmed (the new one stands, save again). VaultReplaced asks a person:
        `replacing` then puts what is on disk aside, among the backups, and saves.
        """
        with self._mutex, self._file.locked():
            on_disk = self._join(replacing=replacing)
            if self.dirty or not on_disk:
                before = self._payload
                tidy = contents.tidied(before, self._writer, self._clock.now())
                self._change(tidy)
                try:
                    self._write(self._state().ring, replacing=not on_disk)
                except NotSaved:
                    # What goes with a save does not go without one.
                    self._change(before)
                    raise

    def refresh(self) -> bool:
        """Take over what another process saved; tell whether something changed.

        Raises NotSaved as `save` does when what is on disk cannot be joined.
        """
        with self._mutex:
            before = self._payload
            self._join(replacing=False)
            return self._payload is not before

    def advance_counter(self, account_id: str) -> OtpParameters:
        """Return what the next HOTP code is computed from; its counter is already saved as used.

        Raises NoSuchAccount, CounterOutOfRange, and NotSaved or SavedUnconfirmed: then no code may
        be shown.
        """
        with self._mutex, self._file.locked():
            self._join(replacing=False)
            otp = contents.find(self._payload, account_id).account.otp
            if otp is None or otp.type is not OtpType.HOTP:
                raise NoSuchAccount("This account has no counter", "Its codes come with the time")
            before = self._payload
            self._change(contents.counted(before, account_id))
            try:
                self.save()
            except NotSaved:
                # The code was not shown, so the counter was not used.
                self._change(before)
                raise
            return otp

    def lock(self) -> "LockedVault":
        """Wipe the keys, forget the contents, and return the locked vault."""
        from watchword.vault.vault import LockedVault

        with self._mutex:
            if self._loaded:
                self._loaded.ring.wipe()
            self._loaded = None
            self._payload = Payload()
            self._accounts = None
            return LockedVault(self.path, places=self._file.places)

    # ---- slots

    @property
    def slots(self) -> tuple[slots.SlotFacts, ...]:
        """The ways to open this vault."""
        return slots.facts(self._state().ring)

    def rejoin(self, password: str) -> None:
        """Take over a vault whose key another process changed, keeping the changes in memory.

        Raises WrongPassword, VaultDamaged, VaultNewer, VaultReplaced.
        """
        with self._mutex:
            data = self._file.read()
            if data is None:
                raise _replaced("There is no vault on disk any more")
            theirs = slots.open_with_password(data, password)
            if theirs.ring.vault_id != self._state().ring.vault_id:
                theirs.ring.wipe()
                raise _replaced("Another vault lies in its place")
            self._take(theirs)

    def check_password(self, password: str) -> None:
        """Ask the password again. Raises WrongPassword."""
        slots.check_password(self._state().ring, password)

    def check_keyring(self, secret: bytes) -> None:
        """Ask again, of what a keyring keeps. Raises WrongPassword."""
        slots.check_keyring(self._state().ring, secret)

    def change_slots(self, change: Callable[[KeyRing], KeyRing]) -> None:
        """Save with the ring that `change` returns; if that fails, nothing has changed.

        Used by watchword.vault.slots. Raises NotSaved; SavedUnconfirmed when the new ring stands.
        """
        with self._mutex, self._file.locked():
            self._join(replacing=False)
            old, before = self._state().ring, self._payload
            ring = change(old)
            try:
                self._write(ring)
            except SavedUnconfirmed:
                old.wipe()
                raise
            except BaseException:
                ring.wipe()
                # What `change` noted in the contents belongs to the ring that there is not.
                self._change(before)
                raise
            old.wipe()

    # ---- facts

    @property
    def places(self) -> Places:
        """Where this vault and what belongs to it lie."""
        return self._file.places

    @property
    def header(self) -> file_format.Header:
        """What the file on disk says in clear."""
        return self._state().header

    def sealed_copy(self, old: Loaded) -> bytes:
        """Return an older generation as a file that opens as this vault does now."""
        data, _ = loaded.build(
            old.contents,
            self._state().ring,
            old.header.generation,
            old.header.saved_at or 0,
            old.header,
        )
        return data

    def joined_file(self) -> bytes:
        """Return the bytes on disk, when they are this vault's last known save.

        Raises NotSaved as `save` does when something else lies there.
        """
        with self._mutex, self._file.locked():
            self._join(replacing=False)
            return self._file.read() or b""

    def info(self) -> dict[str, Any]:
        """Return what `vault info` shows; nothing in it is secret."""
        state = self._state()
        header = state.header
        return {
            "vault": str(self.path),
            "vault_id": self.id,
            "format": f"{file_format.MAJOR}.{header.minor}",
            "generation": header.generation,
            "saved_at": header.saved_at,
            "writer": header.writer,
            "size": state.size,
            "accounts": len(self._payload.accounts),
            "trash": len(self._payload.trash),
            "history": len(self._payload.history),
            "slots": [slot.members() for slot in self.slots],
            "backups": len(traces.backup_files(self._file.places)),
        }

    # ---- inside

    def _state(self) -> Loaded:
        if self._loaded is None:
            raise VaultIsLocked("The vault was locked", "An open one was used afterwards")
        return self._loaded

    def _edit(self, change: Callable[[Payload], Payload]) -> None:
        with self._mutex:
            self._state()
            self._change(change(self._payload))

    def _change(self, new: Payload) -> None:
        self._payload = new
        self._accounts = None

    def _join(self, *, replacing: bool) -> int:
        """Compare the disk with what was loaded, and merge what another process wrote.

        Returns the generation on disk if it is this vault's, else 0 (with `replacing`).
        """
        state = self._state()
        try:
            data = self._file.read()
            parsed = file_format.parse(data) if data is not None else None
        except (VaultNewer, VaultUnreadable) as error:
            raise NotSaved(error.title, error.reason, error.what_to_do) from None
        except VaultDamaged as error:
            return _asked(f"The vault on disk is damaged: {error.reason}", replacing)
        if parsed is None:
            return _asked("There is no vault on disk any more", replacing)
        found = parsed.header
        if found.vault_id != state.ring.vault_id:
            return _asked("Another vault lies in its place", replacing)
        if parsed.checksum == state.checksum:
            return found.generation
        if found.generation < state.header.generation:
            return _asked("An older copy of the vault lies in its place", replacing)
        try:
            theirs = loaded.load(parsed, state.ring.vault_key)
        except crypto.SealBroken:
            raise VaultKeyChanged(
                "Not saved",
                "The password or another way to open this vault was changed meanwhile",
                "Give the new password; your changes are kept",
            ) from None
        except VaultDamaged as error:
            return _asked(f"The vault on disk is damaged: {error.reason}", replacing)
        self._take(theirs)
        return found.generation

    def _take(self, theirs: Loaded) -> None:
        state = self._state()
        if self._payload is state.contents:
            self._change(theirs.contents)
        else:
            merged = merging.merge(state.contents, self._payload, theirs.contents)
            self._notices += merged.notices
            same = merged.payload == theirs.contents
            self._change(theirs.contents if same else merged.payload)
        self._loaded = theirs
        if theirs.ring.vault_key is not state.ring.vault_key:
            state.ring.wipe()

    def _write(self, ring: KeyRing, *, replacing: bool = False) -> None:
        state = self._state()
        now = self._clock.now()
        data, new = loaded.build(
            self._payload, ring, state.header.generation + 1, now, state.header
        )
        if replacing:
            backups.put_aside(self._file, now)
        else:
            self.notice(backups.before_save(self._file, state, new, now))
        try:
            self._file.replace(data, keep_previous=not replacing)
        except SavedUnconfirmed:
            self._saved(new)
            self._unconfirmed = True
            raise
        self._saved(new)
        self._unconfirmed = False
        self.notice(backups.after_save(self._file, state, new, data, now))

    def _saved(self, new: Loaded) -> None:
        self._loaded = new
        self._change(new.contents)
        self._added_bytes = 0
        traces.write_marker(self._file.places, new.header)


def _asked(reason: str, replacing: bool) -> int:
    """Go on without what is on disk if a person said so, else ask. Raises VaultReplaced."""
    if not replacing:
        raise _replaced(reason)
    return 0


def _replaced(reason: str) -> VaultReplaced:
    return VaultReplaced(
        "Not saved", reason, "Your changes are in memory. Decide which of the two is to stay"
    )
