"""The camera and the mirror, from one start to the next."""

from pathlib import Path

import pytest

from watchword.system.camera_choice import CameraChoice, keep_choice, read_choice


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHWORD_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_was_kept_is_read_again(home: Path) -> None:
    assert read_choice() == CameraChoice("", mirrored=True)
    keep_choice(CameraChoice("/dev/video2 ä", mirrored=False))
    assert read_choice() == CameraChoice("/dev/video2 ä", mirrored=False)
    assert [path.name for path in (home / "state").iterdir()] == ["camera.json"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "\x00", '"\ud800"', "[" * 10_000),
        *('{"camera": 7, "mirrored": "no"}', f'{{"camera": "{"x" * 5000}"}}'),
    ],
)
def test_what_cannot_be_read_is_forgotten(home: Path, text: str) -> None:
    (home / "state").mkdir(parents=True)
    (home / "state" / "camera.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_choice() == CameraChoice()


def test_a_place_that_cannot_be_written_is_no_error(home: Path) -> None:
    home.write_text("a file where the folder should be")
    keep_choice(CameraChoice("a"))
    assert read_choice() == CameraChoice()
