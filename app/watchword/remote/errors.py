"""What a server or the network can do to us, told apart by what a caller does next.

::

    RemoteError
    ├── AddressRefused     we will not contact such an address at all
    ├── Unreachable        nothing was sent: no network, no such host, nobody listens, a proxy refuses
    ├── TlsRefused         nothing was sent: whoever answers cannot prove to be the server
    ├── AnswerLost         it was sent, and no whole answer came back: it may have taken effect
    ├── NotOurServer       an answer, but not of a login server (a captive portal, a redirect)
    │   └── TooLarge       an answer larger than any we ask for
    ├── ServerBusy         "not now"; `retry_after` says when
    └── ServerFailed       the server says that it has a problem (5xx)
"""

from watchword.errors import RemoteError

__all__ = [
    "AddressRefused",
    "AnswerLost",
    "NotOurServer",
    "RemoteError",
    "ServerBusy",
    "ServerFailed",
    "TlsRefused",
    "TooLarge",
    "Unreachable",
]


class AddressRefused(RemoteError):
    """The address is one we never contact; nothing was sent."""


class Unreachable(RemoteError):
    """No connection came about; nothing was sent."""


class TlsRefused(RemoteError):
    """The connection is not proven to be the server's; nothing was sent over it."""


class AnswerLost(RemoteError):
    """The request went out and no whole answer came: whether it took effect is unknown."""


class NotOurServer(RemoteError):
    """Something answered, but not as a login server does."""


class TooLarge(NotOurServer):
    """The answer is longer than any we ask for; reading stopped there."""


class ServerBusy(RemoteError):
    """The server asks to come back later."""

    def __init__(
        self,
        title: str,
        reason: str = "",
        what_to_do: str = "",
        *,
        retry_after: float | None = None,
    ) -> None:
        """Keep `retry_after`: seconds the server asked for, believed up to 15 minutes; or None."""
        super().__init__(title, reason, what_to_do)
        self.retry_after = retry_after


class ServerFailed(RemoteError):
    """The server has a problem of its own."""
