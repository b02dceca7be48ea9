"""What starts this very installation again, for whoever is to start it."""

import os
import sys


def own_command() -> tuple[str, ...]:
    """Return the program and its arguments."""
    if image := os.environ.get("APPIMAGE"):
        return (image,)
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    # With -m alone a folder named watchword would be run in our place, wherever one is started from:
    # where downloads lie, say.
    return (sys.executable, "-P", "-m", "watchword")
