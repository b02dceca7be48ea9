"""Hostile and broken links: a reason, exit status 1, and the vault as it was, byte for byte."""

import pytest
from cli_home import SECRET, Home

TOTP = f"otpauth://totp/A:b?secret={SECRET}"
REFUSED = {
    "Q1 empty secret": "otpauth://totp/A:b?secret=",
    "Q2 no secret": "otpauth://totp/A:b",
    "Q2 a key twice": "otpauth://totp/A:b?secret=&Secret=SHA1",
    "Q4 one second": f"{TOTP}&period=1",
    "Q7 MD5": f"{TOTP}&algorithm=MD5",
    "Q7 NUL": f"{TOTP}&algorithm=SHA1%00",
    "Q11 zero": "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PX0",
    "Q13 129 bytes": f"otpauth://totp/A:b?secret={'A' * 207}",
    "Q13 100 KB": f"otpauth://totp/A:b?secret={'A' * 102_400}",
    "Q17 long label": f"otpauth://totp/{'x' * 5000}?secret={SECRET}",
    "Q18 no slashes": f"otpauth:totp/x?secret={SECRET}",
    "Q20 percent": f"otpauth://totp/%zz?secret={SECRET}",
    "Q20 no UTF-8": "otpauth://totp/A:b?secret=%ff%fe",
    "Q22 no counter": f"otpauth://hotp/A:b?secret={SECRET}",
    "Q22 negative": f"otpauth://hotp/A:b?secret={SECRET}&counter=-1",
    "Q22 large": f"otpauth://hotp/A:b?secret={SECRET}&counter={2**64}",
    "Q23 digits": "1" * 4296,
    "Q24 base64": "otpauth-migration://offline?data=%%%",
    "Q24 truncated": "otpauth-migration://offline?data=CjUKFDEyMzQ1Njc4",
    "Q26 web": "https://evil.example/",
    "Q26 script": "javascript:alert(1)",
    "Q26 file": "file:///etc/passwd",
    "Q26 Wi-Fi": "WIFI:S:net;P:secret;;",
    "Q26 share": "smb://server/share",
    "Q26 version 2": "watchword://enrol/2?o=x",
    "Q32 pipush": "otpauth://pipush/x?url=https%3A%2F%2Fpi.example&v=1&sslverify=0",
    "Steam, no secret": "steam://rungameid/440",
    "mOTP, no PIN": "motp://Site:ann?secret=e3152afee62599c8",
    "mOTP, odd digits": "motp://Site:ann?secret=e3152afee62599c&pin=1234",
    "Yandex, mistyped": "otpauth://yaotp/a?secret=AA2V6KMCGYMWWVEW64RNP3JA3IAAAAAAHTSG4HRZPI&pin=G42TQNQ",
    "empty": "",
}


@pytest.mark.parametrize("uri", REFUSED.values(), ids=REFUSED.keys())
def test_a_link_that_cannot_be_used(home: Home, uri: str) -> None:
    before = home.vault.read_bytes()
    refused = home.run("add", "--", uri, start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("watchword-cli: ")
    assert "Traceback" not in refused.stderr
    assert SECRET not in refused.stderr
    assert len(refused.stderr) < 1000
    assert home.vault.read_bytes() == before
    assert home.accounts() == ()


def test_markup_and_escapes_are_only_text(home: Home) -> None:
    label = "%1B%5B31m%3Cb%3E%26%23x202e;%25n%25s%7B0%7D%E2%80%AE"
    home.add(f"otpauth://totp/{label}?secret={SECRET}")
    assert home.json("list")[0]["account"] == "[31m<b>&#x202e;%n%s{0}"
    shown = home.run("list")
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout


def test_a_link_is_data_even_if_it_looks_like_an_option(home: Home) -> None:
    refused = home.run("add", "--", "--json")
    assert refused.returncode == 1
    assert "not a login code" in refused.stderr
    assert home.run("add", "--export=/tmp/x").returncode == 2
