"""The hostile and broken login codes of the list (Q…), each by its number."""

import base64
import time

import pytest

from watchword.enrolment.preview import Likeness, preview
from watchword.enrolment.scanned import (
    EnrolLinkFound,
    MigrationFound,
    NotALoginCode,
    OtpauthFound,
    as_account,
    recognise,
)
from watchword.errors import InvalidInput
from watchword.otp import base32, migration
from watchword.otp.otpauth import parse, write
from watchword.otp.protobuf import bytes_field
from watchword.vault.account import Account

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOTP = f"otpauth://totp/A:b?secret={SECRET}"
MIGRATION = "otpauth-migration://offline?data="

REFUSED = {
    "Q1 empty secret": "otpauth://totp/A:b?secret=",
    "Q2 no secret": "otpauth://totp/A:b",
    "Q2 a key twice": "otpauth://totp/A:b?secret=&Secret=SHA1",
    "Q4 one second": f"{TOTP}&period=1",
    "Q7 MD5": f"{TOTP}&algorithm=MD5",
    "Q7 NUL": f"{TOTP}&algorithm=SHA1%00",
    "Q11 zero": "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PX0",
    "Q11 one": "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PX1",
    "Q11 digits": "otpauth://totp/A:b?secret=0189",
    "Q13 129 bytes": f"otpauth://totp/A:b?secret={'A' * 207}",
    "Q13 100 KB": f"otpauth://totp/A:b?secret={'A' * 102_400}",
    "Q17 long label": f"otpauth://totp/{'x' * 5000}?secret={SECRET}",
    "Q18 no slashes": f"otpauth:totp/x?secret={SECRET}",
    "Q20 percent": f"otpauth://totp/%zz?secret={SECRET}",
    "Q20 no UTF-8": "otpauth://totp/A:b?secret=%ff%fe",
    "Q22 no counter": f"otpauth://hotp/A:b?secret={SECRET}",
    "Q22 negative": f"otpauth://hotp/A:b?secret={SECRET}&counter=-1",
    "Q22 large": f"otpauth://hotp/A:b?secret={SECRET}&counter={2**64}",
    "Q23 4296 digits": "1" * 4296,
    "Q23 2953 bytes": "\x00\xff" * 1476,
    "Q23 empty": "",
    "Q23 undecodable": f"otpauth://totp/\udc81?secret={SECRET}",
    "Q26 web": "https://evil.example/",
    "Q26 script": "javascript:alert(1)",
    "Q26 file": "file:///etc/passwd",
    "Q26 Wi-Fi": "WIFI:S:net;P:secret;;",
    "Q26 share": "smb://server/share",
    "Q26 version 2": "watchword://enrol/2?o=x",
    "Q26 Steam, not a secret": "steam://rungameid/440",
    "Q32 sslverify": "otpauth://pipush/x?url=https%3A%2F%2Fpi.example&v=1&sslverify=0",
}


# A link to enrol by that is right but for its server's address.
ENROL = (
    "watchword://enrol/1?o={}&e=AAAAAAAAAAAAAAAAAAAAAA&k=AAECAwQFBgcICQoLDA0ODxAREhM"
    "&f=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU&x=1700000600"
)
REFUSED |= {
    f"Q30 {origin[:40]}": ENROL.format(origin)
    for origin in (
        "http://login.example",
        "https://ann@login.example",
        "https://0x7f000001",
        "https://127.1",
        "https://[fe80::1]",
        "https://169.254.169.254",
        "https://login.example:0",
        "https://login.example:65536",
        "https://login.example\\evil",
        "https://login%252eexample",
        "https://login.example.",
        f"https://{'x' * 300}.example",
    )
}


def test_q30_the_link_is_right_but_for_the_address() -> None:
    found = recognise(ENROL.format("https://login.example"), now=1_700_000_000)
    assert isinstance(found, EnrolLinkFound)
    near = recognise(ENROL.format("https://192.168.1.10"), now=1_700_000_000)
    assert isinstance(near, EnrolLinkFound)
    assert near.notices


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_reason_at_once(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidInput) as refused:
        as_account(recognise(text, now=1_700_000_000))
    assert time.monotonic() - started < 1
    assert refused.value.title
    assert refused.value.reason
    assert SECRET not in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    "text",
    [REFUSED[each] for each in ("Q1 empty secret", "Q20 percent", "Q22 negative")],
    ids=["Q1", "Q20", "Q22"],
)
def test_a_refusal_quotes_no_more_than_it_must(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recognise(text)
    assert "otpauth://totp/" not in str(refused.value)


def test_q4_the_longest_period() -> None:
    assert parse(f"{TOTP}&period=86400").otp.period == 86_400


@pytest.mark.parametrize("digits", [8, 10])
def test_q6_digits(digits: int) -> None:
    assert parse(f"{TOTP}&digits={digits}").otp.digits == digits


@pytest.mark.parametrize(
    ("spelling", "meant"), [("sha256", "SHA256"), ("SHA-512", "SHA512"), ("HmacSHA1", "SHA1")]
)
def test_q7_spellings(spelling: str, meant: str) -> None:
    assert parse(f"{TOTP}&algorithm={spelling}").otp.algorithm == meant


def test_q8_two_issuers_are_both_shown() -> None:
    shown = preview(OtpauthFound(parse(f"{TOTP}&issuer=Microsoft")), [])
    assert "“Microsoft” and “A”" in shown.warnings[0]


@pytest.mark.parametrize("secret", [SECRET.lower(), "JBSW Y3DP-EHPK3PXP JBSWY3DPEHPK3PXP====="])
def test_q10_secrets_are_normalised(secret: str) -> None:
    assert parse(f"otpauth://totp/A:b?secret={secret}").otp == parse(TOTP).otp


@pytest.mark.parametrize("extra", ["A", "AAA", "AAAAAA"])
def test_q11_odd_lengths_are_said(extra: str) -> None:
    assert "unusual length" in parse(f"{TOTP}{extra}").notices[0]


def test_q12_surplus_bits_change_no_code_and_the_round_trip_is_said() -> None:
    odd = parse("otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXPJR")
    usual = parse("otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXPJQ")
    assert odd.otp == usual.otp
    assert "an export will spell it differently" in odd.notices[0]
    assert "JBSWY3DPEHPK3PXPJQ" in write(odd.otp, odd.issuer, odd.account)


def test_q13_one_byte_and_128() -> None:
    assert "1 byte" in parse("otpauth://totp/A:b?secret=ME").notices[0]
    assert parse(f"otpauth://totp/A:b?secret={base32.write(bytes(128))}").notices == ()


@pytest.mark.parametrize(
    "name", ["<img src=file:///etc/passwd>", "<b>", "&#x202e;", "*x* [y](z)", "%n%s{0}"]
)
def test_q16_markup_is_text(name: str) -> None:
    entry = parse(write(parse(TOTP).otp, name, name))
    assert (entry.issuer, entry.account) == (name, name)


def test_q17_marks_and_right_to_left() -> None:
    entry = parse(f"otpauth://totp/שלום:a{'%CC%81' * 256}?secret={SECRET}")
    assert entry.issuer == "שלום"
    assert len(entry.account) == 5
    assert "Hidden characters" in entry.notices[0]


@pytest.mark.parametrize("uri", [f"OTPAUTH://TOTP/A:b?SECRET={SECRET}", f"otpauth://TOTP/A:b?secret={SECRET}"])  # fmt: skip
def test_q18_letter_case(uri: str) -> None:
    assert parse(uri).otp == parse(TOTP).otp


def test_q20_decoded_once_and_plus_is_a_blank() -> None:
    entry = parse(f"otpauth://totp/%2541?secret={SECRET}&issuer=My+Bank")
    assert (entry.issuer, entry.account) == ("My Bank", "%41")


def test_q22_counter_0() -> None:
    assert parse(f"otpauth://hotp/A:b?secret={SECRET}&counter=0").otp.counter == 0


Q24 = {
    "Q24 bad base64": f"{MIGRATION}%%%",
    "Q24 truncated": f"{MIGRATION}CjUKFDEyMzQ1Njc4",
    "Q24 a length of 2^63": f"{MIGRATION}CoCAgICAgICAgAE",
    "Q24 groups in groups": f"{MIGRATION}{'C' * 4000}",
    "Q24 no entry": f"{MIGRATION}EAI",
}


@pytest.mark.parametrize("uri", Q24.values(), ids=Q24.keys())
def test_q24_damaged_exports_are_refused_whole(uri: str) -> None:
    found = recognise(uri)
    assert isinstance(found, MigrationFound)
    with pytest.raises(InvalidInput):
        migration.parse(found.text)


def exported(*members: bytes) -> str:
    """Return an export of one entry for each of `members`, its fields 4 to 6."""
    entry = b"\x0a\x0512345\x12\x01a"
    message = b"".join(bytes_field(1, entry + each) for each in members)
    return MIGRATION + base64.b64encode(message).decode().replace("+", "%2B")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (b"\x20\x04\x28\x01\x30\x02", "MD5"),
        (b"\x20\x01\x30\x02", "how many digits"),
        (b"\x20\x01\x28\x01\x30\x02\x0a\x00", "no secret"),
    ],
    ids=["Q25 MD5", "Q25 digits unspecified", "Q25 empty secret"],
)
def test_an_entry_that_cannot_be_taken_over_is_listed(fields: bytes, reason: str) -> None:
    part = migration.parse(exported(b"\x20\x01\x28\x01\x30\x02", fields))
    assert len(part.entries) == 1
    (skipped,) = part.skipped
    assert reason in skipped.reason


def test_q24_ten_thousand_entries_and_a_part_of_another_export() -> None:
    sound = b"\x20\x01\x28\x01\x30\x02"
    assert len(migration.parse(exported(*[sound] * 100)).entries) == 100
    with pytest.raises(InvalidInput):
        migration.parse(exported(*[sound] * 201))
    assert recognise(exported(*[sound] * 10_000)) == NotALoginCode("a very long text")


@pytest.mark.parametrize("text", [REFUSED[each] for each in REFUSED if each.startswith("Q26")][:5])
def test_q26_is_named_and_never_a_login_code(text: str) -> None:
    assert isinstance(recognise(text), NotALoginCode)


def test_q27_alike_is_never_replaced_unasked() -> None:
    first = parse(TOTP)
    mine = Account(id="a" * 16, issuer="A", account="b", otp=first.otp)
    same_secret = preview(OtpauthFound(parse(TOTP.replace("A:b", "A:c"))), [mine])
    same_name = preview(OtpauthFound(parse(f"{TOTP[:-2]}AA")), [mine])
    likenesses = [getattr(each, "likeness", None) for each in (same_secret, same_name)]
    assert likenesses == [Likeness.SAME_SECRET, Likeness.SAME_LABEL]
