"""What is shown before an account is added, and that confirming adds exactly that."""

import dataclasses

import pytest

from watchword.enrolment.preview import (
    AccountPreview,
    Likeness,
    LinkPreview,
    compare,
    keep_both,
    preview,
    replace,
)
from watchword.enrolment.scanned import EnrolLinkFound, OtpauthFound, recognise
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.plain_text import mixes_scripts
from watchword.vault.account import Account

SECRET = bytes(range(20))


def _account(
    *, issuer: str = "Kalos", account: str = "ana", secret: bytes = SECRET, digits: int = 6
) -> Account:
    otp = OtpParameters(type=OtpType.TOTP, secret=secret, digits=digits)
    return Account(id="0123456789abcdef", issuer=issuer, account=account, otp=otp, tags=("work",))


def _shown(link: str, *existing: Account) -> AccountPreview:
    found = recognise(link)
    assert isinstance(found, OtpauthFound)
    shown = preview(found, existing)
    assert isinstance(shown, AccountPreview)
    return shown


def test_a_plain_account() -> None:
    shown = _shown("otpauth://totp/Kalos:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert (shown.account.issuer, shown.account.account) == ("Kalos", "ana")
    assert shown.type_line == "TOTP · SHA-1 · 6 digits · 30 s"
    assert shown.warnings == ()
    assert keep_both(shown).account is shown.account


def test_a_counter_account_says_where_it_starts() -> None:
    shown = _shown(
        "otpauth://hotp/K:a?secret=GEZDGNBVGY3TQOJQ&counter=7&digits=8&algorithm=SHA512"
    )
    assert shown.type_line == "HOTP · SHA-512 · 8 digits · counter 7"


@pytest.mark.parametrize(
    ("link", "word"),
    [
        ("otpauth://totp/pay%E2%80%AEpal:ana?secret=GEZDGNBVGY3TQOJQ", "Hidden characters"),
        ("otpauth://totp/p%D0%B0ypal:ana?secret=GEZDGNBVGY3TQOJQ", "alphabets that look alike"),
        ("otpauth://totp/Kalos:ana?secret=GEZDGNBV", "short"),
        ("otpauth://totp/Kalos:ana?secret=GEZDGNBVGY3TQOJQ&issuer=Other", "two issuers"),
        ("otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ", "which service"),
    ],
)
def test_what_a_person_should_know_before(link: str, word: str) -> None:
    shown = _shown(link)
    assert any(word in warning for warning in shown.warnings), shown.warnings


def test_markup_stays_text() -> None:
    shown = _shown("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&issuer=%3Cb%3E%26%23x202e%3B%25n")
    assert shown.account.issuer == "<b>&#x202e;%n"


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (_account(), Likeness.DUPLICATE),
        (_account(digits=8), Likeness.SAME_SECRET),
        (_account(account="ben"), Likeness.SAME_SECRET),
        (_account(secret=b"another secret"), Likeness.SAME_LABEL),
        (_account(issuer="KALOS", secret=b"another secret"), Likeness.SAME_LABEL),
        (_account(account="ben", secret=b"another secret"), Likeness.NEW),
        (dataclasses.replace(_account(account="x"), otp=None), Likeness.NEW),
    ],
)
def test_likeness(other: Account, likeness: Likeness) -> None:
    found, like = compare(dataclasses.replace(_account(), id="f" * 16), [other])
    assert found is likeness
    assert (like is None) == (likeness is Likeness.NEW)


def test_an_exact_duplicate_is_found_behind_a_mere_likeness() -> None:
    others = [_account(account="ben"), _account()]
    assert compare(_account(), others) == (Likeness.DUPLICATE, others[1])


def test_replacing_keeps_what_is_the_persons() -> None:
    old = dataclasses.replace(_account(secret=b"another secret"), note="mine", favourite=True)
    link = "otpauth://totp/Kalos:ana?secret=GEZDGNBVGY3TQOJQ"
    shown = _shown(link, old)
    added = replace(shown)
    assert added.replaces == added.account.id == old.id
    assert added.account.otp == shown.account.otp
    assert (added.account.note, added.account.favourite, added.account.tags) == (
        *("mine", True),
        ("work",),
    )
    assert keep_both(shown).replaces == ""
    assert keep_both(shown).account.id != old.id


def test_a_server_is_shown_by_its_host() -> None:
    shown = preview(EnrolLinkFound("xn--klos-5na.ch", "watchword://…", ("Look twice.",)), [])
    assert shown == LinkPreview("xn--klos-5na.ch", "watchword://…", ("Look twice.",))


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("PayPal", False),
        ("Pаypal", True),  # a Cyrillic а
        ("Αpple", True),  # a Greek Α
        ("Яндекс ID", False),  # two words
        ("東京Bank", False),
        ("Ελλάδα", False),
        ("a1б2", False),  # digits part words
        ("", False),
    ],
)
def test_mixed_scripts(text: str, mixed: bool) -> None:
    assert mixes_scripts(text) is mixed


def test_secrets_stay_out_of_what_is_printed() -> None:
    shown = _shown("otpauth://totp/Kalos:ana?secret=GEZDGNBVGY3TQOJQ", _account())
    assert "12345" not in repr(shown)
    assert "secret" not in repr(keep_both(shown)).replace("SAME_SECRET", "")


@pytest.mark.parametrize(
    ("link", "line"),
    [
        ("steam://GEZDGNBVGY3TQOJQ", "Steam · 5 characters · 30 s"),
        ("motp://Site:ann?secret=e3152afee62599c8&pin=1234", "mOTP · 6 characters · 10 s"),
        (
            "otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3I&pin=7586",
            "Yandex · 8 characters · 30 s",
        ),
        (
            "otpauth://daypassword/x?secret=GEZDGNBVGY3TQOJQ",
            "TOTP · SHA-1 · 6 digits · 86400 s",
        ),
    ],
)
def test_kinds_of_one_shape_say_what_they_are(link: str, line: str) -> None:
    shown = _shown(link)
    assert shown.type_line == line
    assert "1234" not in repr(shown)


def test_what_another_app_noted_is_part_of_what_is_confirmed() -> None:
    shown = _shown(
        "otpauth://totp/A:b?secret=GEZDGNBVGY3TQOJQ"
        "&codeDisplay=%7B%22tags%22%3A%5B%22home%22%5D%2C%22pinned%22%3Atrue%7D"
    )
    assert (shown.account.tags, shown.account.favourite) == (("home",), True)
    assert keep_both(shown).account is shown.account


def test_the_same_secret_with_another_pin_is_asked_about() -> None:
    first = _shown("motp://Site:ann?secret=e3152afee62599c8&pin=1234").account
    link = "motp://Site:ann?secret=e3152afee62599c8&pin=9999"
    shown = _shown(link, first)
    assert shown.likeness is Likeness.SAME_SECRET
    assert replace(shown).account.otp == shown.account.otp
    assert _shown(link, shown.account).likeness is Likeness.DUPLICATE
