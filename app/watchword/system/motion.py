"""Whether this person has told the system to move things less.

Linux: the desktop portal's settings, where GNOME, KDE and the desktops' common key say it
(org.freedesktop.portal.Settings, ReadAll). Windows: "Animation effects". macOS: "Reduce motion".
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from watchword.system.bus import BROKEN

_NAME = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Settings"
_REPLY_SECONDS = 2.0
_COMMON, _GNOME, _KDE = (
    "org.freedesktop.appearance",
    "org.gnome.desktop.interface",
    "org.kde.kdeglobals.KDE",
)
_SPI_GETCLIENTAREAANIMATION = 0x1042  # winuser.h


def wants_less_motion() -> bool:
    """Ask the system; no answer is no. May take a moment: never on the GUI thread."""
    if sys.platform == "win32":
        return _asked_of_windows()
    if sys.platform == "darwin":
        return _asked_of_macos()
    return says_less(_portal_settings())


def says_less(settings: Mapping[str, Mapping[str, Any]]) -> bool:
    """Read what the portal answered: for each subject its values, as jeepney gives variants."""

    def value(subject: str, name: str) -> object:
        found = settings.get(subject, {}).get(name)
        return found[1] if isinstance(found, tuple) and len(found) == 2 else None

    return (
        value(_COMMON, "reduced-motion") == 1
        or value(_GNOME, "enable-animations") is False
        or str(value(_KDE, "AnimationDurationFactor")) in {"0", "0.0"}
    )


def _portal_settings() -> Mapping[str, Mapping[str, Any]]:
    blocking, bus = import_module("jeepney.io.blocking"), import_module("jeepney")
    portal = bus.DBusAddress(_PATH, bus_name=_NAME, interface=_INTERFACE)
    asked = bus.new_method_call(portal, "ReadAll", "as", ([_COMMON, _GNOME, _KDE],))
    try:
        with blocking.open_dbus_connection(bus="SESSION") as connection:
            reply = connection.send_and_get_reply(asked, timeout=_REPLY_SECONDS)
    except (*BROKEN, bus.DBusErrorResponse):
        return {}
    if reply.header.message_type is not bus.MessageType.method_return:
        return {}
    (settings,) = reply.body
    return settings if isinstance(settings, dict) else {}


def _asked_of_windows() -> bool:
    import ctypes

    animates = ctypes.c_int(1)
    library = getattr(ctypes, "windll").user32  # noqa: B009 -- exists on Windows only
    library.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0)
    return animates.value == 0


def _asked_of_macos() -> bool:
    import ctypes

    objc = ctypes.CDLL("/usr/lib/libobjc.dylib")
    objc.objc_getClass.restype = objc.sel_registerName.restype = ctypes.c_void_p
    objc.objc_getClass.argtypes = objc.sel_registerName.argtypes = [ctypes.c_char_p]
    message = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
        ("objc_msgSend", objc)
    )
    truth = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(
        ("objc_msgSend", objc)
    )
    workspace = message(
        objc.objc_getClass(b"NSWorkspace"), objc.sel_registerName(b"sharedWorkspace")
    )
    return bool(truth(workspace, objc.sel_registerName(b"accessibilityDisplayShouldReduceMotion")))
