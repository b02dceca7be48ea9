"""One notification of the desktop at a time: shown, replaced, withdrawn, and heard when pressed.

Source: Desktop Notifications Specification 1.2, org.freedesktop.Notifications. Windows and macOS
have no such bus: there the tray icon shows the same Notice (watchword.desktop.shell.notifications).
"""

import contextlib
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

from watchword.system.bus import BROKEN

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_DEFAULT = "default"  # the action of a press on the notification itself
_REPLY_SECONDS = 5.0  # the daemon may have to be started first


@dataclass(frozen=True, slots=True)
class Notice:
    """What is shown: plain text, and nothing that is secret."""

    title: str
    text: str
    action: str  # what a press does, for desktops that write it on a button
    seconds: float  # for how long it is of use


class Heard(StrEnum):
    """What became of the notification."""

    PRESSED = "pressed"
    GONE = "gone"  # it ran out of time, or the person closed it


class BusNotifications:
    """A connection to the session bus; `read` when something can be read from `fileno`.

    Nothing waits for an answer of the daemon: while one is due, the newest wish is kept.
    """

    def __init__(self, connection: Any, capabilities: frozenset[str]) -> None:
        """Made by open_notifications."""
        self._connection = connection
        self._capabilities = capabilities
        self._id = 0  # the daemon's number for what is shown; 0: nothing
        self._call = 0  # the serial of the call whose answer is due; 0: none
        self._asked: Notice | None = None  # what that call is to show
        self._wanted: Notice | None = None
        self._owner = ""  # who answered it: nobody else is believed
        self.activation = ""  # lets the window come to the front on Wayland, after a press

    def fileno(self) -> int:
        """Return the socket's number, to be waited for."""
        return int(self._connection.sock.fileno())

    def show(self, notice: Notice) -> None:
        """Show it in the place of what was shown. Raises ConnectionError when the bus is gone."""
        self._wanted = notice
        if not self._call:
            self._notify(notice)

    def withdraw(self) -> None:
        """Let nothing be shown any more. Raises ConnectionError when the bus is gone."""
        self._wanted = None
        if not self._call:
            self._close_shown()

    def read(self) -> list[Heard]:
        """Return what was heard meanwhile. Never waits. Raises ConnectionError: the bus is gone."""
        heard: list[Heard] = []
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return heard
            except BROKEN as error:
                raise ConnectionError("The session bus is gone") from error
            self._take(message, heard)

    def close(self) -> None:
        """Withdraw what is shown and leave the bus."""
        with contextlib.suppress(ConnectionError):
            self._close_shown()
        self._connection.close()

    def _notify(self, notice: Notice) -> None:
        from html import escape

        can = self._capabilities
        text = escape(notice.text, quote=False) if "body-markup" in can else notice.text
        body = (
            "Watchword",
            self._id,
            "watchword",  # the icon's name, as it is installed
            notice.title,
            text if "body" in can else "",
            [_DEFAULT, notice.action] if "actions" in can else [],
            {"urgency": ("y", 1), "desktop-entry": ("s", "watchword")},
            int(max(1.0, notice.seconds) * 1000),  # 0 would be for ever
        )
        self._asked = notice
        self._call = self._send("Notify", "susssasa{sv}i", body)

    def _close_shown(self) -> None:
        shown, self._id = self._id, 0
        if shown:
            self._send("CloseNotification", "u", (shown,))

    def _send(self, member: str, signature: str, body: tuple[Any, ...]) -> int:
        bus = import_module("jeepney")
        serial = next(self._connection.outgoing_serial)
        to = bus.DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
        try:
            call = bus.new_method_call(to, member, signature, body)
            self._connection.send(call, serial=serial)
        except BROKEN as error:
            raise ConnectionError("The session bus is gone") from error
        return int(serial)

    def _take(self, message: Any, heard: list[Heard]) -> None:
        bus = import_module("jeepney")
        kind, fields = message.header.message_type, message.header.fields
        sender = fields.get(bus.HeaderFields.sender)
        if self._call and fields.get(bus.HeaderFields.reply_serial) == self._call:
            self._answered(message.body[0] if kind is bus.MessageType.method_return else 0, sender)
        elif kind is bus.MessageType.signal and sender == self._owner and self._id:
            member = fields.get(bus.HeaderFields.member)
            match member, message.body:
                case "ActivationToken", (self._id, str(name)):
                    self.activation = name
                case "ActionInvoked", (self._id, "default"):
                    heard.append(Heard.PRESSED)
                case "NotificationClosed", (self._id, _):
                    self._id = 0
                    heard.append(Heard.GONE)

    def _answered(self, number: int, sender: str) -> None:
        """Take the daemon's number, and do what was wished for meanwhile."""
        self._call, self._id, self._owner = 0, number, sender
        if self._wanted is None:
            self._close_shown()
        elif number and self._wanted is not self._asked:
            self._notify(self._wanted)


def open_notifications() -> BusNotifications | None:
    """Join the session bus; None where there is none, or nobody who shows notifications.

    May take a moment: never on the GUI thread.
    """
    if sys.platform != "linux":
        return None
    blocking, bus = import_module("jeepney.io.blocking"), import_module("jeepney")
    try:
        connection = blocking.open_dbus_connection(bus="SESSION")
    except (*BROKEN, bus.DBusErrorResponse):
        return None
    to = bus.DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
    rule = f"type='signal',sender='{_NAME}',interface='{_NAME}',path='{_PATH}'"
    asked = (
        bus.new_method_call(bus.message_bus, "AddMatch", "s", (rule,)),
        bus.new_method_call(to, "GetCapabilities"),
    )
    try:
        replies = [connection.send_and_get_reply(each, timeout=_REPLY_SECONDS) for each in asked]
    except BROKEN:
        connection.close()
        return None
    if any(each.header.message_type is not bus.MessageType.method_return for each in replies):
        connection.close()
        return None
    return BusNotifications(connection, frozenset(replies[-1].body[0]))
