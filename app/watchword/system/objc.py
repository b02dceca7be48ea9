"""Messages to macOS's own objects, by its runtime's C functions: no dependency for a few calls.

Sources: objc_msgSend, objc_allocateClassPair and their like of the Objective-C Runtime. Typed, and
not run by the tests, which have no Mac.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

if sys.platform == "darwin":
    _runtime = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
    _runtime.objc_getClass.restype = ctypes.c_void_p
    _runtime.objc_getClass.argtypes = [ctypes.c_char_p]
    _runtime.sel_registerName.restype = ctypes.c_void_p
    _runtime.sel_registerName.argtypes = [ctypes.c_char_p]
    _runtime.objc_allocateClassPair.restype = ctypes.c_void_p
    _runtime.objc_allocateClassPair.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ]
    _runtime.objc_registerClassPair.argtypes = [ctypes.c_void_p]
    _Method = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    _runtime.class_addMethod.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        _Method,
        ctypes.c_char_p,
    ]

    def named(name: str) -> int:
        """Return the class of that name."""
        return int(_runtime.objc_getClass(name.encode()) or 0)

    def selector(name: str) -> int:
        """Return what names a method."""
        return int(_runtime.sel_registerName(name.encode()))

    def send(
        receiver: int,
        name: str,
        *arguments: Any,
        result: Any = ctypes.c_void_p,
        kinds: tuple[Any, ...] | None = None,
    ) -> Any:
        """Send a message; `kinds` of the arguments are objects unless they are given."""
        given = kinds if kinds is not None else (ctypes.c_void_p,) * len(arguments)
        prototype = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p, *given)
        return prototype(("objc_msgSend", _runtime))(receiver, selector(name), *arguments)

    def string(text: str) -> int:
        """Return `text` as one of the system's strings."""
        return int(
            send(
                named("NSString"),
                "stringWithUTF8String:",
                text.encode(),
                kinds=(ctypes.c_char_p,),
            )
        )

    class Listener:
        """An object with one method, `heard:`, that calls a function with what it is given."""

        def __init__(self, heard: Callable[[int], None]) -> None:
            def method(_self: int, _name: int, given: int) -> None:
                heard(given)

            # Held for as long as this lives: the runtime keeps only its address.
            self._method = _Method(method)
            name = f"WatchwordListener{id(self)}".encode()
            kind = _runtime.objc_allocateClassPair(named("NSObject"), name, 0)
            _runtime.class_addMethod(kind, selector("heard:"), self._method, b"v@:@")
            _runtime.objc_registerClassPair(kind)
            self.object = int(send(kind, "new"))
