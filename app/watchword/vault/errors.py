"""What a vault refuses, named for what a caller does about it.

::

    VaultDamaged (watchword.errors)       offer .bak and backups
    └── ContentsDamaged                   the key fits, what is inside does not: rescue
    VaultError (watchword.errors)
    ├── VaultExists                       first run is not possible: unlock or recover
    ├── VaultMissing                      nothing there; its traces may be
    ├── VaultNewer                        written by a later major version
    ├── VaultUnreadable                   not ours to read: a folder, a link, no permission
    ├── NotEnoughMemory                   the file asks for more than this computer should give
    ├── LimitReached                      the vault is full in one way
    ├── Cancelled                         a person no longer wanted it; nothing was written
    ├── SavedUnconfirmed                  the new vault stands, its durability is not confirmed
    └── NotSaved                          the old vault stands, the changes are in memory
        ├── VaultBusy                     somebody else holds the lock
        ├── VaultKeyChanged               unlock again, then the changes are merged
        └── VaultReplaced                 another, older, damaged or no vault is there: ask
    WrongPassword (watchword.errors)
    └── RecoveryKeyMistyped               its own check fails; nothing was tried
    InvalidInput (watchword.errors)
    └── TextTooLong
    NoSuchThing (watchword.errors)
    └── NoSuchAccount
    BugError (watchword.errors)
    └── VaultIsLocked                     somebody kept an open vault after lock()
"""

from collections.abc import Callable

from watchword.errors import (
    BugError,
    InvalidInput,
    NoSuchThing,
    VaultDamaged,
    VaultError,
    WrongPassword,
)


class ContentsDamaged(VaultDamaged):
    """The password opens the vault, but what is inside is not what Watchword writes."""


class VaultExists(VaultError):
    """A vault, or a trace of one, is there already."""


class VaultMissing(VaultError):
    """There is no vault at this place."""


class VaultNewer(VaultError):
    """Written by a later major version; nothing was changed."""


class VaultUnreadable(VaultError):
    """What lies at this place cannot be read as a vault."""


class NotEnoughMemory(VaultError):
    """Opening would take more than half of this computer's memory."""


class LimitReached(VaultError):
    """One of the vault's limits is reached; nothing was changed."""


class Cancelled(VaultError):
    """A person cancelled before anything was written."""


class SavedUnconfirmed(VaultError):
    """The new vault is in its place, but the system did not confirm that it will last."""


class NotSaved(VaultError):
    """The vault on disk is as it was; the changes are still in memory."""


class VaultBusy(NotSaved):
    """Another process is saving and did not finish in time."""


class VaultKeyChanged(NotSaved):
    """Another process changed the password or the slots: unlock again."""


class VaultReplaced(NotSaved):
    """On disk is an older, another, a damaged or no vault: a person must decide."""


class RecoveryKeyMistyped(WrongPassword):
    """The recovery key's own check fails."""


class TextTooLong(InvalidInput):
    """A text is longer than the vault keeps."""


class NoSuchAccount(NoSuchThing):
    """No account has this id."""


class VaultIsLocked(BugError):
    """An open vault was used after it was locked."""


def check_wanted(still_wanted: Callable[[], bool] | None) -> None:
    """Ask, before something is written, whether it is still wanted. Raises Cancelled."""
    if still_wanted and not still_wanted():
        raise Cancelled("Cancelled", "Nothing was changed")


def damaged(what: str) -> VaultDamaged:
    """Return the error for bytes that are not what was written; `what` says where."""
    return VaultDamaged(
        "The vault is damaged",
        what,
        "Nothing was changed. Restore the copy beside it (.bak) or a backup",
    )
