"""No key outlives its use: what is derived on the way to a file or out of one is cleared afterwards."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from vaults import PASSWORD, make_vault, totp

from watchword.errors import VaultDamaged, WrongPassword
from watchword.vault import LockedVault, crypto, loaded
from watchword.vault.errors import ContentsDamaged, VaultReplaced
from watchword.vault.slots import check_password

VECTORS = Path(__file__).parents[2] / "vectors" / "vault"


class Keys:
    """Every key that HKDF or Argon2id makes, and every one they are made from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[bytearray] = []
        for name in ("_expand", "stretch"):
            monkeypatch.setattr(crypto, name, self.watched(getattr(crypto, name)))
        slot_keys = crypto.slot_keys

        def watch(*arguments: Any) -> crypto.SlotKeys:
            made = slot_keys(*arguments)
            self.seen += [made.private_key, made.psk]
            return made

        monkeypatch.setattr(crypto, "slot_keys", watch)

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
    vector = (VECTORS / "contents-not-json.vault").read_bytes()
    made.path.write_bytes(vector.partition(b"\n\n")[2])
    with pytest.raises(ContentsDamaged):
        LockedVault(made.path).unlock(PASSWORD)
    assert keys.seen
    assert keys.left() == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_vault_key_lies_in_a_page_that_is_not_swapped(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from watchword.vault import LockedVault\n"
        "def held():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(line.split()[1]) for line in lines if line.startswith('VmLck'))\n"
        "before = held()\n"
        "vault = LockedVault(Path(sys.argv[1])).unlock(sys.argv[2])\n"
        "print(before, held())\n"
    )
    command = [sys.executable, "-c", program, str(made.path), PASSWORD]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    before, after = map(int, said.stdout.split())
    assert before == 0
    assert after >= 4  # KiB: a page


def test_every_vault_key_is_asked_to_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    monkeypatch.setattr(crypto, "hold_in_memory", lambda key: held.append(id(key)))
    made = make_vault(tmp_path)
    for vault in (made.vault, made.open_again()):
        assert id(vault._state().ring.vault_key) in held


def test_another_vault_in_its_place_leaves_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    made, other = make_vault(tmp_path / "a"), make_vault(tmp_path / "b")
    made.path.write_bytes(other.path.read_bytes())
    taken: list[bytearray] = []
    load = loaded.load_with_slot

    def watched(*arguments: Any) -> loaded.Loaded:
        state = load(*arguments)
        taken.append(state.ring.vault_key)
        return state

    monkeypatch.setattr(loaded, "load_with_slot", watched)
    with pytest.raises(VaultReplaced):
        made.vault.rejoin(PASSWORD)
    assert [any(key) for key in taken] == [False]
