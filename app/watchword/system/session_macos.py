"""Sleep, locked screens and another person's turn on macOS, told by its notification centres.

Sources: NSWorkspace's notifications; com.apple.screenIsLocked, which has no documentation and has
been sent since Mac OS X 10.6. Typed, and not run by the tests, which have no Mac.
"""

import ctypes
import sys
from collections.abc import Callable

from watchword.system.session_signals import Ear, Said

if sys.platform == "darwin":
    from watchword.system import objc

    _OF_WORKSPACE = {
        "NSWorkspaceWillSleepNotification": Said.SLEEPS,
        "NSWorkspaceDidWakeNotification": Said.WOKE,
        "NSWorkspaceSessionDidResignActiveNotification": Said.LOCKED,
    }
    _OF_ALL = {"com.apple.screenIsLocked": Said.LOCKED}

    class MacSignals:
        """Called by the run loop that Qt runs."""

        def __init__(self) -> None:
            self._tell: Callable[[Said], None] | None = None
            self._listener: objc.Listener | None = None

        @property
        def ears(self) -> tuple[Ear, ...]:
            """Return what is to be read from."""
            return ()

        def begin(self, tell: Callable[[Said], None]) -> None:
            """Begin to call `tell`, on this thread."""
            self._tell = tell
            self._listener = objc.Listener(self._hear)
            for centre, names in ((_workspace(), _OF_WORKSPACE), (_of_all(), _OF_ALL)):
                for name in names:
                    objc.send(
                        centre,
                        "addObserver:selector:name:object:",
                        self._listener.object,
                        objc.selector("heard:"),
                        objc.string(name),
                        None,
                    )

        def hold_sleep(self) -> None:
            """Do nothing: macOS tells some moments before, and a save takes a fraction of one."""

        def let_sleep(self) -> None:
            """Do nothing."""

        def close(self) -> None:
            """Listen no more, and hold nothing."""
            listener, self._listener = self._listener, None
            if listener is not None:
                for centre in (_workspace(), _of_all()):
                    objc.send(centre, "removeObserver:", listener.object)

        def _hear(self, notification: int) -> None:
            name = objc.send(objc.send(notification, "name"), "UTF8String", result=ctypes.c_char_p)
            said = (_OF_WORKSPACE | _OF_ALL).get((name or b"").decode("utf-8", "replace"))
            if said is not None and self._tell is not None:
                self._tell(said)

    def _workspace() -> int:
        shared = objc.send(objc.named("NSWorkspace"), "sharedWorkspace")
        return int(objc.send(shared, "notificationCenter"))

    def _of_all() -> int:
        return int(objc.send(objc.named("NSDistributedNotificationCenter"), "defaultCenter"))
