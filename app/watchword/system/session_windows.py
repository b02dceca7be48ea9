"""Sleep and locked sessions on Windows, told to a window of our own that is never seen.

Sources: WTSRegisterSessionNotification, RegisterSuspendResumeNotification, WM_WTSSESSION_CHANGE
and WM_POWERBROADCAST of the Windows API. Typed, and not run by the tests, which have no Windows.
"""

import ctypes
import sys
from collections.abc import Callable

from watchword.system.session_signals import Ear, Said

if sys.platform == "win32":  # elsewhere the type checker has no windll to look into
    from ctypes import wintypes

    _ONLY_MESSAGES = wintypes.HWND(-3)  # HWND_MESSAGE
    _FOR_THIS_SESSION = 0
    _TO_A_WINDOW = 0  # DEVICE_NOTIFY_WINDOW_HANDLE
    _POWER, _SUSPENDS, _RESUMED = 0x0218, 4, 0x12
    _SESSION, _CONSOLE_LEFT, _REMOTE_LEFT, _LOCKED = 0x02B1, 2, 4, 7
    _CLASS = "WatchwordSession"
    _Procedure = ctypes.WINFUNCTYPE(
        ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
    )

    class _WindowClass(ctypes.Structure):
        _fields_ = (
            ("style", wintypes.UINT),
            ("procedure", _Procedure),
            ("class_extra", ctypes.c_int),
            ("window_extra", ctypes.c_int),
            ("instance", wintypes.HINSTANCE),
            ("icon", wintypes.HANDLE),
            ("cursor", wintypes.HANDLE),
            ("background", wintypes.HANDLE),
            ("menu", wintypes.LPCWSTR),
            ("name", wintypes.LPCWSTR),
        )

    class WindowsSignals:
        """A window for messages alone; the window system's own loop, which Qt runs, calls it."""

        def __init__(self) -> None:
            self._tell: Callable[[Said], None] | None = None
            self._window: int | None = None
            self._power: int | None = None
            # Held for as long as the window lives: Windows keeps only its address.
            self._procedure = _Procedure(self._hear)

        @property
        def ears(self) -> tuple[Ear, ...]:
            """Return what is to be read from."""
            return ()

        def begin(self, tell: Callable[[Said], None]) -> None:
            """Begin to call `tell`, on this thread."""
            user = ctypes.WinDLL("user32")
            user.CreateWindowExW.restype = wintypes.HWND
            user.RegisterSuspendResumeNotification.restype = wintypes.HANDLE
            module = ctypes.WinDLL("kernel32").GetModuleHandleW
            module.restype = wintypes.HMODULE
            instance = wintypes.HINSTANCE(module(None))
            described = _WindowClass(procedure=self._procedure, instance=instance, name=_CLASS)
            user.RegisterClassW(ctypes.byref(described))
            self._tell = tell
            self._window = user.CreateWindowExW(
                0, _CLASS, None, 0, 0, 0, 0, 0, _ONLY_MESSAGES, None, instance, None
            )
            if self._window:
                window = wintypes.HWND(self._window)
                ctypes.WinDLL("wtsapi32").WTSRegisterSessionNotification(window, _FOR_THIS_SESSION)
                self._power = user.RegisterSuspendResumeNotification(window, _TO_A_WINDOW)

        def hold_sleep(self) -> None:
            """Do nothing: Windows gives two seconds, and a save takes a fraction of one."""

        def let_sleep(self) -> None:
            """Do nothing."""

        def close(self) -> None:
            """Listen no more, and hold nothing."""
            if not self._window:
                return
            user, window = ctypes.WinDLL("user32"), wintypes.HWND(self._window)
            ctypes.WinDLL("wtsapi32").WTSUnRegisterSessionNotification(window)
            if self._power:
                user.UnregisterSuspendResumeNotification(wintypes.HANDLE(self._power))
            user.DestroyWindow(window)
            self._window = None

        def _hear(self, window: int, message: int, first: int, second: int) -> int:
            said: Said | None = None
            if message == _POWER:
                said = {_SUSPENDS: Said.SLEEPS, _RESUMED: Said.WOKE}.get(first)
            elif message == _SESSION and first in {_CONSOLE_LEFT, _REMOTE_LEFT, _LOCKED}:
                said = Said.LOCKED
            if said is not None and self._tell is not None:
                self._tell(said)
            default = ctypes.WinDLL("user32").DefWindowProcW
            default.restype = ctypes.c_ssize_t
            return int(
                default(
                    wintypes.HWND(window),
                    wintypes.UINT(message),
                    wintypes.WPARAM(first),
                    wintypes.LPARAM(second),
                )
            )
