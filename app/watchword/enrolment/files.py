"""QR texts of picture files, decoded in a child process that is killed when it takes too long."""

import contextlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

LARGEST_BYTES = 20 * 1024 * 1024
_LINE_LIMIT = 64 * 1024  # bytes
_SECONDS_A_PICTURE = 3.0
# Loading its libraries may take a cold or busy computer longer than any picture takes.
_SECONDS_TO_START = 10.0
# The child may use a minute of processor time; nobody's picture pays for those before it.
_PICTURES_A_CHILD = 20
_MOST_TEXTS = 64

_REASONS = {
    "format": "This is not a PNG, JPEG, WebP or BMP picture",
    "large": "This picture is too large: it has more than 50 million pixels",
    "damaged": "Could not read this picture: it is damaged",
}
_NOT_READ = "Could not read this picture"


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one file held. `texts` may be secret; `error` is a sentence for people, or None."""

    file: str
    texts: tuple[str, ...] = field(default=(), repr=False)
    error: str | None = None


def child_command() -> tuple[str, ...]:
    """Return the command that starts the decoding process, isolated from the user's settings."""
    return (sys.executable, "-I", "-m", "watchword.enrolment.decode_child")


def read_files(
    paths: Sequence[str | os.PathLike[str]], *, command: Sequence[str] | None = None
) -> list[FileReading]:
    """Return what each file holds, in the order given; never raises for what a file is.

    Only regular files of at most 20 MiB are read. One child process decodes twenty of them; where
    a picture kills it, or keeps it over three seconds, the next picture gets a new one. `command`
    starts another child.
    """
    names = [os.fspath(path) for path in paths]
    return _read(((name, _contents(name)) for name in names), command)


def read_picture(data: bytes, *, command: Sequence[str] | None = None) -> FileReading:
    """Return what a picture in memory holds (from the clipboard, say), decoded the same way."""
    checked = data if len(data) <= LARGEST_BYTES else _too_large()
    return _read([("", checked)], command)[0]


def _too_large() -> str:
    return "This file is too large: pictures of up to 20 MiB are read"


def _contents(name: str) -> bytes | str:
    """Return the bytes of a regular file, or the sentence that says why not."""
    # Without O_NONBLOCK the mere opening of a named pipe would wait for ever.
    flags = os.O_RDONLY
    for extra in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, extra, 0)
    try:
        descriptor = os.open(name, flags)
    except FileNotFoundError:
        return "There is no such file"
    except PermissionError:
        # Windows gives this for folders, too.
        return "This is a folder" if Path(name).is_dir() else "This file may not be read by you"
    except (OSError, ValueError):
        return "This file cannot be opened"
    try:
        return _bounded(descriptor)
    finally:
        os.close(descriptor)


def _bounded(descriptor: int) -> bytes | str:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        return "This is a folder"
    if not stat.S_ISREG(status.st_mode):
        return "This is not an ordinary file"
    if status.st_size > LARGEST_BYTES:
        return _too_large()
    data = bytearray()
    try:
        # The size is not believed: files of the system say 0, and a file can grow meanwhile.
        while len(data) <= LARGEST_BYTES:
            piece = os.read(descriptor, 1 << 20)
            if not piece:
                return bytes(data) if data else "This file is empty"
            data += piece
    except OSError:
        return "This file cannot be read"
    return _too_large()


def _read(
    pictures: Iterable[tuple[str, bytes | str]], command: Sequence[str] | None
) -> list[FileReading]:
    readings: list[FileReading] = []
    with contextlib.ExitStack() as stack:
        child: _Child | None = None
        asked = 0
        for name, data in pictures:
            if isinstance(data, str):
                readings.append(FileReading(name, error=data))
                continue
            try:
                if child is None or asked == _PICTURES_A_CHILD:
                    stack.close()
                    child = stack.enter_context(_Child(command or child_command()))
                    asked = 0
                asked += 1
                reading = _checked(name, child.ask(data))
            except (OSError, EOFError, ValueError, RecursionError):
                # Too slow, dead, or an answer no sound child gives: it is not asked again.
                stack.close()
                child = None
                reading = FileReading(name, error=_NOT_READ)
            readings.append(reading)
    return readings


class _Child:
    """The decoding process; every question has a deadline after which the process is no more."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(_child_environment()),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the process and take its end: it holds nothing that wants saving."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process.wait()

    def ask(self, data: bytes) -> bytes:
        """Return the line the child answers; OSError or EOFError where none came in time."""
        if not self._ready:
            self._within(_SECONDS_TO_START, None)
            self._ready = True
        return self._within(_SECONDS_A_PICTURE, data)

    def _within(self, seconds: float, data: bytes | None) -> bytes:
        """Send `data` if any and return the next line; the end of the process ends the waiting."""
        # A blocked pipe has no time-out on every system; the death of its other end works on all.
        watch = threading.Timer(seconds, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            return self._exchange(data)
        finally:
            watch.cancel()
            watch.join()

    def _exchange(self, data: bytes | None) -> bytes:
        sending, answers = self._process.stdin, self._process.stdout
        if sending is None or answers is None:
            raise EOFError
        if data is not None:
            sending.write(len(data).to_bytes(4, "big") + data)
            sending.flush()
        line = answers.readline(_LINE_LIMIT)
        if not line.endswith(b"\n"):
            raise EOFError
        return line


def _child_environment() -> Iterator[tuple[str, str]]:
    """Give what a Python needs to start, and nothing of the person's."""
    for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "LANG", "LC_ALL"):
        if value := os.environ.get(name):
            yield name, value
    yield "PYTHONDONTWRITEBYTECODE", "1"
    # Threads of the numeric libraries would each take address space and help nothing.
    yield "OPENBLAS_NUM_THREADS", "1"
    yield "OMP_NUM_THREADS", "1"


def _checked(name: str, line: bytes) -> FileReading:
    """Return the answer as a reading; ValueError for anything a sound child does not say."""
    answer: object = json.loads(line)
    if not isinstance(answer, dict) or len(answer) != 1:
        raise ValueError("not an answer")
    if "error" in answer:
        reason = answer["error"]
        if not isinstance(reason, str) or reason not in _REASONS:
            raise ValueError("not a reason")
        return FileReading(name, error=_REASONS[reason])
    texts = answer.get("texts")
    if not isinstance(texts, list) or len(texts) > _MOST_TEXTS:
        raise ValueError("not a list of texts")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("not all texts")
    return FileReading(name, texts=tuple(texts))
