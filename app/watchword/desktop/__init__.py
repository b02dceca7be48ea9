"""The window: the only folder that imports Qt."""

import builtins
import linecache
import sys
from importlib import import_module

# hashlib takes OpenSSL's hashes where they can be imported (None: they cannot, says the import system's
# reference) and its own elsewhere. cryptography brings an OpenSSL; a second one costs 3.5 MiB, and time.
vars(sys)["modules"].setdefault("_hashlib", None)
import_module("PySide6.QtCore")
linecache.clearcache()  # PySide6 has read some of Python's sources, and would keep them
# PySide6 puts a function of its own in the place of `import`, for the sake of `from __feature__`,
# which nothing here uses. It reads the source of every module that is imported after it, and keeps
# the text: a tenth of the time to the first page, and of the memory.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
