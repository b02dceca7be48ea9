"""No key outlives its use: what is derived on the way to a file or out of one is cleared afterwards."""

from pathlib import Path
from typing import Any

import pytest
from vaults import PASSWORD, make_vault, totp

from watchword.errors import VaultDamaged, WrongPassword
from watchword.vault import LockedVault, crypto
from watchword.vault.slots import check_password


class Keys:
    """Every key that HKDF or Argon2id makes, and every one they are made from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[bytearray] = []
        for name in ("_expand", "stretch"):
            monkeypatch.setattr(crypto, name, self.watched(getattr(crypto, name)))

    def watched(self, work: Any) -> Any:
        def watch(key: bytes | bytearray, *rest: Any) -> bytearray:
            made: bytearray = work(key, *rest)
            self.seen += [each for each in (key, made) if isinstance(each, bytearray)]
            return made

        return watch

    def left(self, *, but: bytearray | None = None) -> list[bytearray]:
        return [key for key in self.seen if any(key) and key is not but]


def test_opening_saving_and_locking_leave_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path, totp("one"))
    keys = Keys(monkeypatch)
    vault = made.open_again()
    vault.add([totp("two")])
    vault.save()
    assert len(keys.seen) > 8
    # While it is open, the vault key is the one that stays.
    assert keys.left(but=vault._state().ring.vault_key) == []
    vault.lock()
    assert keys.left() == []


def test_making_a_vault_leaves_only_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keys(monkeypatch)
    vault = make_vault(tmp_path).vault
    assert keys.left(but=vault._state().ring.vault_key) == []
    check_password(vault._state().ring, PASSWORD)
    with pytest.raises(WrongPassword):
        check_password(vault._state().ring, "wrong")
    vault.lock()
    assert keys.left() == []


def test_a_wrong_password_and_a_vault_changed_by_somebody_leave_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path)
    data = bytearray(made.path.read_bytes())
    data[-40] ^= 1  # in the payload's tag
    data[-32:] = crypto.sha256(bytes(data[:-32]))
    keys = Keys(monkeypatch)
    with pytest.raises(WrongPassword):
        LockedVault(made.path).unlock("wrong")
    made.path.write_bytes(data)
    with pytest.raises(VaultDamaged):
        LockedVault(made.path).unlock(PASSWORD)
    assert keys.seen
    assert keys.left() == []
