"""What each failure is to a script: its exit status (a contract, see docs/cli.md)."""

from watchword.errors import (
    KnownError,
    NoSuchThing,
    RemoteError,
    VaultDamaged,
    WatchwordError,
    WrongPassword,
)

OK, FAILED, USAGE, WRONG_PASSWORD, DAMAGED, NO_SUCH_THING, REMOTE = range(7)

_STATUS: tuple[tuple[type[WatchwordError], int], ...] = (
    (WrongPassword, WRONG_PASSWORD),
    (VaultDamaged, DAMAGED),
    (NoSuchThing, NO_SUCH_THING),
    (RemoteError, REMOTE),
)


class Misused(KnownError):
    """The command line asks for what cannot be; exit status 2."""


class Declined(KnownError):
    """The person was asked and said no, or could not be asked; nothing was changed."""


def exit_status(error: WatchwordError) -> int:
    """Return the exit status for `error`."""
    if isinstance(error, Misused):
        return USAGE
    return next((status for kind, status in _STATUS if isinstance(error, kind)), FAILED)
