"""A system's bar of the test's own: it takes up StatusNotifierItems, and reads and presses their menus.

Source: the StatusNotifierItem specification of freedesktop.org, and com.canonical.dbusmenu.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

_WATCHER = "org.kde.StatusNotifierWatcher"
_ITEM, _ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_LAUNCHER = "com.canonical.Unity.LauncherEntry"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SECONDS = 15.0


class Bar:
    """Serves while it waits for something, as one thread can."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._items: list[str] = []
        self.numbers: list[int] = []  # on the program's own icon, as it said them
        self.last: dict[str, int] = {}  # the menu as it was read last, for a failing message

    def item(self) -> "Item":
        """Return the item that was registered last, once there is one."""
        self.until(lambda: bool(self._items))
        return Item(self, self._items[-1])

    def until(self, done: Callable[[], bool]) -> None:
        """Serve until `done`."""
        end = time.monotonic() + _SECONDS
        while not done():
            assert time.monotonic() < end, "it did not come to pass: " + str(self.last)
            with contextlib.suppress(TimeoutError):
                self._serve(self._connection.receive(timeout=0.05))

    def call(
        self, name: str, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> Any:
        """Call, and serve until the answer is there."""
        from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call

        to = DBusAddress(path, bus_name=name, interface=interface)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(new_method_call(to, member, signature, body), serial=serial)
        while True:
            message = self._connection.receive(timeout=_SECONDS)
            if message.header.fields.get(HeaderFields.reply_serial) == serial:
                assert message.header.message_type is MessageType.method_return, message.body
                return message.body
            self._serve(message)

    def _serve(self, message: Any) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return

        member = message.header.fields.get(HeaderFields.member)
        if message.header.fields.get(HeaderFields.interface) == _LAUNCHER:
            self.numbers.append(message.body[1].get("count", ("x", 0))[1])
        if message.header.message_type is not MessageType.method_call:
            return
        answers = {
            "IsStatusNotifierHostRegistered": ("b", True),
            "ProtocolVersion": ("i", 0),
            "RegisteredStatusNotifierItems": ("as", self._items),
        }
        if member == "RegisterStatusNotifierItem":
            self._items.append(message.header.fields[HeaderFields.sender])
            self._connection.send(new_method_return(message))
        elif member == "Get":
            self._connection.send(new_method_return(message, "v", (answers[message.body[1]],)))
        else:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))


class Item:
    """One program's icon in the bar, and its menu."""

    def __init__(self, bar: Bar, name: str) -> None:
        self._bar = bar
        self._name = name

    def fact(self, name: str) -> Any:
        """Return a property."""
        return self._bar.call(
            self._name, _ITEM_PATH, _PROPERTIES, "Get", "ss", _ITEM, name
        )[0][1]  # fmt: skip

    def tip(self) -> str:
        """Return what the bar says where the mouse rests on it."""
        return str(self.fact("ToolTip")[2])

    def sizes(self) -> set[int]:
        """Return the icon's sizes in pixels."""
        return {width for width, _, _ in self.fact("IconPixmap")}

    def menu(self) -> dict[str, int]:
        """Return what can be seen in the menu and its submenus, with the numbers to press."""
        path = self.fact("Menu")
        _, layout = self._bar.call(
            self._name, path, _MENU, "GetLayout", "iias", 0, -1, ["label", "visible", "enabled"]
        )
        self._bar.last = dict(_seen(layout))
        return self._bar.last

    def press(self, text: str) -> None:
        """Press what is called so in the menu, once it is there."""
        self._bar.until(lambda: text in self.menu())
        number = self.menu()[text]
        path = self.fact("Menu")
        self._bar.call(
            self._name, path, _MENU, "Event", "isvu", number, "clicked", ("s", ""), 0
        )  # fmt: skip


def _seen(layout: Any) -> Iterator[tuple[str, int]]:
    number, facts, children = layout
    if facts.get("visible", ("b", True))[1]:
        if "label" in facts:
            yield facts["label"][1], number
        for _, child in children:
            yield from _seen(child)


@contextlib.contextmanager
def bar(address: str) -> Iterator[Bar]:
    """Run one on the bus at `address`."""
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    with open_dbus_connection(address) as connection:
        system = Proxy(message_bus, connection)
        system.AddMatch(f"type='signal',interface='{_LAUNCHER}'")
        for name in ("com.canonical.Unity", _WATCHER):
            assert system.RequestName(name) == (1,)
        yield Bar(connection)
