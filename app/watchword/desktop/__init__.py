"""The window: the only folder that imports Qt."""

import builtins
import linecache
import sys
from importlib import import_module
from types import ModuleType

# hashlib takes OpenSSL's hashes where they can be imported (None: they cannot, says the import system's
# reference) and its own elsewhere. cryptography brings an OpenSSL; a second one costs 3.5 MiB, and time.
_loaded = vars(sys)["modules"]
_loaded.setdefault("_hashlib", None)
# PySide6 loads what writes its type stubs and unpacks its own sources, which no program asks of it:
# a mebibyte and 15 ms with what that imports. Only while it loads, empty modules stand in for these.
_stand_ins = {"argparse", "logging", "zipfile"} - _loaded.keys()
_loaded.update((name, ModuleType(name)) for name in _stand_ins)
import_module("PySide6.QtCore")
for _name in _stand_ins:
    del _loaded[_name]
linecache.clearcache()  # PySide6 has read some of Python's sources, and would keep them
# PySide6 puts a function of its own in the place of `import`, for the sake of `from __feature__`,
# which nothing here uses. It reads the source of every module that is imported after it, and keeps
# the text: a tenth of the time to the first page, and of the memory.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
