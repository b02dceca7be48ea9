"""A window that asks to be left out of pictures and recordings of the screen.

Sources: SetWindowDisplayAffinity of the Windows API; sharingType of macOS's NSWindow, which versions
from 15 on no longer mind everywhere. Linux has nothing of the kind. Typed, and not run by the tests
on the other two.
"""

import ctypes
import sys


def can_be_left_out() -> bool:
    """Tell whether this system can be asked."""
    return sys.platform in {"win32", "darwin"}


def leave_out(window: int, *, wanted: bool) -> None:
    """Ask it for the window whose number the window system knows; nothing where it cannot be."""
    if sys.platform == "win32":
        from ctypes import wintypes

        left_out, black, shown = 0x11, 0x01, 0x00  # the first since Windows 10, version 2004
        affinity = ctypes.WinDLL("user32").SetWindowDisplayAffinity
        handle = wintypes.HWND(window)
        if not affinity(handle, left_out if wanted else shown) and wanted:
            affinity(handle, black)
    elif sys.platform == "darwin":
        from watchword.system import objc

        nobody, others_read = 0, 1
        frame = objc.send(window, "window")  # the number is that of a view
        if frame:
            kinds = (ctypes.c_ulong,)
            objc.send(frame, "setSharingType:", nobody if wanted else others_read, kinds=kinds)
