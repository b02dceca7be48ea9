"""The wheel carries all it needs: installed elsewhere and started from another folder, it opens."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from desktop_session import Desktop
from programs import end

pytestmark = pytest.mark.end2end

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_starts_from_another_folder(desktop: Desktop, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("watchword-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert "watchword/resources/icons/lock.svg" in names
    assert "watchword_server/pages/templates/sign_in.html" in names
    assert not [name for name in names if name.startswith(("app/", "tests/"))]

    # -S keeps the checkout's own .pth away; the libraries are named by PYTHONPATH instead.
    place = tmp_path / "installed"
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", place, wheel],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    started = desktop.start(
        sys.executable, "-S", "-m", "watchword", cwd=tmp_path,
        environment={"PYTHONPATH": f"{place}:{libraries}", "WATCHWORD_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    try:
        desktop.see("Create my vault", role="push button", within=60)
    finally:
        end(started)
