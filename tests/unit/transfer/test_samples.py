"""Files as programs wrote them, kept for ever: what is in them is taken over exactly."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchword.errors import KnownError
from watchword.plain_text import plain_text
from watchword.transfer import registry
from watchword.transfer.plan import plan
from watchword.vault.account import Account

FOLDER = Path(__file__).parents[2] / "samples" / "transfer-1"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
DIGESTS = {
    "links.txt": "671201f4183e3c115c18686e7027050394e86fe878e052f49e12ffa66cd6f021",
    "google.txt": "b998e5c10deb3c512616ef1b9ca51d4131f0255b858764eb38d0274df0cd6378",
    "backup.watchword": "7b78b45a4bf623b7c834c059800029047d353e8a18a3f9c1784c9ca0c126239c",
}


def members(account: Account) -> dict[str, Any]:
    otp = account.otp
    assert otp is not None
    return {
        "type": otp.type.value,
        "issuer": account.issuer,
        "account": account.account,
        "secret": otp.secret.hex(),
        "algorithm": otp.algorithm.value,
        "digits": otp.digits,
        "period": otp.period,
        "counter": otp.counter,
        "pin": otp.pin,
        "tags": list(account.tags),
        "note": account.note,
        "favourite": account.favourite,
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_taken_over_exactly(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == DIGESTS[name]
    expected = EXPECTED[name]
    format_ = registry.format_of(data)
    assert format_.name == expected["format"]
    read = format_.read(data, expected["password"])
    assert [members(account) for account in read.accounts] == expected["accounts"]
    assert [[each.name, each.reason] for each in read.skipped] == expected["skipped"]
    assert list(read.notices) == expected["notices"]


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(EXPECTED)),
    edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 10**6),
)
def test_a_spoilt_sample_gets_an_answer(name: str, edits: list[tuple[int, int]], cut: int) -> None:
    """Bytes changed and the end lost: accounts that are sound, or an error with a reason."""
    data = bytearray((FOLDER / name).read_bytes())
    for place, value in edits:
        data[place % len(data)] = value
    spoilt = bytes(data[: len(data) - cut % len(data)])
    with contextlib.suppress(KnownError):
        read = registry.format_of(spoilt).read(spoilt, EXPECTED[name]["password"])
        planned = plan(read, ())
        assert len(planned.new) + len(planned.duplicates) == len(read.accounts)
        assert all(plain_text(account.issuer) == account.issuer for account in planned.new)
