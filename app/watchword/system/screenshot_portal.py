"""A picture of the screens on Wayland: asked for at xdg-desktop-portal, which asks the person.

Source: org.freedesktop.portal.Screenshot and org.freedesktop.portal.Request, version 2 of the
XDG Desktop Portal documentation.
"""

import contextlib
import os
import secrets
import stat
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from watchword.errors import KnownError
from watchword.system.bus import BROKEN

_NAME = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_REQUEST = "org.freedesktop.portal.Request"
_REPLY_SECONDS = 30.0  # the portal may have to be started first
_ANSWER_SECONDS = 180.0  # a person reads a question and chooses
_BEAT_SECONDS = 0.1  # how soon a stop is noticed
_MAKING_SECONDS = 2.0  # how far clocks of file systems may be off
_OTHER_WAYS = "Use a picture, the clipboard or the camera instead"


class NoScreenshot(KnownError):
    """The desktop gives no picture of the screens, or the person did not allow it."""


class ScreenshotDeclined(NoScreenshot):
    """The person said no, or the asking was stopped."""


@contextlib.contextmanager
def screenshot(stop: threading.Event) -> Iterator[Path]:
    """Ask for a picture of all screens and give its file, which is removed afterwards.

    Blocks until the person has answered, at most three minutes; `stop` ends the waiting. Raises
    NoScreenshot or ScreenshotDeclined.
    """
    began = time.time()
    path = _asked(stop)
    try:
        yield path
    finally:
        _remove(path, began)


def portal_answers() -> bool:
    """Tell whether a portal is there, or would be started if it were asked."""
    bus, blocking = import_module("jeepney"), import_module("jeepney.io.blocking")
    try:
        with blocking.open_dbus_connection(bus="SESSION") as connection:
            to = bus.DBusAddress(
                "/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"
            )
            for member in ("ListNames", "ListActivatableNames"):
                answer = connection.send_and_get_reply(
                    bus.new_method_call(to, member), timeout=_REPLY_SECONDS
                )
                if _NAME in answer.body[0]:
                    return True
    except (*BROKEN, bus.DBusErrorResponse):
        return False
    return False


def _asked(stop: threading.Event) -> Path:
    blocking = import_module("jeepney.io.blocking")
    try:
        with blocking.open_dbus_connection(bus="SESSION") as connection:
            return _Conversation(connection, stop).picture()
    except (OSError, KeyError, ValueError):
        # No address of a bus, nobody there, or what answers speaks no D-Bus.
        raise NoScreenshot(
            "The screen could not be read", "There is no session bus to ask at", _OTHER_WAYS
        ) from None


class _Conversation:
    """One question to the portal, on a connection of its own."""

    def __init__(self, connection: Any, stop: threading.Event) -> None:
        self._connection = connection
        self._stop = stop
        self._bus = import_module("jeepney")

    def picture(self) -> Path:
        """Return the file that the portal made."""
        own = f"watchword_{secrets.token_hex(8)}"
        sender = self._connection.unique_name.removeprefix(":").replace(".", "_")
        handle = f"{_PATH}/request/{sender}/{own}"
        # Asked for before the call, as the answer may come before its reply.
        rule = f"type='signal',interface='{_REQUEST}',member='Response',path='{handle}'"
        self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "AddMatch", "s", (rule,))
        options = {"handle_token": ("s", own), "interactive": ("b", False)}
        reply = self._call(_NAME, _PATH, "Screenshot", "sa{sv}", ("", options))
        answer = self._answer(reply, handle)
        match answer[0]:
            case 0:
                return _file_of(answer[1].get("uri", ("s", ""))[1])
            case 1:
                raise ScreenshotDeclined(
                    "The screen was not read", "You did not allow it", _OTHER_WAYS
                )
            case _:
                raise NoScreenshot(
                    "The screen could not be read",
                    "Your desktop gave no picture of it",
                    _OTHER_WAYS,
                )

    def _call(self, name: str, path: str, member: str, signature: str, body: Any) -> Any:
        interface = name if member == "AddMatch" else "org.freedesktop.portal.Screenshot"
        to = self._bus.DBusAddress(path, bus_name=name, interface=interface)
        serial = next(self._connection.outgoing_serial)
        call = self._bus.new_method_call(to, member, signature, body)
        self._connection.send(call, serial=serial)
        fields = self._bus.HeaderFields
        for message in self._messages(_REPLY_SECONDS):
            if message.header.fields.get(fields.reply_serial) != serial:
                continue
            if message.header.message_type is self._bus.MessageType.error:
                raise NoScreenshot(
                    "The screen could not be read",
                    "This desktop has no xdg-desktop-portal that gives pictures of it",
                    _OTHER_WAYS,
                )
            return message
        raise NoScreenshot(
            "The screen could not be read", "Your desktop does not answer", _OTHER_WAYS
        )

    def _answer(self, reply: Any, handle: str) -> Any:
        """Return (response, results) of the request's signal; only the portal's own counts."""
        fields = self._bus.HeaderFields
        portal = reply.header.fields.get(fields.sender)
        for message in self._messages(_ANSWER_SECONDS):
            seen = message.header.fields
            if (
                message.header.message_type is self._bus.MessageType.signal
                and seen.get(fields.sender) == portal
                and seen.get(fields.path) == handle
                and seen.get(fields.interface) == _REQUEST
                and seen.get(fields.signature) == "ua{sv}"
            ):
                return message.body
        raise NoScreenshot("The screen could not be read", "Nobody answered", _OTHER_WAYS)

    def _messages(self, seconds: float) -> Iterator[Any]:
        """Give what comes until the time is over; raises ScreenshotDeclined when stopped."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._stop.is_set():
                raise ScreenshotDeclined("The screen was not read")
            with contextlib.suppress(TimeoutError):
                yield self._connection.receive(timeout=_BEAT_SECONDS)


def _file_of(uri: object) -> Path:
    parts = urlsplit(uri if isinstance(uri, str) else "")
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not path.is_absolute():
        raise NoScreenshot(
            "The screen could not be read", "Your desktop gave no file with it", _OTHER_WAYS
        )
    return path


def _remove(path: Path, began: float) -> None:
    """Remove the picture: a secret may be on it. What was there before is never removed."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        new = status.st_mtime >= began - _MAKING_SECONDS
        # Portals are Linux's; the type checker looks at this file for other systems too.
        ours = sys.platform != "win32" and status.st_uid == os.getuid()
        if stat.S_ISREG(status.st_mode) and ours and new:
            path.unlink()
