"""A picture file can hold codes or be hostile; it is never worth more than a sentence."""

import os
import signal
import socket
import stat
import struct
import sys
import time
import zlib
from pathlib import Path

import images
import numpy as np
import pytest
import qr_scenes
from PIL import Image

from watchword.enrolment.files import FileReading, read_files, read_picture

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"


def _png_header(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large and is a few bytes long."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_each_format_is_read_and_names_are_not_asked(tmp_path: Path) -> None:
    paths = []
    for kind in ("PNG", "JPEG", "WEBP", "BMP"):
        paths.append(tmp_path / f"{kind}.gif")
        paths[-1].write_bytes(qr_scenes.encoded(qr_scenes.qr(LINK), kind))
    assert read_files(paths) == [FileReading(str(path), (LINK,)) for path in paths]


def test_codes_on_transparent_and_coloured_and_deep_pictures(tmp_path: Path) -> None:
    code = qr_scenes.qr(LINK)
    see_through = np.zeros((*code.shape, 4), np.uint8)
    see_through[..., 3] = 255 - code  # black where opaque: on black paper it would vanish
    Image.fromarray(see_through).save(tmp_path / "a.png")
    Image.fromarray(np.stack((code, 255 - code // 2, code), axis=-1)).save(tmp_path / "b.png")
    Image.fromarray(code.astype(np.uint16) * 200).save(tmp_path / "c.png")
    Image.fromarray(code).convert("1").save(tmp_path / "d.png")
    Image.fromarray(code).convert("P").save(tmp_path / "e.png", transparency=255)
    readings = read_files(sorted(tmp_path.iterdir()))
    assert [reading.texts for reading in readings] == [(LINK,)] * 5


def test_every_text_of_a_picture_is_given(tmp_path: Path) -> None:
    texts = {LINK, "https://example.com", "WIFI:S:home;;"}
    path = tmp_path / "three.png"
    path.write_bytes(
        qr_scenes.encoded(qr_scenes.beside([qr_scenes.qr(text) for text in sorted(texts)]))
    )
    (reading,) = read_files([path])
    assert set(reading.texts) == texts
    assert "JBSWY3DPEHPK3PXP" not in repr(reading)


def test_a_picture_without_codes_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    path.write_bytes(qr_scenes.encoded(np.full((50, 50), 255, np.uint8)))
    assert read_files([path]) == [FileReading(str(path))]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_png_header(30_000, 30_000), "too large"),
        (_png_header(0, 10), "damaged"),
        (b"GIF89a" + bytes(1000), "not a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG"),
        (b"II*\0" + bytes(1000), "not a PNG"),
        (b"\0\0\1\0" + bytes(1000), "not a PNG"),
        (b"\0\0\0\x18ftypheic" + bytes(1000), "not a PNG"),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\xff" * 6, "too large"),
        (b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + b"\xff" * 4, "too large"),
        (b"RIFF\0\0\0\0WEBPVP8X", "damaged"),
        (b"RIFF\0\0\0\0WEBPnone" + bytes(50), "damaged"),
        (qr_scenes.encoded(qr_scenes.qr(LINK))[:200], "damaged"),
        (b"\xff\xd8\xff" + bytes(100), "damaged"),
        (b"BM" + b"\xff" * 100, "damaged"),
        (b"", "empty"),
        (bytes(20 * 1024 * 1024 + 1), "20 MiB"),
    ],
    ids=[
        *("png-30000", "png-0", "gif", "svg", "tiff", "ico", "heic", "webp-x", "webp-l"),
        *("webp-cut", "webp-other", "png-cut", "jpeg", "bmp", "empty", "20-mib"),
    ],
)
def test_what_is_refused_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    (reading,) = read_files([path])
    assert reading.texts == ()
    assert reason in (reading.error or "")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(2 * 1024**3)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    odd = ["/dev/zero", "/proc/self/mem", str(tmp_path), "a\0b", str(tmp_path / "none"), ""]
    odd += [str(tmp_path / name) for name in ("pipe", "loop", "large", "socket")]
    before = time.monotonic()
    readings = read_files(odd)
    assert time.monotonic() - before < 1
    assert [reading.file for reading in readings] == odd
    assert all(reading.error and not reading.texts for reading in readings)
    listening.close()


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "private.png"
    path.write_bytes(b"x")
    path.chmod(stat.S_IWUSR)
    monkeypatch.chdir(tmp_path)
    if os.geteuid() == 0:  # root may read every file, so be nobody for a moment
        tmp_path.chmod(0o711)
        os.seteuid(65534)
    try:
        readings = read_files(["private.png"])
    finally:
        os.seteuid(os.getuid())
    assert "may not be read" in (readings[0].error or "")


def _child(tmp_path: Path, what: str) -> tuple[str, ...]:
    """Return the command of a child that says it is ready and then does `what`."""
    script = tmp_path / "child.py"
    script.write_text(
        "import os, sys, time\n"
        "out = sys.stdout.buffer\n"
        "out.write(b'{\"ready\": true}\\n'); out.flush()\n"
        "def picture():\n"
        "    return sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), 'big'))\n"
        + what
    )
    return (sys.executable, str(script))


@pytest.mark.parametrize(
    "what",
    [
        "os.kill(os.getpid(), 11)",
        "picture(); sys.exit(0)",
        "picture(); out.write(b'garbage\\n')",
        "picture(); out.write(b'[' * 60000 + b'\\n')",
        "picture(); out.write(b'{\"texts\": [1]}\\n')",
        'picture(); out.write(b\'{"texts": "x"}\\n\')',
        'picture(); out.write(b\'{"texts": [], "error": "large"}\\n\')',
        'picture(); out.write(b\'{"error": "<b>"}\\n\')',
        "picture(); out.write(b'{\"error\": []}\\n')",
        "picture(); out.write(b'[]\\n')",
        "picture(); out.write(b'{\"texts\": []}')",
        "while True: out.write(b'x' * 65536)",
    ],
)
def test_a_child_that_does_not_behave_is_one_unread_picture(tmp_path: Path, what: str) -> None:
    reading = read_picture(b"any", command=_child(tmp_path, what))
    assert reading.error == "Could not read this picture"


def test_a_child_that_hangs_is_killed_after_three_seconds(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    what = f"open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    before = time.monotonic()
    reading = read_picture(b"any", command=_child(tmp_path, what))
    assert 2.9 < time.monotonic() - before < 5
    assert reading.error == "Could not read this picture"
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), signal.SIGCONT)


def test_a_picture_that_kills_the_child_costs_only_itself(tmp_path: Path) -> None:
    what = (
        "while True:\n"
        "    if picture() == b'bad': os.abort()\n"
        '    out.write(b\'{"texts": ["good"]}\\n\'); out.flush()\n'
    )
    for name in ("a-good", "b-bad", "c-good"):
        (tmp_path / name).write_text(name[2:])
    paths = [tmp_path / name for name in ("a-good", "b-bad", "c-good")]
    readings = read_files(paths, command=_child(tmp_path, what))
    assert [(reading.texts, bool(reading.error)) for reading in readings] == [
        (("good",), False),
        ((), True),
        (("good",), False),
    ]


def test_the_child_has_nothing_of_the_persons_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWORD_HOME", "/private")
    what = (
        "import json\npicture()\n"
        "out.write(json.dumps({'texts': sorted(os.environ)}).encode() + b'\\n')\n"
    )
    names = read_picture(b"any", command=_child(tmp_path, what)).texts
    assert "PYTHONDONTWRITEBYTECODE" in names
    assert "WATCHWORD_HOME" not in names
    assert "HOME" not in names


def test_a_child_is_replaced_before_its_processor_time_runs_out(tmp_path: Path) -> None:
    what = (
        "import json\n"
        "for number in range(1000):\n"
        "    picture()\n"
        "    out.write(json.dumps({'texts': [str(os.getpid())]}).encode() + b'\\n'); out.flush()\n"
    )
    for number in range(45):
        (tmp_path / f"{number:02}.png").write_text("x")
    command = _child(tmp_path, what)
    readings = read_files(sorted(tmp_path.glob("*.png")), command=command)
    children = [reading.texts[0] for reading in readings]
    assert sorted(children.count(child) for child in set(children)) == [5, 20, 20]


def test_broken_pictures_never_cost_more_than_themselves(tmp_path: Path) -> None:
    """500 files changed at random, as those were that crashed other readers; 10,000 in the long form."""
    tally, problems = images.outcomes(tmp_path, 500, seed=7)
    assert problems == []
    assert tally.total() == 500
    # All kinds of ends occur, or the pictures are too broken to prove anything.
    assert tally["read"] > 50
    assert tally["no code"] > 50
    assert tally["Could not read this picture: it is damaged"] > 50
