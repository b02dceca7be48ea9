"""For how long nobody has touched the keyboard or the mouse of this computer.

One question, and a file for each system.
"""

import sys


def idle_seconds() -> float | None:
    """Return it in seconds; None where the system does not say.

    May take a moment: never on the GUI thread.
    """
    idle: float | None = None
    if sys.platform == "linux":
        from watchword.system.idle_linux import desktop_idle_seconds, x11_idle_seconds

        idle = desktop_idle_seconds()
        if idle is None:
            idle = x11_idle_seconds()
    elif sys.platform == "win32":
        from watchword.system.idle_windows import windows_idle_seconds

        idle = windows_idle_seconds()
    elif sys.platform == "darwin":
        from watchword.system.idle_macos import mac_idle_seconds

        idle = mac_idle_seconds()
    return idle
