"""Links as services really print them are read; what is wrong with one is said, never guessed."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import InvalidInput
from watchword.otp import base32, link
from watchword.otp.link import KeyGivenTwice, LinkRefused, NotAnOtpauthLink
from watchword.otp.otpauth import (
    AlgorithmUnsupported,
    CounterMissing,
    KindUnsupported,
    parse,
    write,
)
from watchword.otp.parameters import (
    Algorithm,
    CounterOutOfRange,
    DigitsOutOfRange,
    OtpParameters,
    OtpType,
    PeriodOutOfRange,
    SecretRefused,
    of_one_shape,
)
from watchword.plain_text import plain_text

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOTP = f"otpauth://totp/Kalos:ann?secret={SECRET}"

HASHES = [each for each in Algorithm if each is not Algorithm.MD5]

names = st.text(max_size=256).map(plain_text)
pins = st.text(alphabet=[chr(code) for code in range(0x21, 0x7F)], min_size=1, max_size=64)
parameters = st.one_of(
    st.builds(
        OtpParameters,
        type=st.just(OtpType.TOTP),
        secret=st.binary(min_size=1, max_size=128),
        algorithm=st.sampled_from(HASHES),
        digits=st.integers(5, 10),
        period=st.integers(5, 86_400),
    ),
    st.builds(
        OtpParameters,
        type=st.just(OtpType.HOTP),
        secret=st.binary(min_size=1, max_size=128),
        algorithm=st.sampled_from(HASHES),
        digits=st.integers(5, 10),
        counter=st.integers(0, 2**63 - 1),
    ),
    st.builds(of_one_shape, st.just(OtpType.STEAM), st.binary(min_size=1, max_size=128)),
    st.builds(of_one_shape, st.just(OtpType.MOTP), st.binary(min_size=1, max_size=128), pins),
    st.builds(of_one_shape, st.just(OtpType.YANDEX), st.binary(min_size=16, max_size=16), pins),
)


@given(otp=parameters, issuer=names, account=names)
def test_what_is_written_is_read_back(otp: OtpParameters, issuer: str, account: str) -> None:
    entry = parse(write(otp, issuer, account))
    assert (entry.otp, entry.issuer, entry.account) == (otp, issuer, account)
    assert not [notice for notice in entry.notices if "two" in notice or "Hidden" in notice]


@given(
    st.one_of(
        st.text(max_size=300),
        st.text(alphabet=string.printable, max_size=300).map("otpauth://totp/x?secret={}".format),
        st.text(alphabet="secrtpiodgh=&%0189ABC", max_size=80).map("otpauth://hotp/{}".format),
        st.text(alphabet="secrtpin=&%0189aB:/?", max_size=80).map("motp://{}".format),
        st.text(alphabet="ABCDE234=%/", max_size=80).map("steam://{}".format),
        st.text(max_size=80).map("otpauth://steam/x?secret=GEZDGNBVGY&codeDisplay={}".format),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        entry = parse(text)
    except InvalidInput:
        return
    assert 5 <= entry.otp.digits <= 10


def test_the_plain_case() -> None:
    entry = parse(
        f"otpauth://totp/Kalos%20Club:ann%40example.org?secret={SECRET}"
        "&issuer=Kalos%20Club&algorithm=SHA256&digits=8&period=60"
    )
    assert (entry.issuer, entry.account) == ("Kalos Club", "ann@example.org")
    assert entry.label_issuer == ""
    assert (entry.otp.type, entry.otp.algorithm) == (OtpType.TOTP, Algorithm.SHA256)
    assert (entry.otp.digits, entry.otp.period, entry.notices) == (8, 60, ())


@pytest.mark.parametrize(
    ("label", "issuer", "expected"),
    [
        ("Kalos:ann", "", ("Kalos", "ann")),
        ("Kalos%3Aann", "", ("Kalos", "ann")),
        ("Kalos:%20ann", "", ("Kalos", "ann")),
        ("Kalos: ann", "", ("Kalos", "ann")),
        ("ann", "", ("", "ann")),
        (":ann", "", ("", "ann")),
        ("ann", "Kalos", ("Kalos", "ann")),
        ("Kalos:ann", "Other", ("Other", "ann")),
        ("A:B:ann", "A:B", ("A:B", "ann")),
        ("ann+tag@example.org", "My+Company", ("My Company", "ann+tag@example.org")),
        ("Disney+:ann", "Disney+", ("Disney+", "ann")),
        ("Disney%2B:ann", "Disney%2B", ("Disney+", "ann")),
        ("a/b", "", ("", "a/b")),
        ("Büro:jürgen", "", ("Büro", "jürgen")),
        ("%D7%A9%D7%9C%D7%95%D7%9D:x", "", ("שלום", "x")),
        ("C%23:ann", "", ("C#", "ann")),
        ("double%2541", "", ("", "double%41")),  # decoded once
        ("<img src=file:///etc/passwd>", "%25n%25s{0}", ("%n%s{0}", "///etc/passwd>")),
    ],
)
def test_labels_name_issuer_and_account(
    label: str, issuer: str, expected: tuple[str, str]
) -> None:
    entry = parse(f"otpauth://totp/{label}?secret={SECRET}&issuer={issuer}")
    assert (entry.issuer, entry.account) == expected


def test_both_issuers_are_shown_where_they_differ() -> None:
    entry = parse(f"otpauth://totp/MyOrg:ann?secret={SECRET}&issuer=Microsoft")
    assert (entry.issuer, entry.label_issuer) == ("Microsoft", "MyOrg")
    assert entry.notices == ("The link names two issuers: “Microsoft” and “MyOrg”.",)


def test_hidden_characters_are_removed_and_said() -> None:
    entry = parse(f"otpauth://totp/pay%E2%80%AEpal:a%00b?secret={SECRET}")
    assert (entry.issuer, entry.account) == ("paypal", "ab")
    assert entry.notices == ("Hidden characters were removed from the name.",)


@pytest.mark.parametrize(
    "uri",
    [
        f"OTPAUTH://TOTP/Kalos:ann?SECRET={SECRET}",
        f"otpauth://totp/x?secret={SECRET}&issuer",  # a bare key
        f"otpauth://totp/x?secret={SECRET}&algorithm=null&digits=null&period=null",
        f"otpauth://totp/x?secret={SECRET}&&",
        f"  otpauth://totp/x?secret={SECRET}\n",
        f"otpauth://totp?secret={SECRET}",
        f"otpauth://totp/x?secret={SECRET}&image=https%3A%2F%2Fexample.org%2Fa.png&foo=bar",
    ],
)
def test_spellings_in_use_are_accepted(uri: str) -> None:
    entry = parse(uri)
    assert (entry.otp.digits, entry.otp.period) == (6, 30)
    assert base32.write(entry.otp.secret) == SECRET


@pytest.mark.parametrize(
    "secret",
    [
        SECRET.lower(),
        "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        "JBSW-Y3DP-EHPK-3PXP-JBSW-Y3DP-EHPK-3PXP",
        "JBSWY3DPEHPK3PXP+JBSWY3DPEHPK3PXP",
        f"{SECRET}======",
        f"{SECRET}%3D%3D",
        f"{SECRET}= = =",
    ],
)
def test_secrets_are_normalised(secret: str) -> None:
    entry = parse(f"otpauth://totp/x?secret={secret}")
    assert base32.write(entry.otp.secret) == SECRET
    assert entry.notices == ()


@pytest.mark.parametrize("extra", ["A", "AAA", "AAAAAA"])
def test_odd_lengths_keep_whole_bytes_and_say_so(extra: str) -> None:
    entry = parse(f"otpauth://totp/x?secret={SECRET}{extra}")
    assert len(entry.otp.secret) == 20 + len(extra) * 5 // 8
    assert entry.notices == (
        "The secret has an unusual length: its last character was left out, as other apps do.",
    )


def test_surplus_bits_change_no_code_and_are_mentioned() -> None:
    usual = parse("otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJA")
    unusual = parse("otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJB")
    assert usual.otp == unusual.otp
    assert usual.notices == ()
    assert unusual.notices == (
        "The secret's last character is unusual: an export will spell it differently.",
    )


def test_a_short_secret_is_accepted_with_a_word() -> None:
    assert parse("otpauth://totp/x?secret=ME").notices == (
        "The secret is unusually short (1 byte): its codes are easier to guess.",
    )
    longest = base32.write(bytes(128))
    assert len(parse(f"otpauth://totp/x?secret={longest}").otp.secret) == 128


@pytest.mark.parametrize(
    ("algorithm", "meant"),
    [
        ("sha256", Algorithm.SHA256),
        ("SHA-512", Algorithm.SHA512),
        ("HmacSHA1", Algorithm.SHA1),
        ("Algorithm.sha256", Algorithm.SHA256),
        ("", Algorithm.SHA1),
    ],
)
def test_spellings_of_the_algorithm(algorithm: str, meant: Algorithm) -> None:
    assert parse(f"{TOTP}&algorithm={algorithm}").otp.algorithm is meant


def test_limits_that_are_accepted() -> None:
    assert parse(f"{TOTP}&period=86400").otp.period == 86_400
    assert parse(f"{TOTP}&period=5").otp.period == 5
    assert parse(f"{TOTP}&digits=10").otp.digits == 10
    assert parse(f"otpauth://hotp/x?secret={SECRET}&counter=0").otp.counter == 0
    assert len(parse(f"otpauth://totp/{'x' * 256}?secret={SECRET}").account) == 256


@pytest.mark.parametrize(
    ("uri", "error"),
    [
        ("otpauth://totp/A:b?secret=", base32.SecretUnreadable),
        ("otpauth://totp/A:b?secret=%20-=", base32.SecretUnreadable),
        ("otpauth://totp/A:b?secret=A", base32.SecretUnreadable),
        ("otpauth://totp/A:b", LinkRefused),
        ("otpauth://totp/A:b?issuer=A", LinkRefused),
        ("otpauth://totp/A:b?secret=&Secret=SHA1", KeyGivenTwice),
        (f"{TOTP}&digits=6&DIGITS=8", KeyGivenTwice),
        (f"{TOTP}&x=1&x=1", KeyGivenTwice),
        (f"{TOTP}&%64igits=6&digits=6", KeyGivenTwice),
        (f"{TOTP}&period=1", PeriodOutOfRange),
        (f"{TOTP}&period=0", PeriodOutOfRange),
        (f"{TOTP}&period=86401", PeriodOutOfRange),
        (f"{TOTP}&period=30.0", LinkRefused),
        (f"{TOTP}&period={'9' * 5000}", LinkRefused),
        (f"{TOTP}&digits=4", DigitsOutOfRange),
        (f"{TOTP}&digits=11", DigitsOutOfRange),
        (f"{TOTP}&digits=٦", LinkRefused),  # an Arabic digit is not an ASCII one
        (f"{TOTP}&algorithm=MD5", AlgorithmUnsupported),
        (f"{TOTP}&algorithm=SHA1%00", AlgorithmUnsupported),
        (f"{TOTP}&algorithm=SHA224", AlgorithmUnsupported),
        ("otpauth://totp/x?secret=0189", base32.SecretUnreadable),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PX1", base32.SecretUnreadable),
        ("otpauth://totp/x?secret=JBSW=Y3DP", base32.SecretUnreadable),
        ("otpauth://totp/x?secret=ıııııııı", base32.SecretUnreadable),  # upper() is I
        ("otpauth://totp/x?secret=JBSWY3DP%00", base32.SecretUnreadable),
        (f"otpauth://totp/x?secret={base32.write(bytes(129))}", SecretRefused),
        (f"otpauth://totp/x?secret={'A' * 15_000}", base32.SecretUnreadable),
        (f"otpauth://totp/x?secret={'A' * 102_400}", LinkRefused),
        (f"otpauth://totp/{'x' * 257}?secret={SECRET}", LinkRefused),
        (f"otpauth://totp/{'x' * 5000}?secret={SECRET}", LinkRefused),
        (f"{TOTP}&issuer={'x' * 257}", LinkRefused),
        (f"otpauth:totp/x?secret={SECRET}", NotAnOtpauthLink),
        (f"otpauth:///x?secret={SECRET}", LinkRefused),
        (f"otpauth://user@totp/x?secret={SECRET}", LinkRefused),
        (f"otpauth://otp/x?secret={SECRET}", LinkRefused),
        (f"otpauth://totp/%zz?secret={SECRET}", LinkRefused),
        (f"otpauth://totp/x?secret={SECRET}&issuer=%", LinkRefused),
        (f"otpauth://totp/%ff?secret={SECRET}", LinkRefused),
        ("otpauth://totp/x?secret=%ff%ff%ff%ff", LinkRefused),
        (f"otpauth://totp/\udcff?secret={SECRET}", LinkRefused),
        (f"otpauth://totp/a\nb?secret={SECRET}", LinkRefused),
        (f"otpauth://hotp/x?secret={SECRET}", CounterMissing),
        (f"otpauth://hotp/x?secret={SECRET}&counter=", CounterMissing),
        (f"otpauth://hotp/x?secret={SECRET}&counter=-1", LinkRefused),
        (f"otpauth://hotp/x?secret={SECRET}&counter={2**64}", CounterOutOfRange),
        (f"otpauth://hotp/x?secret={SECRET}&counter={2**63}", CounterOutOfRange),
        ("https://evil.example", NotAnOtpauthLink),
        ("javascript:alert(1)", NotAnOtpauthLink),
        ("", NotAnOtpauthLink),
    ],
)
def test_what_cannot_be_meant_is_refused(uri: str, error: type[InvalidInput]) -> None:
    started = time.monotonic()
    with pytest.raises(error) as caught:
        parse(uri)
    assert time.monotonic() - started < 1
    assert caught.value.title
    assert SECRET not in str(caught.value)


def test_another_kind_of_account_is_named() -> None:
    with pytest.raises(KindUnsupported) as caught:
        parse("otpauth://pipush/x?url=https%3A%2F%2Fpi.example&v=1")
    assert caught.value.kind == "privacyIDEA push"


def test_a_refusal_names_the_key_that_stands_twice() -> None:
    with pytest.raises(KeyGivenTwice, match="“secret” twice"):
        parse("otpauth://totp/A:b?secret=&Secret=SHA1")


def test_secrets_stand_in_no_repr() -> None:
    entry = parse(TOTP)
    assert SECRET not in repr(entry)
    assert repr(entry.otp.secret) not in repr(entry)
    assert repr(base32.read(SECRET)) == "Secret(20 bytes)"


def test_the_longest_names_fit_a_link_of_ours() -> None:
    otp = OtpParameters(type=OtpType.TOTP, secret=bytes(128))
    uri = write(otp, "\U0001f600" * 256, "\U0001f600" * 256)
    assert len(uri) < link.LINK_LIMIT
    assert parse(uri).account == "\U0001f600" * 256
