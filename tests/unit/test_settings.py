"""The settings of an installation: read whatever the file says, written whole or not at all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchword.settings import (
    FILE_NAME,
    Appearance,
    Locking,
    Settings,
    SettingsNotSaved,
    read_settings,
    write_settings,
)

CHANGED = Settings(
    appearance=Appearance(theme="dark", language="de", text_percent=150),
    locking=Locking(idle_minutes=5, on_suspend=False),
)


def test_without_a_file_all_is_as_designed(tmp_path: Path) -> None:
    assert read_settings(tmp_path / FILE_NAME) == Settings()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    window = replace(CHANGED.window, place=(10, -20, 420, 680))
    for keeps in (None, False, True):
        running = replace(CHANGED.running, keeps_running=keeps)
        changed = replace(CHANGED, window=window, running=running)
        write_settings(path, changed)
        assert read_settings(path) == changed
    assert [each.name for each in tmp_path.iterdir()] == [FILE_NAME]


def test_what_a_newer_version_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text('{"sounds": {"volume": 3}, "locking": {"by_weather": true}}')
    write_settings(path, CHANGED)
    kept = json.loads(path.read_text())
    assert kept["sounds"] == {"volume": 3}
    assert kept["locking"]["by_weather"] is True
    assert read_settings(path) == CHANGED


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "\ufeff{}", '{"locking": 5}', '{"locking": {"idle_minutes": "15"}}',
     '{"locking": {"idle_minutes": true}}', '{"window": {"place": [1, "2", 3, 4]}}',
     '{"running": {"keeps_running": 1}}', "[" * 100_000],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_its_default(text: str, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text)
    assert read_settings(path) == Settings()


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


# Drawing is slow on a busy machine, which says nothing of the settings.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["appearance", "locking", "window", "else"]), _ANY))
def test_nothing_in_the_file_breaks_the_start(
    tmp_path_factory: pytest.TempPathFactory, whole: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("settings") / FILE_NAME
    path.write_text(json.dumps(whole))
    write_settings(path, read_settings(path))
    assert isinstance(read_settings(path), Settings)


def test_a_refused_write_is_told_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    write_settings(path, CHANGED)
    (tmp_path / f".{FILE_NAME}.new").mkdir()
    with pytest.raises(SettingsNotSaved) as caught:
        write_settings(path, Settings())
    assert "until Watchword is closed" in str(caught.value)
    assert read_settings(path) == CHANGED
