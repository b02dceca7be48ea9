"""Every place of the window for somebody who sees nothing, or has no mouse, or twice as large text."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import watchword.desktop
from watchword.desktop.look import theme


@pytest.fixture
def large_text(qapp: QApplication) -> Iterator[None]:
    """Let the system ask for text of twice the size."""
    before, larger = qapp.font(), qapp.font()
    larger.setPixelSize(28)
    qapp.setFont(larger)
    theme._made_font.cache_clear()
    yield
    qapp.setFont(before)
    theme._made_font.cache_clear()


@pytest.mark.usefixtures("large_text")
@pytest.mark.qt_log_ignore("pipewire", extend=True)  # the system may have no camera service
def test_every_control_has_a_name_and_is_reached_by_tab_in_the_order_of_the_screen(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With text of 200 % in the smallest usual window, where most is scrolled out of view."""
    for name in ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "TZ"):
        monkeypatch.setenv(name, "")  # the pictures set them: put back with the test
    from every_place import Walker

    walker = Walker(qapp)
    walker.everything(tmp_path)
    walker.close()
    assert not walker.faults, "\n".join(walker.faults)
    assert pages() - walker.kinds == set(), "not among the places of `make screenshots`"
    assert len(walker.places) > 100


def pages() -> set[str]:
    """Return the names of all pages there are."""
    folder = Path(watchword.desktop.__file__).parent
    return {
        found
        for file in folder.rglob("*_page*.py")
        for found in re.findall(r"^class (\w+Page)\b", file.read_text("utf-8"), re.MULTILINE)
    }
