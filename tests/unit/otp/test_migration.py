"""Google Authenticator's export: whole or refused, and what cannot be taken over is listed."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import InvalidInput
from watchword.otp.migration import MigrationRefused, SkippedEntry, missing_parts, parse
from watchword.otp.parameters import Algorithm, OtpType
from watchword.otp.protobuf import MessageBroken

SECRET = b"12345678901234567890"


def varint(value: int) -> bytes:
    value %= 2**64
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def member(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def entry(
    secret: bytes = SECRET,
    name: bytes = b"Kalos:ann",
    issuer: bytes = b"Kalos",
    algorithm: int = 1,
    digits: int = 1,
    kind: int = 2,
    counter: int = 0,
) -> bytes:
    numbers = ((4, algorithm), (5, digits), (6, kind), (7, counter))
    texts = member(1, secret) + member(2, name) + member(3, issuer)
    return texts + b"".join(member(*each) for each in numbers if each[1])


def link(*entries: bytes, version: int = 2, size: int = 1, index: int = 0, batch: int = 7) -> str:
    message = b"".join(member(1, each) for each in entries)
    message += member(2, version) + member(3, size) + member(4, index) + member(5, batch)
    return raw_link(message)


def raw_link(message: bytes) -> str:
    data = quote(base64.b64encode(message).decode(), safe="")
    return f"otpauth-migration://offline?data={data}"


def test_an_export_is_read() -> None:
    part = parse(
        link(
            entry(),
            entry(name=b"bob", issuer=b"", algorithm=3, digits=2, kind=1, counter=41),
            size=5,
            index=2,
            batch=-123,
        )
    )
    totp, hotp = part.entries
    assert (totp.issuer, totp.account, totp.otp.type) == ("Kalos", "ann", OtpType.TOTP)
    assert (totp.otp.secret, totp.otp.digits, totp.otp.period) == (SECRET, 6, 30)
    assert (hotp.issuer, hotp.account, hotp.otp.type) == ("", "bob", OtpType.HOTP)
    assert (hotp.otp.algorithm, hotp.otp.digits, hotp.otp.counter) == (Algorithm.SHA512, 8, 41)
    assert (part.batch_id, part.batch_index, part.batch_size) == (-123, 2, 5)
    assert part.skipped == ()


def test_newer_fields_are_passed_over() -> None:
    newer = entry() + member(8, b"6194bc1737727798793") + b"\x49" + bytes(8) + b"\x55" + bytes(4)
    assert len(parse(link(newer)).entries) == 1


def test_a_plus_in_the_data_is_not_a_blank() -> None:
    secret = b"xx" + b"\xfb\xef\xbe" * 6  # falls on a base64 boundary
    uri = link(entry(secret=secret)).replace("%2B", "+").replace("%3D", "")
    assert "+" in uri
    assert parse(uri).entries[0].otp.secret == secret


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (entry(algorithm=4), "its algorithm is MD5, which is not supported"),
        (entry(algorithm=9), "its algorithm is unknown"),
        (entry(digits=0), "it does not say how many digits its codes have"),
        (entry(kind=0), "it does not say what kind of codes it makes"),
        (entry(secret=b""), "this account has no secret"),
        (entry(secret=bytes(129)), "the secret is too long"),
        (entry(kind=1, counter=-1), "the counter -1 is not possible"),
        (entry(name=b"x" * 300), "the account name is too long"),
    ],
)
def test_an_entry_that_cannot_be_taken_over_is_listed(bad: bytes, reason: str) -> None:
    part = parse(link(entry(), bad))
    assert len(part.entries) == 1
    assert [skipped.reason for skipped in part.skipped] == [reason]


def test_a_name_that_is_no_text_is_listed() -> None:
    skipped = parse(link(entry(name=b"\xff"))).skipped
    assert skipped == (SkippedEntry("account 1", "its name is not valid text"),)


@pytest.mark.parametrize(
    "uri",
    [
        "otpauth-migration://offline",
        "otpauth-migration://offline?data=",
        "otpauth-migration://offline?data=!!!!",
        "otpauth-migration://offline?data=A",
        "otpauth-migration://online?data=CgA%3D",
        "otpauth-migration://offline?data=CgA%3D&data=CgA%3D",
        "otpauth-migration:offline?data=CgA%3D",
        raw_link(member(1, entry())[:-3]),
        link(),
        link(entry(), size=2, index=2),
        link(entry(), size=-1),
        link(entry(), index=-1),
        link(*[entry()] * 201),
        link(*[entry()] * 1_000),
        raw_link(b"\x0a" + varint(2**63)),  # a length of 2^63
        raw_link(b"\x0a" + b"\xff" * 11),
        raw_link(b"\x0b" * 12_000),  # groups in groups
        raw_link(member(1, 5)),
        raw_link(member(3, b"x")),
        raw_link(member(1, member(1, 5))),
        raw_link(member(1, member(4, b"x"))),
        raw_link(b"\x00\x00"),
    ],
)
def test_what_is_damaged_is_refused_whole(uri: str) -> None:
    with pytest.raises((MigrationRefused, MessageBroken)) as caught:
        parse(uri)
    assert caught.value.title


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda cut: entry() + cut)))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    for uri in (raw_link(message), link(message)):
        try:
            part = parse(uri)
        except InvalidInput:
            continue
        assert len(part.entries) + len(part.skipped) >= 1


def test_missing_parts_are_named() -> None:
    parts = [parse(link(entry(), size=5, index=index, batch=0)) for index in (2, 0)]
    assert missing_parts(parts) == {0: [2, 4, 5]}
    assert missing_parts([parse(link(entry()))]) == {}
