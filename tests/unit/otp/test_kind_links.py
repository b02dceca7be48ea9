"""Links to Steam, mOTP, Yandex and the day password, as the apps in use write them; what Ente adds."""

from urllib.parse import quote_plus

import pytest

from watchword.errors import InvalidInput
from watchword.otp import base32
from watchword.otp.link import KeyGivenTwice, LinkRefused
from watchword.otp.otpauth import parse
from watchword.otp.parameters import (
    OtpType,
    PeriodOutOfRange,
    PinMissing,
    PinRefused,
    SecretRefused,
    of_one_shape,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOTP = f"otpauth://totp/Kalos:ann?secret={SECRET}"


@pytest.mark.parametrize(
    ("uri", "issuer", "account"),
    [
        (f"otpauth://steam/Steam:ann?secret={SECRET}", "Steam", "ann"),
        (f"otpauth://steam/Steam:ann?secret={SECRET}&digits=5&period=30&algorithm=SHA1&issuer=Steam", "Steam", "ann"),
        (f"otpauth://totp/Valve:ann?secret={SECRET}&digits=5&period=30&encoder=steam", "Valve", "ann"),
        (f"otpauth://totp/Steam:ann?steam&secret={SECRET}&issuer=Steam", "Steam", "ann"),
        (f"OTPAUTH://STEAM/ann?SECRET={SECRET.lower()}", "", "ann"),
        (f"steam://{SECRET}", "Steam", ""),
        (f"Steam://{SECRET.lower()}/", "Steam", ""),
    ],
)  # fmt: skip
def test_links_to_steam(uri: str, issuer: str, account: str) -> None:
    entry = parse(uri)
    assert entry.otp == of_one_shape(OtpType.STEAM, base32.read(SECRET).value)
    assert (entry.issuer, entry.account, entry.notices) == (issuer, account, ())


def test_what_a_link_to_steam_asks_for_in_vain_is_said() -> None:
    entry = parse(f"otpauth://steam/Steam:ann?secret={SECRET}&digits=6")
    assert entry.otp.digits == 5
    (notice,) = entry.notices
    assert notice.endswith("they always have 5 characters and last 30 seconds.")


@pytest.mark.parametrize(
    ("uri", "issuer", "account", "pin"),
    [
        ("motp://privacyidea:mylabel?secret=e3152afee62599c8&pin=1234", "privacyidea", "mylabel", "1234"),
        ("MOTP:///Site%3Aann/?secret=E3152AFE%20E62599C8&pin=a%2Bb", "Site", "ann", "a+b"),
        ("motp://Site:ann?secret=e3152afee62599c8&pin=a+b", "Site", "ann", "a+b"),
        ("otpauth://motp/Site:ann?secret=e3152afee62599c8&algorithm=MD5&digits=6&period=10&pin=0", "Site", "ann", "0"),
        ("otpauth://motp/Site:ann?secret=4MKSV7XGEWM4Q&pin=1234", "Site", "ann", "1234"),
    ],
)  # fmt: skip
def test_links_to_motp(uri: str, issuer: str, account: str, pin: str) -> None:
    entry = parse(uri)
    assert entry.otp == of_one_shape(OtpType.MOTP, bytes.fromhex("e3152afee62599c8"), pin)
    assert (entry.issuer, entry.account, entry.notices) == (issuer, account, ())


@pytest.mark.parametrize(
    ("uri", "issuer", "account"),
    [
        ("otpauth://yaotp/user@yandex.ru?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&name=user&track_id=7d&uid=1&pin_length=4&pin=G42TQNQ", "Yandex", "user@yandex.ru"),
        ("otpauth://yaotp/Yandex%3Aann?secret=LA2V6KMCGYMWWVEW64RNP3JA3IAAAAAAHTSG4HRZPI&issuer=Yandex&pin=g42tqnq%3D", "Yandex", "ann"),
        ("otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&pin=7586", "Yandex", "ann"),
        ("otpauth://yandex/Yandex:ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&algorithm=SHA256&digits=8&pin=7586", "Yandex", "ann"),
        ("otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&issuer=&pin=7586", "", "ann"),
    ],
)  # fmt: skip
def test_links_to_yandex(uri: str, issuer: str, account: str) -> None:
    entry = parse(uri)
    secret = base32.read("LA2V6KMCGYMWWVEW64RNP3JA3I").value
    assert entry.otp == of_one_shape(OtpType.YANDEX, secret, "7586")
    assert (entry.issuer, entry.account, entry.notices) == (issuer, account, ())


def test_a_missing_pin_is_asked_for_and_a_given_one_is_not() -> None:
    uri = "motp://Site:ann?secret=e3152afee62599c8"
    with pytest.raises(PinMissing) as missing:
        parse(uri)
    assert (missing.value.kind, missing.value.name) == (OtpType.MOTP, "ann")
    assert parse(uri, pin="1234").otp.pin == "1234"
    assert parse(f"{uri}&pin=77", pin="1234").otp.pin == "77"
    assert parse(TOTP, pin="1234").otp.pin == ""
    with pytest.raises(PinRefused):
        parse(uri, pin="12 34")


@pytest.mark.parametrize(
    ("uri", "period"),
    [
        ("&period=86400", 86_400),
        ("&period=24h", 86_400),
        ("&period=1d", 86_400),
        ("&period=30m", 1800),
        ("&period=60s", 60),
        ("", 86_400),
    ],
)
def test_a_day_password_names_its_period_in_several_ways(uri: str, period: int) -> None:
    entry = parse(f"otpauth://daypassword/DYPW0000536F?secret={SECRET}&issuer=privacyIDEA{uri}")
    assert (entry.otp.type, entry.otp.period) == (OtpType.TOTP, period)


@pytest.mark.parametrize(
    ("uri", "error"),
    [
        (f"otpauth://hotp/x?secret={SECRET}&counter=1&encoder=steam", LinkRefused),
        (f"{TOTP}&encoder=morse", LinkRefused),
        ("steam://", base32.SecretUnreadable),
        ("steam://run/440", base32.SecretUnreadable),
        ("steam://%ff", LinkRefused),
        ("motp://Site:ann", LinkRefused),
        ("motp://Site:ann?secret=&pin=1", base32.SecretUnreadable),
        ("motp://Site:ann?secret=JBSWY3DPEHPK3PXP&pin=1", base32.SecretUnreadable),
        ("motp://Site:ann?secret=e3152afee62599c&pin=1", base32.SecretUnreadable),
        ("motp://Site:ann?secret=e3152afee62599c8&pin=1&PIN=2", KeyGivenTwice),
        ("motp://Site:ann?secret=e3152afee62599c8&pin=%C3%BC", PinRefused),
        (f"motp://Site:ann?secret={'ab' * 129}&pin=1", SecretRefused),
        ("otpauth://yaotp/ann?secret=AA2V6KMCGYMWWVEW64RNP3JA3IAAAAAAHTSG4HRZPI&pin=7586", base32.SecretUnreadable),
        ("otpauth://yaotp/ann?secret=JBSWY3DPEHPK3PXP&pin=7586", base32.SecretUnreadable),
        ("otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I", PinMissing),
        ("otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&pin=a1", LinkRefused),
        ("otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&pin=7777777A", LinkRefused),
        (f"{TOTP}&period=24h", LinkRefused),
        (f"otpauth://daypassword/x?secret={SECRET}&period=2d", PeriodOutOfRange),
        (f"otpauth://daypassword/x?secret={SECRET}&period=1w", LinkRefused),
    ],
)  # fmt: skip
def test_what_no_link_of_these_kinds_can_mean_is_refused(
    uri: str, error: type[InvalidInput]
) -> None:
    with pytest.raises(error) as caught:
        parse(uri)
    assert SECRET not in str(caught.value)
    assert "7586" not in str(caught.value)


def ente(display: str) -> str:
    return f"{TOTP}&codeDisplay={quote_plus(display)}"


def test_what_ente_adds_is_taken_over() -> None:
    entry = parse(
        ente(
            '{"pinned":true,"trashed":false,"lastUsedAt":1,"tapCount":3,"tags":["work","früh, spät","work",""],'
            '"note":"Ask Bo.\\nTwice. 1+1","position":0,"iconSrc":"ente","iconID":""}'
        )
    )
    assert (entry.tags, entry.note) == (("work", "früh, spät"), "Ask Bo.\nTwice. 1+1")
    assert (entry.favourite, entry.trashed, entry.notices) == (True, False, ())
    assert "Ask Bo" not in repr(entry)


def test_commas_that_ente_encoded_once_more() -> None:
    assert parse(ente('{"tags":["a"%2C"b"]%2C"pinned":true}')).tags == ("a", "b")


def test_what_lay_in_entes_bin_says_so() -> None:
    entry = parse(ente('{"trashed":true}'))
    assert entry.trashed
    assert entry.notices == ("It comes from the bin of the app that exported it.",)


@pytest.mark.parametrize(
    "display",
    [
        "",
        "null",
        "[]",
        "[" * 5000,
        '{"tags":' + "[" * 5000,
        '{"note":' + "9" * 5000 + "}",
        "{'note':1}",
        '{"note":"x"}#fragment',
    ],
)
def test_what_ente_cannot_mean_spoils_no_account(display: str) -> None:
    entry = parse(ente(display))
    assert entry.otp == parse(TOTP).otp
    assert (entry.tags, entry.note, entry.favourite) == ((), "", False)
    assert entry.notices == ("Its tags and its note cannot be read, and are left out.",)


def test_what_ente_has_too_much_of_is_left_out_and_said() -> None:
    tags = ",".join(f'"{number}"' for number in range(70))
    for display in (f'{{"tags":[{tags}]}}', f'{{"note":"{"x" * 5000}"}}', '{"tags":[1,"a"]}'):
        entry = parse(ente(display))
        assert len(entry.tags) <= 64
        assert len(entry.note) <= 4096
        assert "left out" in entry.notices[0]
    assert parse(ente('{"tags":"work","note":7,"pinned":1}')).notices == ()
