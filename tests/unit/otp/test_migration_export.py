"""Google Authenticator's export, written by us: what we write is read back, in any order of its parts."""

import base64
from typing import Any
from urllib.parse import unquote

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from watchword.errors import InvalidInput
from watchword.otp.migration import BATCH_LIMIT, MigrationPart, parse
from watchword.otp.migration_export import ENTRIES_EACH, LONGEST_LINK, export
from watchword.otp.migration_parts import MigrationParts, PartRefused
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType, of_one_shape
from watchword.plain_text import plain_text

SECRET = b"12345678901234567890"
HASHES = [Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512]

names = st.text(max_size=60).map(plain_text)
entries = st.builds(
    lambda otp, issuer, account: OtpauthEntry(otp=otp, issuer=issuer, account=account),
    otp=st.one_of(
        st.builds(
            OtpParameters,
            type=st.just(OtpType.TOTP),
            secret=st.binary(min_size=1, max_size=128),
            algorithm=st.sampled_from(HASHES),
            digits=st.sampled_from([6, 8]),
        ),
        st.builds(
            OtpParameters,
            type=st.just(OtpType.HOTP),
            secret=st.binary(min_size=1, max_size=128),
            algorithm=st.sampled_from(HASHES),
            digits=st.sampled_from([6, 8]),
            counter=st.integers(0, 2**63 - 1),
        ),
    ),
    issuer=names,
    account=names,
)


def totp(account: str = "ann", issuer: str = "Kalos", **more: Any) -> OtpauthEntry:
    otp = OtpParameters(type=OtpType.TOTP, secret=SECRET, **more)
    return OtpauthEntry(otp=otp, issuer=issuer, account=account)


def facts(read: tuple[OtpauthEntry, ...]) -> list[tuple[OtpParameters, str, str]]:
    return [(each.otp, each.issuer, each.account) for each in read]


@settings(max_examples=60)
@given(
    given_entries=st.lists(entries, max_size=40),
    batch_id=st.integers(-(2**31), 2**31 - 1),
    order=st.randoms(use_true_random=False),
)
def test_what_is_written_is_read_back_in_any_order(
    given_entries: list[OtpauthEntry], batch_id: int, order: Any
) -> None:
    written = export(given_entries, batch_id)
    assert written.left_out == ()
    parts = MigrationParts()
    links = list(written.links)
    order.shuffle(links)
    for link in links:
        assert len(link) <= LONGEST_LINK
        part = parse(link)
        assert part.batch_id == batch_id
        assert 1 <= len(part.entries) <= ENTRIES_EACH
        assert parts.add(part)
    assert facts(parts.entries) == facts(tuple(given_entries))
    assert parts.complete is bool(given_entries)


def test_ten_accounts_a_code() -> None:
    written = export([totp(f"ann{number}") for number in range(25)], 7)
    assert [len(parse(link).entries) for link in written.links] == [10, 10, 5]


def test_long_names_make_more_codes_and_the_longest_none() -> None:
    long = export([totp("\U0001f600" * 100) for _ in range(4)], 7)
    assert len(long.links) == 4
    written = export([totp("\U0001f600" * 256, "\U0001f600" * 256), totp()], 7)
    assert len(written.links) == 1
    (left,) = written.left_out
    assert left.reason == "its names are too long for a QR code"


def test_the_longest_code_can_be_drawn_and_scanned() -> None:
    account = "ü" * 256
    (link,) = export([totp(account, "K" * 200)], 7).links
    assert LONGEST_LINK * 0.5 < len(link) <= LONGEST_LINK
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    drawn.add_data(link)
    image = drawn.make_image().get_image()
    assert isinstance(image, Image.Image)
    (found,) = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert parse(found.text).entries[0].account == account


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (totp(digits=7), "its codes have 7 digits, and there they have 6 or 8"),
        (totp(period=60), "its codes last 60 s, and there they last 30 s"),
        (
            OtpauthEntry(otp=of_one_shape(OtpType.STEAM, SECRET), issuer="Steam", account="ann"),
            "Google Authenticator has no Steam codes",
        ),
        (
            OtpauthEntry(otp=of_one_shape(OtpType.MOTP, SECRET, "1"), issuer="", account="ann"),
            "Google Authenticator has no mOTP codes",
        ),
    ],
)
def test_what_the_format_cannot_hold_is_left_out_with_its_reason(
    entry: OtpauthEntry, reason: str
) -> None:
    written = export([totp("bob"), entry, totp("cid")], 0)
    assert [(each.name, each.reason) for each in written.left_out] == [("ann", reason)]
    assert [each.account for each in parse(written.links[0]).entries] == ["bob", "cid"]


def test_too_many_for_any_reader_are_left_out() -> None:
    # So long that each has a code of its own.
    written = export([totp("x" * 250, "y" * 250)] * (BATCH_LIMIT + 2), 1)
    assert len(written.links) == BATCH_LIMIT
    assert parse(written.links[-1]).batch_index == BATCH_LIMIT - 1
    assert {each.reason for each in written.left_out} == {"an export has at most 1000 QR codes"}
    assert len(written.left_out) == 2


def test_nothing_makes_no_code() -> None:
    assert export([], 1).links == ()


def test_no_secret_in_a_repr() -> None:
    written = export([totp()], 1)
    data = unquote(written.links[0].partition("data=")[2])
    assert SECRET in base64.b64decode(data)
    assert data[:20] not in repr(written)


# Collecting the parts.


def part(index: int, *, size: int = 5, batch: int = 7, account: str = "") -> MigrationPart:
    entry = totp(account or f"ann{index}")
    return MigrationPart((entry,), (), batch_id=batch, batch_index=index, batch_size=size)


def test_parts_in_any_order() -> None:
    parts = MigrationParts()
    assert (parts.size, parts.missing, parts.complete) == (0, (), False)
    assert parts.add(part(3))
    assert parts.add(part(0))
    assert (parts.progress, parts.missing, parts.complete) == ("2 of 5 scanned", (2, 3, 5), False)
    assert not parts.add(part(3))  # seen again: nothing new
    for index in (4, 1, 2):
        parts.add(part(index))
    assert parts.complete
    assert [each.account for each in parts.entries] == [f"ann{index}" for index in range(5)]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (part(1, batch=8), "belongs to another export"),
        (part(1, batch=0), "belongs to another export"),
        (part(1, size=4), "does not fit"),
        (part(0, account="eve"), "does not fit"),
    ],
)
def test_a_part_of_something_else_is_refused_and_changes_nothing(
    other: MigrationPart, why: str
) -> None:
    parts = MigrationParts()
    parts.add(part(0))
    with pytest.raises(PartRefused, match=why) as refused:
        parts.add(other)
    assert isinstance(refused.value, InvalidInput)
    assert refused.value.what_to_do
    assert (parts.progress, len(parts.entries)) == ("1 of 5 scanned", 1)


def test_a_batch_id_of_0_is_an_id() -> None:
    parts = MigrationParts()
    parts.add(part(0, batch=0, size=2))
    parts.add(part(1, batch=0, size=2))
    assert parts.complete
