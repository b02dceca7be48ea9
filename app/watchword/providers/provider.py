"""What every kind of server can do, and which kind answers for a link."""

from collections.abc import Callable
from typing import Protocol

from watchword.clock import Clock
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled
from watchword.vault.account import ServerLink


class Provider(Protocol):
    """One kind of server. Methods block until the server answered or the time is over.

    All may be called from several threads at once, and raise the family of RemoteError.
    """

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        """Return what waits for the account now.

        With `wait`, the server holds the answer up to so many seconds, until there is a
        request whose id is not in `known`.
        """
        ...

    def answer(
        self, link: ServerLink, request: LoginRequest, decision: Decision, code: str = ""
    ) -> Answer:
        """Send the decision and return what the server confirmed came of it.

        Result.UNKNOWN means that it was sent and nothing was confirmed; sending the same again
        is safe. An error means that nothing was sent.
        """
        ...

    def unlink(self, link: ServerLink) -> None:
        """Tell the server that this device is no longer used for the account."""
        ...

    def close(self) -> None:
        """Close the connections and forget all keys: when the vault locks."""
        ...


class Providers:
    """The kinds of server this app knows, each made when first used."""

    def __init__(
        self, clock: Clock, kinds: dict[str, Callable[[Clock], Provider]] | None = None
    ) -> None:
        """Know these kinds, by the name a link carries; by default all that there are."""
        self._clock = clock
        self._kinds = {"native": _native} if kinds is None else kinds
        self._made: dict[str, Provider] = {}

    def of(self, link: ServerLink) -> Provider | None:
        """Return the provider of that link; None: a newer version made the link."""
        if link.kind not in self._kinds:
            return None
        if link.kind not in self._made:
            self._made[link.kind] = self._kinds[link.kind](self._clock)
        return self._made[link.kind]

    def close(self) -> None:
        """Close all connections and forget all keys: when the vault locks."""
        for provider in self._made.values():
            provider.close()


def _native(clock: Clock) -> Provider:
    from watchword.providers.native import NativeProvider

    return NativeProvider(clock)
