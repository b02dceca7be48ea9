"""Sleep and locked screens on Linux: systemd's logind on the system bus, screen savers on the session's.

Sources: org.freedesktop.login1(5); the ActiveChanged signal that the screen savers of the
desktops share.
"""

import contextlib
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from watchword.system.bus import BUS, Listener, open_listener
from watchword.system.session_signals import Ear, Said

_NAME = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_LOGIN = "org.freedesktop.login1.Manager"
_SESSION = f"{_NAME}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_FROM = f"type='signal',sender='{_NAME}'"
_SAVERS = frozenset(
    f"org.{desktop}.ScreenSaver"
    for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)


class Logind:
    """The ear at the system bus, which can hold the computer's sleep as well."""

    def __init__(self, listener: Listener, owner: str, session: str) -> None:
        """`owner` is logind's own name on the bus, `session` this session's path; "" unknown."""
        self._listener = listener
        self._owner = owner
        self._session = session
        self._asked = 0  # the number of the call whose answer is what holds sleep
        self._held: int | None = None  # a file: sleep waits while it is open
        self._wanted = False
        self._fields = import_module("jeepney").HeaderFields
        self._logind = import_module("jeepney").DBusAddress(_PATH, _NAME, _LOGIN)

    def fileno(self) -> int:
        """Return the socket's number, to be waited for."""
        return self._listener.fileno()

    def read(self) -> list[Said]:
        """Return what was said meanwhile. Raises ConnectionError when the bus is gone."""
        said = (self._meaning(message) for message in self._listener.messages())
        return [each for each in said if each is not None]

    def hold_sleep(self) -> None:
        """Ask logind to wait a moment before it sleeps. Its answer is read like all else."""
        self._wanted = True
        if self._held is None and not self._asked:
            why = "The vault is saved and locked first"
            with contextlib.suppress(OSError):  # the bus is gone: that is heard when it is read
                self._asked = self._listener.send(
                    self._logind, "Inhibit", "ssss", ("sleep", "Watchword", why, "delay")
                )

    def let_sleep(self) -> None:
        """Let go of what holds sleep, now or when it comes."""
        self._wanted = False
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def close(self) -> None:
        """Listen no more, and hold nothing."""
        self.let_sleep()
        self._listener.close()

    def _meaning(self, message: Any) -> Said | None:
        found = message.header.fields
        if self._asked and found.get(self._fields.reply_serial) == self._asked:
            self._take_hold(message)
            return None
        sender = found.get(self._fields.sender)
        key = (found.get(self._fields.interface), found.get(self._fields.member))
        body = message.body
        if sender == BUS and key == (BUS, "NameOwnerChanged"):
            if len(body) == 3 and body[0] == _NAME:
                self._owner = body[2]
            return None
        # Any program can send a signal that looks like logind's; the bus says who it was.
        if not sender or sender != self._owner:
            return None
        if key == (_LOGIN, "PrepareForSleep") and len(body) == 1:
            return Said.SLEEPS if body[0] is True else Said.WOKE
        if found.get(self._fields.path) != self._session:
            return None
        if key == (_SESSION, "Lock") or (
            key == (_PROPERTIES, "PropertiesChanged") and _left(body)
        ):
            return Said.LOCKED
        return None

    def _take_hold(self, message: Any) -> None:
        self._asked = 0
        if message.header.message_type is import_module("jeepney").MessageType.method_return:
            self._held = message.body[0].to_raw_fd()
            if not self._wanted:
                self.let_sleep()


class ScreenSaver:
    """The ear at the session's bus. Any program of this user can say it: then it is locked."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._fields = import_module("jeepney").HeaderFields

    def fileno(self) -> int:
        """Return the socket's number, to be waited for."""
        return self._listener.fileno()

    def read(self) -> list[Said]:
        """Return what was said meanwhile. Raises ConnectionError when the bus is gone."""
        return [Said.LOCKED for each in self._listener.messages() if self._is_active(each)]

    def close(self) -> None:
        """Listen no more, and hold nothing."""
        self._listener.close()

    def _is_active(self, message: Any) -> bool:
        found = message.header.fields
        return (
            found.get(self._fields.interface) in _SAVERS
            and found.get(self._fields.member) == "ActiveChanged"
            and len(message.body) == 1
            and message.body[0] is True
        )


class LinuxSignals:
    """Both ears, or the one there is."""

    def __init__(self, logind: Logind | None, saver: ScreenSaver | None) -> None:
        self._logind = logind
        self._saver = saver

    @property
    def ears(self) -> tuple[Ear, ...]:
        """Return what is to be read from."""
        return tuple(ear for ear in (self._logind, self._saver) if ear is not None)

    def begin(self, tell: Callable[[Said], None]) -> None:
        """Do nothing: what is said is read."""

    def hold_sleep(self) -> None:
        """Let logind wait a moment before it sleeps."""
        if self._logind is not None:
            self._logind.hold_sleep()

    def let_sleep(self) -> None:
        """Let it sleep."""
        if self._logind is not None:
            self._logind.let_sleep()

    def close(self) -> None:
        """Listen no more, and hold nothing."""
        for ear in self.ears:
            ear.close()


def open_linux_signals() -> LinuxSignals | None:
    """Join both buses; None where there is neither."""
    logind = open_logind()
    rules = [f"type='signal',interface='{name}',member='ActiveChanged'" for name in _SAVERS]
    listener = open_listener("SESSION", rules)
    saver = None if listener is None else ScreenSaver(listener)
    return LinuxSignals(logind, saver) if logind or saver else None


def open_logind() -> Logind | None:
    """Join the system bus and ask for logind's signals; None where there is no such bus."""
    of_sessions = f"{_FROM},path_namespace='{_PATH}/session'"
    rules = (
        f"{_FROM},interface='{_LOGIN}',member='PrepareForSleep',path='{_PATH}'",
        f"{of_sessions},interface='{_SESSION}',member='Lock'",
        f"{of_sessions},interface='{_PROPERTIES}',member='PropertiesChanged',arg0='{_SESSION}'",
        f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{_NAME}'",
    )
    listener = open_listener("SYSTEM", rules)
    if listener is None:
        return None
    jeepney = import_module("jeepney")
    logind = jeepney.DBusAddress(_PATH, _NAME, _LOGIN)
    try:
        # "auto" is the caller's session, or else the one that its user sees.
        own = os.environ.get("XDG_SESSION_ID") or "auto"
        session = listener.ask(logind, "GetSession", "s", (own,))
        owner = listener.ask(jeepney.message_bus, "GetNameOwner", "s", (_NAME,))
    except (OSError, EOFError, ValueError):
        listener.close()
        return None
    return Logind(listener, owner[0] if owner else "", session[0] if session else "")


def _left(body: Any) -> bool:
    """Tell whether changed properties of the session say that nobody of ours sits before it."""
    changed = dict(body[1]) if len(body) == 3 else {}
    return changed.get("LockedHint") == ("b", True) or changed.get("Active") == ("b", False)
