"""When the person last touched this Linux computer: GNOME says it, and every X server does.

Sources: org.gnome.Mutter.IdleMonitor; the IDLETIME counter of X's SYNC extension, by way of libxcb,
which Qt's own windows need as well. KDE's and others' answers on Wayland differ in their unit from
version to version, and are not asked for.
"""

import ctypes
import os
import struct
from importlib import import_module
from typing import Any

from watchword.system.bus import open_listener

_COUNTER = b"IDLETIME"
_HEAD = 32  # bytes of every answer of an X server; more is said in four at a time


def desktop_idle_seconds() -> float | None:
    """Return what GNOME's shell says."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    listener = open_listener("SESSION", ())
    if listener is None:
        return None
    name = "org.gnome.Mutter.IdleMonitor"
    address = import_module("jeepney").DBusAddress(
        "/org/gnome/Mutter/IdleMonitor/Core", name, name
    )
    try:
        answer = listener.ask(address, "GetIdletime")
    except (OSError, EOFError, ValueError):
        return None
    finally:
        listener.close()
    if not answer or type(answer[0]) is not int:
        return None
    return answer[0] / 1000


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


def x11_idle_seconds() -> float | None:
    """Return what the X server says.

    Not under Wayland: the X server there hears only what its own windows are given.
    """
    if not os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return None
    try:
        xcb, sync = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL("libxcb-sync.so.1")
    except OSError:
        return None
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        if xcb.xcb_connection_has_error(connection):
            return None
        return _asked(sync, connection)
    finally:
        xcb.xcb_disconnect(connection)


def _asked(sync: Any, connection: ctypes.c_void_p) -> float | None:
    """Find the counter by its name, and return its value."""
    if not _reply(sync, connection, "initialize", ctypes.c_uint8(3), ctypes.c_uint8(1)):
        return None
    counter = _find(_reply(sync, connection, "list_system_counters"))
    if counter is None:
        return None
    answer = _reply(sync, connection, "query_counter", ctypes.c_uint32(counter))
    if len(answer) < _HEAD:
        return None
    high, low = struct.unpack_from("=iI", answer, 8)
    return float((high << 32) | low) / 1000


def _find(listed: bytes) -> int | None:
    """Return the number of the counter; the list is read here because xcb misplaces the names."""
    left = struct.unpack_from("=I", listed, 8)[0] if listed else 0
    at = _HEAD
    while left and at + 14 <= len(listed):
        counter, _resolution, length = struct.unpack_from("=IqH", listed, at)
        if listed[at + 14 : at + 14 + length] == _COUNTER:
            return int(counter)
        at += (14 + length + 3) // 4 * 4
        left -= 1
    return None


def _reply(sync: Any, connection: ctypes.c_void_p, what: str, *arguments: Any) -> bytes:
    """Ask for `what` and return the answer as it was sent; empty for none."""
    ask = getattr(sync, f"xcb_sync_{what}")
    ask.restype = _Cookie
    wait = getattr(sync, f"xcb_sync_{what}_reply")
    wait.restype = ctypes.c_void_p
    found = wait(connection, ask(connection, *arguments), None)
    if not found:
        return b""
    longer = struct.unpack_from("=I", ctypes.string_at(found, _HEAD), 4)[0]
    answer = ctypes.string_at(found, _HEAD + 4 * longer)
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    free(found)
    return answer
