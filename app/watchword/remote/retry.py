"""When to try again: doubling waits with jitter, and how far a server's "later" is believed."""

import math
import re
from dataclasses import dataclass

# A server that asks us to stay away for years would otherwise silence login requests for ever.
MOST_BELIEVED_SECONDS = 15 * 60.0
# A server in trouble is asked at most this seldom ...
LONGEST_WAIT_SECONDS = 5 * 60.0
# ... but where it is our network that fails, nobody is hurt by a try, and people expect login
# requests within half a minute of the network's return.
LONGEST_WAIT_AWAY_SECONDS = 25.0

_FIRST_WAIT_SECONDS = 2.0
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often in a row it failed, and so how long to wait; immutable."""

    failures: int = 0

    def after_failure(self) -> "Backoff":
        """Return the back-off one failure later."""
        return Backoff(min(self.failures + 1, 30))

    def wait(
        self, jitter: float, *, away: bool = False, retry_after: float | None = None
    ) -> float:
        """Return the seconds to wait before the next try; 0 when nothing failed.

        `jitter` is a random number in [0, 1): devices that lost the same server must not return
        in one moment. With `away` it was the network and not the server. A `retry_after`, in
        seconds and already bounded, is never undercut.
        """
        if self.failures == 0:
            return 0.0
        longest = LONGEST_WAIT_AWAY_SECONDS if away else LONGEST_WAIT_SECONDS
        doubled = min(longest, _FIRST_WAIT_SECONDS * 2.0 ** (self.failures - 1))
        wait = doubled * (0.5 + 0.5 * jitter)
        return max(wait, min(retry_after or 0.0, MOST_BELIEVED_SECONDS))


def retry_after_seconds(value: str, now: float) -> float | None:
    """Return what a Retry-After header asks for in seconds, at most 15 minutes, else None.

    `value` is a number of seconds or an HTTP date (RFC 9110 §10.2.3); `now` is Unix seconds,
    best those of the server's own Date header. Anything else, a negative number included, says
    nothing.
    """
    from email.utils import parsedate_to_datetime  # seldom needed, and long to load

    value = value.strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), MOST_BELIEVED_SECONDS)
    try:
        at = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
    wait = at - now
    return min(wait, MOST_BELIEVED_SECONDS) if math.isfinite(wait) and wait > 0 else None
