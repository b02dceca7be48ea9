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


class _Later(ModuleType):
    """Stands for a module until something in it is used."""

    def __getattr__(self, name: str) -> object:
        if _loaded.get(self.__name__) is self:
            del _loaded[self.__name__]
        return getattr(import_module(self.__name__), name)


# PySide6 imports what writes its type stubs and unpacks its own sources, which no program asks of it:
# a mebibyte and 15 ms with what that imports. importlib's LazyLoader loads at the second import.
for _name in {"argparse", "logging", "zipfile"} - _loaded.keys():
    _loaded[_name] = _Later(_name)
import_module("PySide6.QtCore")
for _name, _module in tuple(_loaded.items()):
    if type(_module) is _Later:
        del _loaded[_name]  # who imports it from now on gets it as ever
linecache.clearcache()  # PySide6 has read some of Python's sources, and would keep them
# PySide6 puts a function of its own in the place of `import`, for the sake of `from __feature__`,
# which nothing here uses. It reads the source of every module that is imported after it, and keeps
# the text: a tenth of the time to the first page, and of the memory.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
