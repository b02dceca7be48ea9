"""The key derivation's edges: threads, memory, limits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from watchword.clock import SystemClock
from watchword.vault import NotEnoughMemory, crypto, keyslots
from watchword.vault.calibration import calibrated
from watchword.vault.crypto import KdfCost
from watchword.vault.file_format import PASSWORD


def test_many_threads_may_derive_at_once() -> None:
    # OpenSSL's pool of threads serves one derivation at a time; others failed with MemoryError.
    cost = KdfCost(8 * 1024, 1, 4)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: bytes(crypto.stretch(b"x", bytes(16), cost)), range(40)))
    assert len(set(results)) == 1


def test_memory_the_system_does_not_give_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hungry:
        def __init__(self, **_: object) -> None: ...

        def derive_into(self, *_: object) -> None:
            raise MemoryError

    monkeypatch.setattr(crypto, "Argon2id", Hungry)
    with pytest.raises(NotEnoughMemory, match="takes 8 MiB"):
        crypto.stretch(b"x", bytes(16), crypto.CHEAPEST)


@pytest.mark.parametrize(
    ("cost", "possible"),
    [
        (KdfCost(8_192, 1, 1), True),
        (KdfCost(8_191, 1, 1), False),
        (KdfCost(2**20, 16, 8), True),
        (KdfCost(2**20 + 1, 1, 1), False),
        (KdfCost(8_192, 0, 1), False),
        (KdfCost(8_192, 17, 1), False),
        (KdfCost(8_192, 1, 0), False),
        (KdfCost(8_192, 1, 9), False),
    ],
)
def test_limits_of_what_a_file_may_ask(cost: KdfCost, possible: bool) -> None:
    assert crypto.within_limits(cost) is possible


def test_at_most_half_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2 * 64 * 1024 * 1024 // 4096}
    monkeypatch.setattr(crypto.os, "sysconf", pages.__getitem__)
    assert crypto.fits_memory(KdfCost(64 * 1024, 1, 1))
    assert not crypto.fits_memory(KdfCost(64 * 1024 + 1, 1, 1))


def test_what_is_logged_of_keys_holds_no_key() -> None:
    slot, psk = keyslots.new_slot(PASSWORD, b"secret words", crypto.CHEAPEST, 0.0)
    first = keyslots.new_ring(bytes(16))
    ring = first.with_slot(slot, psk)
    keys = crypto.slot_keys(bytes(32), bytes(16))
    shown = repr(keys) + repr(ring) + repr(slot)
    for secret in (keys.private_key, keys.psk, ring.vault_key, psk):
        assert repr(bytes(secret)) not in shown
        assert bytes(secret).hex() not in shown


def test_a_new_vault_costs_what_the_format_says() -> None:
    # docs/vault-format.md §3: 64 MiB, 4 lanes, 3 to 16 passes, whatever the computer.
    cost = calibrated(SystemClock())
    assert (cost.memory_kib, cost.lanes) == (64 * 1024, 4)
    assert 3 <= cost.passes <= 16
    assert (KdfCost(64 * 1024, 3, 4), KdfCost(8 * 1024, 1, 1)) == (crypto.DEFAULT, crypto.CHEAPEST)


def test_how_much_memory_was_missing_is_said_in_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    slot, _ = keyslots.new_slot(PASSWORD, b"secret words", crypto.CHEAPEST, 0.0)
    monkeypatch.setattr(crypto, "fits_memory", lambda _: False)
    with pytest.raises(NotEnoughMemory, match="takes 8 MiB, more than half"):
        keyslots.matching_keys(slot, b"secret words")
