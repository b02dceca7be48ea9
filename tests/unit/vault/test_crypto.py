"""The key derivation's edges: threads, memory, limits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from watchword.vault import NotEnoughMemory, crypto
from watchword.vault.crypto import KdfCost


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
    with pytest.raises(NotEnoughMemory, match="8 MiB"):
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
