"""A camera faster than the decoder: the newest frame is read, the others are forgotten."""

import threading

import pytest
from pytestqt.qtbot import QtBot
from stream_source import Watched, stream

FRAMES = 90
EACH_TAKES = 3  # frames come meanwhile


@pytest.mark.qt_log_ignore("Demuxing failed")  # the stream ends with the server, in mid-frame
def test_a_slow_decoder_neither_lags_nor_hoards(qtbot: QtBot) -> None:
    with stream() as url:
        came, over = threading.Condition(), threading.Event()
        watched: Watched

        def slow() -> None:
            with came:
                until = watched.arrived + EACH_TAKES
                came.wait_for(lambda: watched.arrived >= until or over.is_set())

        def tell(_frame: object) -> None:
            with came:
                came.notify_all()

        watched = Watched(url, slow)
        watched.source.frame_arrived.connect(tell)
        watched.scan.start()
        qtbot.waitUntil(lambda: watched.arrived >= FRAMES, timeout=60_000)
        over.set()
        tell(None)
        watched.stop()
    assert len(watched.numbers) > 5
    assert watched.numbers == sorted(set(watched.numbers))
    assert set(watched.behind) == {0}
    assert len(watched.behind) <= watched.arrived / EACH_TAKES + 3
    # One in work and one waiting, for the decoder and for the preview; the one that just came; and what
    # each of the two workers did last.
    assert watched.most_alive <= 7
