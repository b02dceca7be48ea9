"""When the person last touched this Mac. Typed, and not run by the tests.

Source: CGEventSourceSecondsSinceLastEventType of Core Graphics.
"""

import ctypes
import sys

if sys.platform == "darwin":
    _HARDWARE = 1  # kCGEventSourceStateHIDSystemState
    _ANY_INPUT = 0xFFFFFFFF  # kCGAnyInputEventType

    def mac_idle_seconds() -> float | None:
        """Return how long ago that was."""
        try:
            graphics = ctypes.CDLL(
                "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
            )
        except OSError:
            return None
        since = graphics.CGEventSourceSecondsSinceLastEventType
        since.restype = ctypes.c_double
        since.argtypes = [ctypes.c_int32, ctypes.c_uint32]
        return float(since(_HARDWARE, _ANY_INPUT))
