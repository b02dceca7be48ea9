from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from watchword.desktop.transfer.found_list import Found, FoundList

WHY = (
    "This is not a login code. Such links begin with “otpauth://”, and this one begins otherwise."
)


@pytest.mark.parametrize("count", [8, 2000])
def test_rows_follow_each_other_at_every_width(qtbot: QtBot, count: int) -> None:
    rows = [Found("warning", f"Line {n}", WHY, "warn") for n in range(count)]
    shown = FoundList([*rows, Found("check", "GitHub", "Already here")], "Found")
    qtbot.addWidget(shown)
    shown.show()
    places: dict[int, list[int]] = {}
    for width in (420, 900, 380):
        shown.resize(width, 600)
        qtbot.wait(0)
        model = shown.model()
        boxes = [shown.visualRect(model.index(n, 0)) for n in range(9)]
        assert all(a.bottom() + 1 == b.top() for a, b in pairwise(boxes))
        places[width] = [box.height() for box in boxes]
    # A reason that needs more lines where there is less room has them; thousands are as high as one.
    assert (places[900][0] < places[380][0]) == (count == 8)
