"""What a person cancels while a key is derived leaves no trace."""

from pathlib import Path

import pytest
from fake_clock import FakeClock
from vaults import PASSWORD, make_vault, totp

from watchword.vault import CHEAPEST, Cancelled, LockedVault, create_vault
from watchword.vault.slots import add_recovery_key, change_password


def no() -> bool:
    return False


def yes() -> bool:
    return True


def test_a_vault_that_is_no_longer_wanted_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    with pytest.raises(Cancelled, match="Nothing was changed"):
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock(), still_wanted=no)
    assert not LockedVault(path).exists()
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock(), still_wanted=yes)
    assert path.exists()


def test_a_password_that_is_no_longer_wanted_is_not_set(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    before = made.path.read_bytes()
    with pytest.raises(Cancelled):
        change_password(made.vault, "other", made.clock, cost=CHEAPEST, still_wanted=no)
    assert made.path.read_bytes() == before
    assert len(made.open_again(PASSWORD).accounts) == 1
    change_password(made.vault, "other", made.clock, cost=CHEAPEST, still_wanted=yes)
    assert len(made.open_again("other").accounts) == 1


def test_a_recovery_key_that_is_no_longer_wanted_replaces_nothing(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    with pytest.raises(Cancelled):
        add_recovery_key(made.vault, made.clock, cost=CHEAPEST, still_wanted=no)
    LockedVault(made.path).unlock_with_recovery_key(made.recovery_key, clock=made.clock).lock()
