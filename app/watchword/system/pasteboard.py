"""macOS's pasteboard, marked as holding what no history is to keep.

Source: nspasteboard.org. Typed, and not run by the tests, which have no Mac.
"""

import ctypes
import sys

_CONCEALED = "org.nspasteboard.ConcealedType"


def conceal() -> None:
    """Mark what was copied last; nothing on other systems, whose marks lie in the data itself."""
    if sys.platform == "darwin":
        from watchword.system import objc

        board = objc.send(objc.named("NSPasteboard"), "generalPasteboard")
        kind = objc.string(_CONCEALED)
        kinds = objc.send(objc.named("NSArray"), "arrayWithObject:", kind)
        objc.send(board, "addTypes:owner:", kinds, None)
        empty = objc.send(objc.named("NSData"), "data")
        objc.send(board, "setData:forType:", empty, kind, result=ctypes.c_bool)
