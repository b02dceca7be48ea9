"""When the person last touched this Windows computer. Typed, and not run by the tests.

Source: GetLastInputInfo of the Windows API.
"""

import ctypes
import sys

if sys.platform == "win32":
    from ctypes import wintypes

    class _LastInput(ctypes.Structure):
        _fields_ = (("size", wintypes.UINT), ("time", wintypes.DWORD))

    def windows_idle_seconds() -> float | None:
        """Return how long ago that was."""
        last = _LastInput(size=ctypes.sizeof(_LastInput))
        if not ctypes.WinDLL("user32").GetLastInputInfo(ctypes.byref(last)):
            return None
        # Both count milliseconds since the start, and begin anew after 49 days.
        now = int(ctypes.WinDLL("kernel32").GetTickCount())
        return ((now - int(last.time)) & 0xFFFFFFFF) / 1000
