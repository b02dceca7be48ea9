"""The encrypted file that holds the accounts: locked, open, saved, never lost."""

from watchword.vault.account import Account, ServerLink, new_account_id
from watchword.vault.crypto import CHEAPEST, KdfCost
from watchword.vault.errors import (
    Cancelled,
    ContentsDamaged,
    LimitReached,
    NoSuchAccount,
    NotEnoughMemory,
    NotSaved,
    RecoveryKeyMistyped,
    SavedUnconfirmed,
    TextTooLong,
    VaultBusy,
    VaultExists,
    VaultIsLocked,
    VaultKeyChanged,
    VaultMissing,
    VaultNewer,
    VaultReplaced,
    VaultUnreadable,
)
from watchword.vault.history import HistoryEntry
from watchword.vault.payload import Trashed
from watchword.vault.places import Places
from watchword.vault.traces import Trace, TraceKind
from watchword.vault.vault import LockedVault, OpenVault, create_vault

__all__ = [
    "CHEAPEST",
    "Account",
    "Cancelled",
    "ContentsDamaged",
    "HistoryEntry",
    "KdfCost",
    "LimitReached",
    "LockedVault",
    "NoSuchAccount",
    "NotEnoughMemory",
    "NotSaved",
    "OpenVault",
    "Places",
    "RecoveryKeyMistyped",
    "SavedUnconfirmed",
    "ServerLink",
    "TextTooLong",
    "Trace",
    "TraceKind",
    "Trashed",
    "VaultBusy",
    "VaultExists",
    "VaultIsLocked",
    "VaultKeyChanged",
    "VaultMissing",
    "VaultNewer",
    "VaultReplaced",
    "VaultUnreadable",
    "create_vault",
    "new_account_id",
]
