"""Every single bit and every length of a vault file: damage is always told, never anything else."""

from pathlib import Path

import pytest
from vaults import PASSWORD, make_vault, totp

from watchword.errors import VaultDamaged
from watchword.vault import LockedVault, file_format


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_vault(tmp_path_factory.mktemp("vault"), totp("Example")).path.read_bytes()


def refused(data: bytes) -> bool:
    # Opening begins with this, before any password: what stops here can never be taken for a
    # wrong password or be opened.
    try:
        file_format.parse(data)
    except VaultDamaged:
        return True
    return False


def test_every_single_bit(data: bytes) -> None:
    changed = bytearray(data)
    missed = []
    for at in range(len(data)):
        for bit in range(8):
            changed[at] ^= 1 << bit
            if not refused(bytes(changed)):
                missed.append((at, bit))
            changed[at] ^= 1 << bit
    assert len(data) * 8 >= 32_768
    assert missed == []
    assert not refused(bytes(changed))


def test_every_truncation(data: bytes) -> None:
    assert [length for length in range(len(data)) if not refused(data[:length])] == []


def test_up_to_4096_bytes_more(data: bytes) -> None:
    for filling in (b"\0", b"\n", b"x"):
        assert [n for n in range(1, 4_097) if not refused(data + filling * n)] == []


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_the_damaged_file_is_never_overwritten(data: bytes, damage: str, tmp_path: Path) -> None:
    path = tmp_path / "vault"
    broken = {"flip": data[:2_000] + b"?" + data[2_001:], "cut": data[:-7], "empty": b""}[damage]
    path.write_bytes(broken)
    with pytest.raises(VaultDamaged):
        LockedVault(path).unlock(PASSWORD)
    assert path.read_bytes() == broken
    assert sorted(p.name for p in tmp_path.iterdir()) == ["vault"]
