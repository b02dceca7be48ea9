"""A Watchword server, asked while the vault is locked: how many requests wait (docs/protocol.md §10).

What is kept for it is a hint key, which signs nothing else, and the server's public key: neither
the vault's keys nor the device's.
"""

from watchword.clock import Clock
from watchword.protocol.key_changes import PinnedKey
from watchword.protocol.key_messages import Hint
from watchword.protocol.signing import SigningKey
from watchword.protocol.version import API, LONGEST_WAIT
from watchword.providers.native_line import SignedLine, Trust
from watchword.providers.provider import Hinted
from watchword.remote.client import Sender


class HintLine:
    """Asks for one device, on a connection of its own; see HintSource."""

    def __init__(self, sender: Sender, key: SigningKey, pin: PinnedKey, clock: Clock) -> None:
        """Nothing is contacted yet."""
        self._clock = clock
        self._sender = sender
        # A change of the server's key is followed by proof here, too, and not kept: the vault is
        # locked. Once it is open, the app follows it again.
        trust = Trust(pin, lambda _old, _new: None)
        self._line: SignedLine | None = SignedLine(sender, key, trust, "", clock)

    def waiting(self, known: int | None, wait: float) -> Hinted:
        """Return how many requests wait; see HintSource."""
        line = self._line
        if line is None:
            return Hinted(waiting=0, held=False)
        begun = self._clock.monotonic()
        query = f"known={known}" if known is not None else ""
        longest = min(wait, float(LONGEST_WAIT))
        number = line.ask("GET", f"{API}/hint", Hint, query=query, wait=longest).waiting
        held = wait < 1 or number != known or self._clock.monotonic() - begun >= 1
        return Hinted(waiting=number, held=held)

    def close(self) -> None:
        """Hang up and forget the key."""
        self._line = None
        self._sender.close()
