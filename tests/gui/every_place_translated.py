"""Every place of the window in the other languages, narrow: what is not translated, and what is cut.

Two minutes, so it is a part of `make test-all`; `make test` compares the catalogues with the sources.
"""

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

# What the places of the pictures are about: made-up people, servers, files, passwords and faults.
MADE_UP = (
    "Ana", "Ben", "Firefox on", "Chrome on", "Safari on", "Edge on", "Mail app", "Unknown browser",
    "Uni Basel", "Society", "four", "violet otter", "correct horse", "latest changes", "accounts · saved",
    "older copy of the vault", "Make room", "No answer came", "The connection ended", "second key",
    "Staff network", "Watchword demo", "Faults since", "Libraries:", "still open, and all", "InitError",
    "http", "Apache", "waits", " wait", "more", "sao paulo", "Kalos", "python", "a-very-long", "OR ",
    "Errno", "Home router", "No module", "account 3 of 7", "digits are not", "can still be read",
)  # fmt: skip

# Names, addresses and browsers, as long as they like to be; a tool tip, or a page of its own, shows them whole.
OF_OTHERS = (
    "Society",
    "Uni Basel",
    "ana.maria",
    "Firefox",
    "Chrome",
    "Safari",
    "Edge",
    "Unknown browser",
)


pytestmark = pytest.mark.qt_log_ignore("pipewire", extend=True)  # there may be no camera service


@pytest.fixture(autouse=True)
def put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "TZ"):
        monkeypatch.setenv(name, "")  # the pictures set them when they are imported


def test_all_is_translated(qapp: QApplication, tmp_path: Path) -> None:
    from places_in import Looking, Marked, speaking, untranslated

    with speaking("de", Marked):
        looking = Looking(qapp)
        looking.everything(tmp_path)
        looking.close()
    assert len(looking.places) > 100
    left = {untranslated(text).strip(): place for text, place in looking.said.items()}
    english = [
        f"{place}: {text}"
        for text, place in left.items()
        if re.search(r"\b[A-Za-z][a-z]+ [a-z]{2,}", text)
        and not any(one in text for one in MADE_UP)
    ]
    assert not english, "\n".join(english)


@pytest.mark.parametrize("language", ["de", "fr", "es", "it"])
def test_nothing_of_ours_is_cut(language: str, qapp: QApplication, tmp_path: Path) -> None:
    from places_in import Looking, speaking

    with speaking(language):
        looking = Looking(qapp)
        looking.everything(tmp_path)
        looking.close()
    cut = [
        f"{place}: {text}"
        for text, place in looking.cut.items()
        if not any(one in text for one in OF_OTHERS)
    ]
    assert len(looking.places) > 100
    assert not cut, "\n".join(cut)
