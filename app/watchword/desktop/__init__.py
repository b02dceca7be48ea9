"""The window: the only folder that imports Qt."""

import builtins
from importlib import import_module

import_module("PySide6.QtCore")
# PySide6 puts a function of its own in the place of `import`, for the sake of `from __feature__`,
# which nothing here uses. It reads the source of every module that is imported after it, and keeps
# the text: a tenth of the time to the first page, and of the memory.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
