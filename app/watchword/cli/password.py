"""Where passwords come from: a file descriptor, standard input, or the terminal. Never an argument."""

import argparse
import getpass
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from watchword.cli.errors import Misused
from watchword.cli.output import notice
from watchword.plain_text import plain_text

_LINE_BYTES = 16_384
_QUESTION_LIMIT = 1000
_HOW = "Use --password-stdin or --password-fd N"


@dataclass(frozen=True, slots=True)
class PasswordSource:
    """How this run is given the password."""

    descriptor: int | None = None  # --password-fd
    standard_input: bool = False  # --password-stdin: the first line

    @property
    def interactive(self) -> bool:
        """Whether a person types the password at a terminal."""
        return self.descriptor is None and not self.standard_input

    def read(self, prompt: str = "Password: ") -> str:
        """Return the password. Raises Misused when there is none to be had."""
        if self.descriptor is not None:
            return _line_of(self.descriptor)
        if self.standard_input:
            return read_line()
        return _ask_hidden(prompt)

    def choose(self, what: str = "the vault") -> str:
        """Return a new password; at a terminal it is typed twice. Raises Misused."""
        prompt = f"Choose a password for {what}: "
        password = self.read(prompt)
        while self.interactive and _ask_hidden("The same again: ") != password:
            notice("These were two different passwords. Once more.")
            password = self.read(prompt)
        return password


def read_line() -> str:
    """Return the next line of standard input without its end. Raises Misused at the end of input."""
    line = sys.stdin.buffer.readline(_LINE_BYTES) if sys.stdin is not None else b""
    return _checked(line)


def read_rest() -> list[str]:
    """Return the lines of standard input that are left, blank ones left out. Raises Misused."""
    limit = 1_000_000
    rest = sys.stdin.buffer.read(limit + 1) if sys.stdin is not None else b""
    if len(rest) > limit:
        raise Misused("There is too much on standard input", f"At most {limit:,} bytes are read")
    lines = rest.decode("utf-8", "surrogateescape").splitlines()
    return [line.strip() for line in lines if line.strip()]


def confirmed(question: str) -> bool | None:
    """Ask a person for yes or no at the terminal; None when there is no terminal to ask at."""
    if not _has_terminal():
        return None
    # The question stands where passwords are asked: standard input may be a file of links,
    # and standard error is for a script.
    prompt = f"{plain_text(question, limit=_QUESTION_LIMIT)} [y/N] "
    if sys.platform == "win32":
        notice(prompt)
        answer = sys.stdin.readline()
    else:
        with Path("/dev/tty").open("r+b", buffering=0) as terminal:
            terminal.write(prompt.encode("utf-8", "replace"))
            answer = terminal.readline(_LINE_BYTES).decode("utf-8", "replace")
    return answer.strip().lower() in {"y", "yes"}


def ask_pin(prompt: str) -> str | None:
    """Return the PIN a person types, unseen; None when there is no terminal to ask at."""
    if not _has_terminal():
        return None
    return _ask_hidden(plain_text(prompt, limit=_QUESTION_LIMIT) + " ").strip()


def read_pin(descriptor: int) -> str:
    """Return the PIN that is the next line of a file descriptor. Raises Misused."""
    pin = _line_of(descriptor, "PIN").strip()
    if not pin:
        raise Misused("No PIN was given", f"The line of file descriptor {descriptor} is empty")
    return pin


def descriptor(text: str) -> int:
    """Return the number of a file descriptor as an option gives it, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise argparse.ArgumentTypeError("not a file descriptor")
    return int(text)


def _line_of(descriptor: int, what: str = "password") -> str:
    """Read one line byte by byte: what follows it belongs to somebody else."""
    line = bytearray()
    try:
        while len(line) < _LINE_BYTES and (byte := os.read(descriptor, 1)):
            line += byte
            if byte == b"\n":
                break
    except OSError:
        raise Misused(f"File descriptor {descriptor} cannot be read", "It is not open") from None
    return _checked(bytes(line), what)


def _checked(line: bytes, what: str = "password") -> str:
    if not line:
        how = _HOW if what == "password" else ""
        raise Misused(f"No {what} was given", "The input ended before its first line", how)
    if len(line) >= _LINE_BYTES:
        raise Misused(f"This {what} is too long", f"It has more than {_LINE_BYTES - 1} bytes")
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _ask_hidden(prompt: str) -> str:
    if not _has_terminal():
        raise Misused("The password cannot be asked for", "There is no terminal", _HOW)
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise Misused("No password was given", "The input ended", _HOW) from None


def _has_terminal() -> bool:
    if sys.platform == "win32":
        return sys.stdin is not None and sys.stdin.isatty()
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
