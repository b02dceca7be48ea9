"""A home with a vault that opens quickly, for tests that drive the installed program."""

import shutil
from pathlib import Path

import pytest
from cli_home import PASSWORD, Home
from fake_clock import FakeClock

from watchword.vault import CHEAPEST, create_vault


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made")
    vault, _ = create_vault(
        path / "vault", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock()
    )
    vault.lock()
    return path


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(made_home, tmp_path / "home")))


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    path = tmp_path / "home"
    path.mkdir()
    return Home(path)
