"""The engines side by side in a process of their own: one that crashes or hangs costs one picture."""

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

OURS = "Watchword"
PEERS = ("zxing-cpp", "pyzbar", "QRCodeDetector", "QRCodeDetectorAruco")
CAMERA = "camera"  # and the number of the rescue stage whose turn it is
UNREAD = "unread"  # where our first look sees codes that it cannot read
LIMIT = 3.0  # CPU seconds for one picture; a detector of OpenCV takes minutes over some
_PATIENCE = 60.0  # seconds by the clock, where the system has no limit by CPU time


class Engines:
    """Asks the process; starts another one when it died or was killed for taking too long."""

    def __init__(self) -> None:
        self.lost: dict[str, int] = {}
        self._process: Any = None
        self._line: Any = None

    def ask(self, name: str, picture: Grey, times: int = 1) -> tuple[Any, float]:
        """Return what the engine found and its CPU seconds, the best of `times`."""
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            self._line.recv()
        self._line.send((name, picture, times))
        try:
            if self._line.poll(_PATIENCE):
                return self._line.recv()  # type: ignore[no-any-return]
        except (EOFError, ConnectionError):
            pass
        self.close()
        self.lost[name] = self.lost.get(name, 0) + 1
        return (), LIMIT

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._line.close()
            self._process = None


def _serve(line: Connection) -> None:
    engines = _engines()
    line.send("ready")
    while True:
        try:
            name, picture, times = line.recv()
        except EOFError:
            return
        best, found = float("inf"), None
        for _ in range(times):
            if hasattr(signal, "setitimer"):
                # SIGPROF ends the process: no library that hangs would let Python do it.
                signal.setitimer(signal.ITIMER_PROF, LIMIT)
            started = time.process_time()
            found = engines[name](picture)
            best = min(best, time.process_time() - started)
        line.send((found, best))


def _engines() -> dict[str, Callable[[Grey], Any]]:
    import cv2
    import zxingcpp
    from pyzbar import pyzbar

    from watchword.enrolment import cascade, engines

    cv2.setNumThreads(1)
    detectors = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())

    def frame(turn: int) -> Callable[[Grey], Any]:
        def read(picture: Grey) -> Any:
            reader = cascade.FrameReader()
            for _ in range(turn):
                reader(np.zeros((8, 8), np.uint8))  # takes the turn of one stage
            return reader(picture)

        return read

    def zxing(picture: Grey) -> list[str]:
        found = zxingcpp.read_barcodes(
            picture,
            formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode),
            text_mode=zxingcpp.TextMode.Plain,
        )
        return [code.text for code in found]

    def zbar(picture: Grey) -> list[str]:
        found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [code.data.decode("utf-8", "replace") for code in found]

    def opencv(detector: Any) -> Callable[[Grey], list[str]]:
        def read(picture: Grey) -> list[str]:
            try:
                return [text for text in detector.detectAndDecodeMulti(picture)[1] if text]
            except (cv2.error, UnicodeDecodeError):
                return []

        return read

    return {
        UNREAD: lambda picture: engines.read(picture).unread,
        OURS: lambda picture: list(cascade.looks(picture)),
        **{f"{CAMERA} {turn}": frame(turn) for turn in range(len(cascade.FRAME_RESCUE))},
        **dict(zip(PEERS, (zxing, zbar, *map(opencv, detectors)), strict=True)),
    }
