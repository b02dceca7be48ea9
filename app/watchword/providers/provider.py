"""What every kind of server can do, and which kind answers for a link."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from watchword.clock import Clock
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled
from watchword.vault.account import Account, ServerLink

if TYPE_CHECKING:
    from watchword.protocol.key_changes import PinnedKey


@dataclass(frozen=True, slots=True)
class Linked:
    """What an enrolment brought: save it, then acknowledge."""

    account: Account
    first_device: bool  # whether the backup codes in the link are new and must be shown


class Enrolling(Protocol):
    """One enrolment of this device at a server; the steps are called in order, each blocking."""

    @property
    def host(self) -> str:
        """The server's host and port, ASCII: what the person confirms."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences that the person reads before confirming."""
        ...

    def contact(self) -> str:
        """Begin, once the person confirmed the host; return the short code, empty where none is."""
        ...

    def wait(self) -> Linked:
        """Return the account to save."""
        ...

    def acknowledge(self) -> None:
        """Tell the server, once the account is saved."""
        ...

    def cancel(self) -> None:
        """Stop, from any thread."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@runtime_checkable
class Unproved(Protocol):
    """A linking to a server that may have nothing but its key to show who it is."""

    @property
    def needs_fingerprint(self) -> bool:
        """Whether the key must be compared first; or now, after its certificate was refused."""
        ...

    def fingerprint(self) -> str:
        """Return the key's fingerprint in groups; blocks, and sends nothing."""
        ...

    def confirm_fingerprint(self, text: str) -> None:
        """Believe only the server with that key from now on."""
        ...


class Keeper(Protocol):
    """Where keys are kept that change while a server is asked; called from any thread.

    Each returns once the change is durable, and raises NotKept if it cannot be made so.
    """

    def keep_pin(self, origin: str, old: bytes, new: "PinnedKey") -> None:
        """Pin the server's key that followed `old`, for every account of that origin."""
        ...

    def keep_device_key(self, link: ServerLink) -> None:
        """Let the link's next key take the place of its device key."""
        ...

    def keep_link(self, old: ServerLink, new: ServerLink) -> None:
        """Put `new` in the place of `old`."""
        ...


class KeptNowhere:
    """For links that nobody keeps."""

    def keep_pin(self, origin: str, old: bytes, new: "PinnedKey") -> None:
        """Keep nothing."""

    def keep_device_key(self, link: ServerLink) -> None:
        """Keep nothing."""

    def keep_link(self, old: ServerLink, new: ServerLink) -> None:
        """Keep nothing."""


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
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        """Send the decision and return what the server confirmed came of it.

        With `handoff`, from the link of a browser on this computer, nothing was typed.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted:
    """What a server said while the vault is locked."""

    waiting: int
    held: bool  # it understood the wait and held its answer


class HintSource(Protocol):
    """One server, asked with a key that may learn a number and nothing else; for any thread."""

    def waiting(self, known: int | None, wait: float) -> Hinted:
        """Return how many requests wait; held for up to `wait` seconds while they are `known`.

        Raises the family of RemoteError; NotAccepted means that the key is none any more.
        """
        ...

    def close(self) -> None:
        """Hang up and forget the key."""
        ...


@runtime_checkable
class Hints(Protocol):
    """What a kind of server can do besides, if it tells while the vault is locked what waits."""

    def begin_hints(self, link: ServerLink) -> HintSource:
        """Have the server take a new hint key, in place of any other; raises RemoteError."""
        ...

    def end_hints(self, link: ServerLink) -> None:
        """Have the server forget the hint key; raises RemoteError."""
        ...


class Providers:
    """The kinds of server this app knows, each made when first used."""

    def __init__(
        self,
        clock: Clock,
        kinds: dict[str, Callable[[Clock], Provider]] | None = None,
        *,
        keeper: Keeper | None = None,
    ) -> None:
        """Know these kinds, by the name a link carries; by default all that there are."""
        self._clock = clock
        every = {"native": _native, "privacyidea": _privacyidea}
        keeper = keeper or KeptNowhere()
        ours = {name: partial(make, keeper) for name, make in every.items()}
        self._kinds = ours if kinds is None else kinds
        self._made: dict[str, Provider] = {}

    def of(self, link: ServerLink) -> Provider | None:
        """Return the provider of that link; None: a newer version made the link."""
        if link.kind not in self._kinds:
            return None
        if link.kind not in self._made:
            self._made[link.kind] = self._kinds[link.kind](self._clock)
        return self._made[link.kind]

    def hints_of(self, link: ServerLink) -> Hints | None:
        """Return the same where it can say that something waits while the vault is locked."""
        provider: object = self.of(link)
        return provider if isinstance(provider, Hints) else None

    def close(self) -> None:
        """Close all connections and forget all keys: when the vault locks."""
        for provider in self._made.values():
            provider.close()


def enrolment_of(
    link: str,
    device_name: str,
    clock: Clock,
    *,
    links: Iterable[ServerLink] = (),
    keeper: Keeper | None = None,
) -> Enrolling:
    """Return the enrolment that a link asks for, whichever kind of server made it.

    Raises what the kind's own Enrolment does.
    """
    from watchword.providers import native_enrolment, privacyidea_enrolment
    from watchword.providers.privacyidea_link import is_push_link

    if is_push_link(link):
        return privacyidea_enrolment.Enrolment(
            link, device_name, clock, links=links, keeper=keeper
        )
    return native_enrolment.Enrolment(link, device_name, clock, links=links, keeper=keeper)


def _native(keeper: Keeper, clock: Clock) -> Provider:
    from watchword.providers.native import NativeProvider

    return NativeProvider(clock, keeper=keeper)


def _privacyidea(keeper: Keeper, clock: Clock) -> Provider:
    from watchword.providers.privacyidea import PrivacyIdeaProvider

    return PrivacyIdeaProvider(clock, keeper=keeper)
