"""All data lies in one place that the person or the system names."""

from pathlib import Path

import pytest

from watchword.system import paths


def test_watchword_home_moves_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHWORD_HOME", str(tmp_path / "stick"))
    assert paths.is_portable()
    assert paths.vault_path() == tmp_path / "stick" / "vault"
    assert paths.backups_path() == tmp_path / "stick" / "backups"
    assert paths.state_path() == tmp_path / "stick" / "state"
    assert not (tmp_path / "stick").exists()


def test_a_relative_watchword_home_is_the_one_of_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHWORD_HOME", "stick")
    assert paths.data_home() == tmp_path / "stick"


def test_the_platform_decides_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHWORD_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert not paths.is_portable()
    assert paths.data_home() == tmp_path / "watchword"


def test_a_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WATCHWORD_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "data")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.data_home() == tmp_path / ".local" / "share" / "watchword"
