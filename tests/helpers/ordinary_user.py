"""A part of a test done without root's rights, which no permission stops."""

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65_534


@contextmanager
def folder_of_an_ordinary_user() -> Iterator[Path]:
    """A folder that the user of `as_ordinary_user` owns, where others can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="watchword-user-"))
    give(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def give(*paths: Path) -> None:
    """Make the ordinary user the owner."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


def as_ordinary_user(work: Callable[[], None]) -> None:
    """Do `work` in a process of its own without rights, or here if there are none to lose.

    What it needs must be imported already: the user may not be able to read it.
    """
    if os.geteuid():
        work()
        return
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work()
        except BaseException:  # noqa: BLE001  # the parent is told, whatever it is
            os.write(writing, traceback.format_exc().encode()[-60_000:])
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        problem = said.read()
    os.waitpid(child, 0)
    assert not problem, problem
