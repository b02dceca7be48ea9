"""Links on macOS: the bundle says which it can open, and Launch Services which bundle does.

Sources: CFBundleURLTypes of Info.plist; LSSetDefaultHandlerForURLScheme and
LSCopyDefaultHandlerForURLScheme of Launch Services. Typed, and not run by the tests.
"""

import ctypes
import errno
import sys

from watchword.system.link_opening import SCHEMES, Openers, shown_name

if sys.platform == "darwin":
    from watchword.system import objc

    class Bundle:
        """The running app, by its bundle's name."""

        def __init__(self, name: str) -> None:
            self._name = name
            self._services = ctypes.CDLL(
                "/System/Library/Frameworks/CoreServices.framework/CoreServices"
            )
            self._services.LSCopyDefaultHandlerForURLScheme.restype = ctypes.c_void_p
            self._services.LSCopyDefaultHandlerForURLScheme.argtypes = [ctypes.c_void_p]
            self._services.LSSetDefaultHandlerForURLScheme.argtypes = [ctypes.c_void_p] * 2

        def look(self) -> Openers:
            """Return which bundles open them."""
            found = {self._opener(scheme) for scheme in SCHEMES}
            others = found - {"", self._name.lower()}
            names = tuple(sorted(shown_name(each) for each in others))
            return Openers(found == {self._name.lower()}, names)

        def take(self) -> None:
            """Have them opened by this bundle."""
            for scheme in SCHEMES:
                status = self._services.LSSetDefaultHandlerForURLScheme(
                    objc.string(scheme), objc.string(self._name)
                )
                if status:
                    raise OSError(errno.EPERM, f"macOS refused (error {status})")

        def give_back(self) -> None:
            """Refuse: macOS takes links from an app only to give them to another."""
            raise OSError(
                errno.ENOTSUP, "macOS takes links from an app only when another one asks for them"
            )

        def _opener(self, scheme: str) -> str:
            found = self._services.LSCopyDefaultHandlerForURLScheme(objc.string(scheme))
            return _text(found).lower() if found else ""

    def own_bundle() -> Bundle | None:
        """Return the running app's bundle; None for one that was started without."""
        bundle = objc.send(objc.named("NSBundle"), "mainBundle")
        name = objc.send(bundle, "bundleIdentifier") if bundle else None
        return Bundle(_text(name)) if name else None

    def _text(string: int) -> str:
        found = objc.send(string, "UTF8String", result=ctypes.c_char_p)
        return (found or b"").decode("utf-8", "replace")
