"""What can be wrong with a link or a message, named for what the caller does about it.

::

    InvalidInput
    ├── OriginRefused         the server's address is not one we would ever contact
    └── LinkRefused           the enrolment link is not valid
        ├── LinkTooNew        it needs a newer version of Watchword
        └── LinkExpired       it was valid once
    RemoteError
    └── ProtocolError         the other end said what it must not
        ├── MessageRefused    not a message, or a member of it is out of bounds
        ├── MessageTooNew     it needs a newer version, or names a critical member we do not know
        ├── BadSignature      it was not signed by the key that had to sign it
        ├── WrongServer       the server's key is not the one of the link or of the account
        ├── KeyWithoutProof   the server's key is another one, and nothing proves that it may be
        ├── NotForUs          signed and well formed, but for another request, device or time
        └── SignInRefused     the server's page sent us back without what we came for
"""

from watchword.errors import InvalidInput, RemoteError


class OriginRefused(InvalidInput):
    """The server's address is not one we would ever contact."""


class LinkRefused(InvalidInput):
    """The enrolment link is not valid."""


class LinkTooNew(LinkRefused):
    """The enrolment link needs a newer version."""


class LinkExpired(LinkRefused):
    """The enrolment link was valid once."""


class ProtocolError(RemoteError):
    """The other end said what it must not."""


class MessageRefused(ProtocolError):
    """Not a message, or a member of it is out of bounds."""

    def __init__(self, what: str) -> None:
        """Name what was wrong: a member and a rule, never its value."""
        super().__init__(
            "The server's answer was not understood",
            f"{what}.",
            "Try again; if it stays so, tell whoever runs the server.",
        )


class MessageTooNew(ProtocolError):
    """It needs a newer version, or names a critical member we do not know."""

    def __init__(self, what: str) -> None:
        """Name the version or member."""
        super().__init__(
            "The server speaks a newer protocol", f"{what}.", "Update Watchword on this computer."
        )


class BadSignature(ProtocolError):
    """It was not signed by the key that had to sign it."""

    def __init__(self, what: str = "The signature does not fit") -> None:
        """Say which check failed."""
        super().__init__(
            "The answer does not come from your server",
            f"{what}.",
            "Someone may stand between you and the server. Codes still work.",
        )


class WrongServer(ProtocolError):
    """The server's key is not the one of the link or of the account."""

    def __init__(self) -> None:
        """Say it plainly: this is the check that stops an impostor."""
        super().__init__(
            "This is not the server that made the code",
            "Its key is not the one the QR code names.",
            "Make a new QR code on the server's page; if it happens again, do not continue.",
        )


class NotForUs(ProtocolError):
    """Signed and well formed, but for another request, device or time."""

    def __init__(self, what: str) -> None:
        """Say which member does not fit."""
        super().__init__("The server's answer belongs to something else", f"{what}.", "Try again.")


class KeyWithoutProof(ProtocolError):
    """The server's key is another one, and nothing that the old key signed says so."""

    def __init__(self, what: str) -> None:
        """Say which link of the chain does not hold."""
        super().__init__(
            "The server's key changed without proof",
            f"{what}.",
            "Ask whoever runs the server. If the key was lost, link this account again there. "
            "Codes still work.",
        )


class SignInRefused(ProtocolError):
    """The server's page sent us back without what we came for; `denied`: the person said no."""

    def __init__(self, *, denied: bool) -> None:
        """Say who ended it."""
        self.denied = denied
        super().__init__(
            "This computer was not signed in",
            "No was chosen on the server's page." if denied else "The server's page gave up.",
            "Begin again if you want to add this computer.",
        )
