"""What can go wrong, as a family a caller can tell apart and a person can read.

::

    WatchwordError                an answer to "what happened, why, and what now"
    ├── KnownError                the world failed: a file, a server, a person's input
    │   ├── InvalidInput          what was given cannot be used: nothing was changed
    │   ├── WrongPassword         the password (or recovery key) does not open it
    │   ├── VaultDamaged          the bytes on disk are not what was written
    │   ├── VaultError            any other refusal of the vault (not saved, newer, exists)
    │   ├── NoSuchThing           no account or login request of that name, or more than one
    │   └── RemoteError           a server or the network
    └── BugError                  we failed: the only kind that offers a report

Packages subclass these with names for what a caller treats differently. Every text is fit to
be shown as it stands and holds no secret.
"""


class WatchwordError(Exception):
    """An error with a text for people: what happened, why, and what to do about it."""

    def __init__(self, title: str, reason: str = "", what_to_do: str = "") -> None:
        """Keep the three sentences; `reason` and `what_to_do` may be empty."""
        super().__init__(title, reason, what_to_do)
        self.title = title
        self.reason = reason
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        """Return the sentences in one line, as the command line prints them."""
        parts = (self.title, self.reason, self.what_to_do)
        return " ".join(
            part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part
        )


class KnownError(WatchwordError):
    """The world failed; the text says how."""


class BugError(WatchwordError):
    """We failed; worth a report."""


class InvalidInput(KnownError):
    """What was given cannot be used; nothing was changed."""


class WrongPassword(KnownError):
    """The password or recovery key does not open the vault; the vault itself is sound."""


class VaultDamaged(KnownError):
    """The bytes on disk are not what was written; says nothing about the password."""


class VaultError(KnownError):
    """Any other refusal of the vault: not saved, too new, exists already."""


class NoSuchThing(KnownError):
    """No account or login request answers to that name, or more than one does."""


class RemoteError(KnownError):
    """A server could not be reached, or answered what it must not."""
