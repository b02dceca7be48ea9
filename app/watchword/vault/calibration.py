"""How hard the key derivation is made: about half a second on this computer."""

from watchword.clock import Clock
from watchword.vault import crypto
from watchword.vault.crypto import KdfCost

_AIM_SECONDS = 0.5
_FEWEST_PASSES = 3


def calibrated(clock: Clock) -> KdfCost:
    """Return the cost for a new slot: 64 MiB, 4 lanes, and 3 to 16 passes for half a second.

    On a computer where 64 MiB is more than half of the memory, as much as fits. Takes about a
    tenth of a second.
    """
    memory = crypto.DEFAULT.memory_kib
    while memory > crypto.CHEAPEST.memory_kib and not crypto.fits_memory(KdfCost(memory, 1, 1)):
        memory //= 2
    trial = KdfCost(memory, 1, crypto.DEFAULT.lanes)
    started = clock.monotonic()
    crypto.wipe(crypto.stretch(b"trial", bytes(16), trial))
    seconds = max(clock.monotonic() - started, 0.001)
    passes = min(max(round(_AIM_SECONDS / seconds), _FEWEST_PASSES), crypto.MOST_PASSES)
    return KdfCost(memory, passes, crypto.DEFAULT.lanes)
