"""What servers say no to, apart from what the network does.

::

    RemoteError
    ├── NotAccepted           the server did not accept what this device sent; changes nothing
    ├── NotKept               a key that changed could not be saved, so nobody goes on with it
    ├── SignInNotOffered      nobody can sign in from this computer at that address
    └── DeviceRevoked         the server says, signed, that this device was removed
    InvalidInput
    └── EnrolmentRefused      the browser said no, or three wrong short codes
        ├── EnrolmentUsed     another device used this link
        ├── EnrolmentExpired  the link's time is over
        └── OtherServerKey    an account at this address has another server key
    KnownError
    └── EnrolmentCancelled    the person stopped it here
"""

from watchword.errors import InvalidInput, KnownError, RemoteError


class NotAccepted(RemoteError):
    """The server did not accept what this device sent; unsigned, so nothing changes."""

    def __init__(self, title: str, reason: str, what_to_do: str, *, status: int) -> None:
        """Keep the HTTP status."""
        super().__init__(title, reason, what_to_do)
        self.status = status


class NotKept(RemoteError):
    """A key that changed could not be saved here; it is tried again with the next question."""


class SignInNotOffered(RemoteError):
    """What answers at the address lets nobody sign in from this computer."""


class DeviceRevoked(RemoteError):
    """The server says, signed, that this device was removed."""


class EnrolmentRefused(InvalidInput):
    """The enrolment came to nothing at the server; no account was made."""


class EnrolmentUsed(EnrolmentRefused):
    """Another device was first."""


class EnrolmentExpired(EnrolmentRefused):
    """Nobody confirmed in time."""


class OtherServerKey(EnrolmentRefused):
    """The server at this address has another key than for the accounts already here."""


class EnrolmentCancelled(KnownError):
    """The person stopped the enrolment; no account was made."""
