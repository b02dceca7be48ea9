"""A camera on the network: JPEG frames over HTTP, each with the moment it was made in its QR code.

    python tests/helpers/stamped_stream.py [--rate 30] [--hold 15]

Prints its port, serves whoever connects on loopback, one after the other, and ends with its input. A frame that
cannot be sent in time is left out, as a camera leaves it out. `--hold N` shows each code for N frames, with the
stamp of the first, and then nothing for three times as many.
"""

import argparse
import os
import select
import socket
import sys
import threading
import time

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
BOUNDARY = "frame"
HEAD = (
    "HTTP/1.0 200 OK\r\nCache-Control: no-store\r\n"
    f"Content-Type: multipart/x-mixed-replace; boundary={BOUNDARY}\r\n\r\n"
)


def link(number: int, made_ns: int) -> str:
    """Return a login link that says which frame it was, and when that was made."""
    return f"otpauth://totp/Frame:{number}.{made_ns}?secret=JBSWY3DPEHPK3PXPJBSWY3DP"


def stamp_in(text: str) -> tuple[int, int]:
    """Return the number of a frame, and when it was made, in ns of the monotonic clock."""
    number, _, made = text.partition("Frame:")[2].partition("?")[0].partition(".")
    return int(number), int(made)


def table() -> Picture:
    """Return what lies under the code: soft light and grain, so that frames weigh what frames do."""
    across = np.linspace(90, 190, WIDTH)[None, :] + np.linspace(-30, 30, HEIGHT)[:, None]
    grain = np.random.default_rng(1).normal(0, 3, (HEIGHT, WIDTH))
    grey = np.clip(across + grain, 0, 255).astype(np.uint8)
    return np.stack([grey // 2, grey // 4 * 3, grey], axis=-1)


def jpeg(ground: Picture, text: str, number: int) -> bytes:
    """Return the frame: the code moves a little from one to the next, as in a hand."""
    scene = ground.copy()
    if text:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        seen = np.array(zxingcpp.write_barcode_to_image(code, scale=5, add_quiet_zones=True))
        top = int(240 + 40 * np.sin(number / 9))
        left = int(500 + 120 * np.sin(number / 14))
        scene[top : top + seen.shape[0], left : left + seen.shape[1]] = seen[:, :, None]
    return cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def serve(connection: socket.socket, rate: float, hold: int) -> None:
    """Send frames until the other end has gone."""
    while b"\r\n\r\n" not in connection.recv(65_536):
        pass
    connection.sendall(HEAD.encode())
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ground, number, due, text = table(), 0, time.monotonic(), ""
    while True:
        due = max(due + 1 / rate, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
        if not select.select([], [connection], [], 0)[1]:
            continue
        if hold and number // hold % 4:
            text = ""
        elif not hold or number % hold == 0:
            text = link(number, time.monotonic_ns())
        picture = jpeg(ground, text, number)
        head = (
            f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
        )
        connection.sendall(head.encode() + picture + b"\r\n")
        number += 1


def end_with_input() -> None:
    """Leave when whoever started this has gone; at once, whatever is being drawn."""
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=float, default=30)
    options.add_argument("--hold", type=int, default=0)
    asked = options.parse_args()
    cv2.setNumThreads(1)
    door = socket.create_server(("127.0.0.1", 0))
    # Little may lie on the way: a camera has two or three frames, not a second of them.
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 131_072)
    print(door.getsockname()[1], flush=True)
    threading.Thread(target=end_with_input, daemon=True).start()
    while True:
        connection, _ = door.accept()
        with connection:
            # A player that was stopped has gone in the middle of a frame.
            try:
                serve(connection, asked.rate, asked.hold)
            except OSError:
                continue


if __name__ == "__main__":
    main()
