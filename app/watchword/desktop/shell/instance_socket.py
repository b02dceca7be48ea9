"""The first instance's line on Linux and macOS: a socket in a folder that only this user can enter.

Not Qt's: QtNetwork is 2.7 MiB that nothing else needs before an account is linked to a server.
"""

import contextlib
import os
import socket
import struct
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier

from watchword.desktop.shell.instance_line import MOST_CALLERS, PATIENCE_SECONDS, Listener

_AGAIN_SECONDS = 0.02


def _is_this_user(end: socket.socket) -> bool:
    """Tell whether the other end is a process of this user, as far as the system says."""
    if sys.platform != "linux":
        return True
    try:
        peer = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    except OSError:
        return False  # gone already
    _pid, user, _group = struct.unpack("3i", peer)
    return bool(user == os.getuid())


def tell(address: str, line: bytes) -> bool:
    """Say one line to whoever listens at `address`; return whether somebody of this user does."""
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(PATIENCE_SECONDS)
        # Links hold secrets: not a word to a stranger.
        if not _is_answered(end, address) or not _is_this_user(end):
            return False
        with contextlib.suppress(OSError):  # it was there, and hung up or is busy
            end.sendall(line + b"\n")
        return True


def _is_answered(end: socket.socket, address: str) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            end.connect(address)
        except BlockingIOError:  # its queue is full
            if time.monotonic() > until:
                return False
            time.sleep(_AGAIN_SECONDS)
        except OSError:
            return False
        else:
            return True


class SocketListener(Listener):
    """Listens at a path."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None

    def listen(self, address: str) -> None:
        path = Path(address)
        listening = socket.socket(socket.AF_UNIX)
        try:
            path.unlink(missing_ok=True)
            listening.bind(address)
            path.chmod(0o600)
            listening.listen(MOST_CALLERS)
        except OSError:
            listening.close()
            return
        listening.setblocking(False)
        self._socket = listening
        self._notifier = QSocketNotifier(listening.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)

    def close(self) -> None:
        if self._socket is not None and self._notifier is not None:
            self._notifier.setEnabled(False)
            with contextlib.suppress(OSError):
                Path(self._socket.getsockname()).unlink(missing_ok=True)
            self._socket.close()
            self._socket = None
        super().close()

    def _accept(self) -> None:
        while self._socket is not None:
            try:
                end, _ = self._socket.accept()
            except OSError:  # nobody more, or no file left to hear one with
                return
            if _is_this_user(end):
                self._hear(end)
            else:
                end.close()

    def _hear(self, end: socket.socket) -> None:
        end.setblocking(False)
        notifier = QSocketNotifier(end.fileno(), QSocketNotifier.Type.Read, self)

        def read(most: int) -> bytes | None:
            try:
                return end.recv(most) or None
            except BlockingIOError:
                return b""
            except OSError:
                return None

        def hang_up() -> None:
            notifier.setEnabled(False)
            notifier.deleteLater()
            end.close()

        caller = self.greet(read, hang_up)
        notifier.activated.connect(caller.listen)
        self.make_room()
