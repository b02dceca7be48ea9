"""A program at a terminal of its own, typed at as a person would."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class Terminal:
    """Runs a command with a pseudo-terminal as its controlling terminal.

    Standard output and error are pipes, or the terminal itself with `all_on_it`.
    """

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        env: dict[str, str],
        *,
        all_on_it: bool = False,
    ) -> None:
        # Held open, too, so that the terminal is there before and after the program.
        self._master, self._slave = pty.openpty()
        name = os.ttyname(self._slave)
        # A session leader without a terminal gets the first one that it opens.
        where = "1>&0 2>&0" if all_on_it else ""
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" <>"{name}" {where}', "sh", *map(os.fspath, command)],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._master)
        os.close(self._slave)

    def expect(self, text: str, seconds: float = 30) -> None:
        """Wait until the terminal shows `text`; what came before it is done with."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self._master, 4096).decode("utf-8", "replace")
        self.seen = self.seen.partition(text)[2]

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def finish(self, seconds: float = 60) -> tuple[int, str, str]:
        """Return the exit status, standard output and standard error."""
        output, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, output, errors
