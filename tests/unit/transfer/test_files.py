"""Files are read once and bounded; what is written is durable, private and over nothing."""

import contextlib
import errno
import threading
from pathlib import Path

import pytest

from watchword.transfer import files
from watchword.transfer.files import ExportUnconfirmed, FileThere, NotExported
from watchword.transfer.format import FileRefused
from watchword.vault import Places, durable, file_format, limits


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "growing.txt"
    path.write_bytes(b"x" * 1_000_000)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab") as file:
            while not stop.is_set():
                file.write(b"y" * 1_000_000)
                file.flush()
                if file.tell() > 2 * files.LARGEST_BYTES:
                    return

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with contextlib.suppress(FileRefused):
            assert len(files.read_file(path)) <= files.LARGEST_BYTES
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize(
    ("start", "size", "read"),
    [
        (b"", files.LARGEST_BYTES, True),
        (b"", files.LARGEST_BYTES + 1, False),
        (file_format.MAGIC, files.LARGEST_BYTES + 1, True),
        (file_format.MAGIC, limits.FILE_BYTES + 1, False),
    ],
)
def test_sizes(tmp_path: Path, start: bytes, size: int, read: bool) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    if read:
        assert len(files.read_file(path)) == size
    else:
        with pytest.raises(FileRefused, match="larger than"):
            files.read_file(path)


def test_a_name_that_somebody_takes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.txt"
    places = Places.beside(tmp_path / "home" / "vault")
    real = files.check_target

    def overtaken(*arguments: object, **more: object) -> None:
        real(*arguments, **more)  # type: ignore[arg-type]
        path.write_bytes(b"theirs")

    monkeypatch.setattr(files, "check_target", overtaken)
    with pytest.raises(FileThere):
        files.write_file(path, b"ours", places, replacing=False)
    assert path.read_bytes() == b"theirs"


def test_what_reads_back_differently_was_not_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that lies: the file goes, and nobody is told that it is there."""
    path = tmp_path / "out.txt"
    monkeypatch.setattr(durable, "_read_back", lambda descriptor, count: b"something else")
    with pytest.raises(NotExported):
        files.write_file(path, b"ours", Places.beside(tmp_path / "v"), replacing=False)
    path.write_bytes(b"old")
    with pytest.raises(NotExported):
        files.write_file(path, b"ours", Places.beside(tmp_path / "v"), replacing=True)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_a_file_that_is_there_is_not_told_as_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, places = tmp_path / "out.txt", Places.beside(tmp_path / "v")

    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(durable, "settle_folder", fail)
    with pytest.raises(NotExported):
        files.write_file(path, b"ours", places, replacing=False)
    assert not path.exists()
    path.write_bytes(b"old")
    with pytest.raises(ExportUnconfirmed, match="not confirmed"):
        files.write_file(path, b"ours", places, replacing=True)
    assert path.read_bytes() == b"ours"


def test_backups_on_this_computer_are_the_vaults_own(tmp_path: Path) -> None:
    places = Places.beside(tmp_path / "vault", tmp_path / "local")
    with pytest.raises(NotExported, match="lie there"):
        files.check_target(tmp_path / "local" / "x", places, replacing=True)
