"""Steam, mOTP, Yandex and the day password by the command line; the PIN is asked and never shown."""

import json
import os
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from cli_home import PASSWORD, SECRET, Home
from programs import CLI
from terminal import Terminal

VECTORS = Path(__file__).parents[2] / "vectors" / "otp"
STEAM = "otpauth://steam/Steam:ann?secret=63BEDWCQZKTQWPESARIERL5DTTQFCJTK"
MOTP = "motp://Site:ann?secret=e3152afee62599c8&pin=1234"
YANDEX = "otpauth://yaotp/ann?secret=LA2V6KMCGYMWWVEW64RNP3JA3IAAAAAAHTSG4HRZPI&pin=G42TQNQ"
DAY = f"otpauth://daypassword/DYPW01?secret={SECRET}&issuer=pi&algorithm=SHA256&period=24h"


@pytest.mark.parametrize(
    ("uri", "at", "code", "until"),
    [
        (STEAM, 1511200518, "FR8RV", 1511200530),
        ("steam://63BEDWCQZKTQWPESARIERL5DTTQFCJTK", 1511200714, "9P3VP", 1511200740),
        (MOTP, 165892298, "e7d8b6", 165892300),
        (YANDEX, 1581064020, "oactmacq", 1581064050),
    ],
)
def test_published_codes(home: Home, uri: str, at: int, code: str, until: int) -> None:
    (added,) = home.add(uri)
    shown = home.json("code", added["id"], "--at", str(at))
    assert (shown["code"], shown["valid_until"]) == (code, until)
    later = home.json("code", added["id"], "--at", str(until))
    assert shown["next_code"] == later["code"] != code
    assert home.run("code", added["id"], "--at", str(at)).stdout == f"{code}\n"


def test_kinds_as_json(home: Home) -> None:
    home.add(STEAM, MOTP, YANDEX, DAY)
    shown = [
        [each[key] for key in ("type", "algorithm", "digits", "period", "counter", "issuer")]
        for each in home.json("list")
    ]
    assert shown == [
        ["steam", "SHA1", 5, 30, None, "Steam"],
        ["motp", "MD5", 6, 10, None, "Site"],
        ["yandex", "SHA256", 8, 30, None, "Yandex"],
        ["totp", "SHA256", 6, 86_400, None, "pi"],
    ]
    assert "1234" not in home.run("--json", "list").stdout


def test_what_is_to_be_typed_at_the_server_is_said_and_stays_with_the_account(home: Home) -> None:
    two_step = f"{DAY}&2step_salt=8&2step_output=32&2step_difficulty=1000"
    done = home.run("--json", "add", two_step)
    (added,) = json.loads(done.stdout)["added"]
    answer = added["note"].partition(": ")[2].replace(" ", "")
    assert len(answer) == 20
    assert f"typed this at the server: {answer} " in done.stderr
    assert home.run("code", added["id"]).returncode == 0


def test_a_container_of_privacyidea_is_refused_by_name(home: Home) -> None:
    done = home.run("add", "pia://container/SMPH0001?issuer=privacyIDEA&ttl=10&nonce=ab")
    assert done.returncode == 1
    assert "container of privacyIDEA" in done.stderr
    assert "not supported yet" in done.stderr
    assert home.json("list") == []


@pytest.mark.parametrize("uri", [STEAM, MOTP, YANDEX])
def test_an_exported_link_is_the_same_account(home: Home, uri: str) -> None:
    (added,) = home.add(uri)
    exported = home.json("export-secret", added["id"])["uri"]
    again = home.json("add", exported)
    assert [each["reason"] for each in again["skipped"]] == ["duplicate"]


def test_another_pin_is_not_the_same_account(home: Home) -> None:
    home.add(MOTP)
    refused = home.run("add", MOTP.replace("1234", "9999"), start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "same secret" in refused.stderr
    assert "9999" not in refused.stderr


def test_what_ente_noted_is_taken_over(home: Home) -> None:
    display = "%7B%22pinned%22%3Atrue%2C%22tags%22%3A%5B%22work%22%5D%2C%22note%22%3A%22a+b%22%7D"
    (added,) = home.add(f"otpauth://totp/A:b?secret={SECRET}&codeDisplay={display}")
    assert (added["tags"], added["note"], added["favourite"]) == (["work"], "a b", True)


def with_pin(home: Home, pin: str, *arguments: str) -> CompletedProcess[str]:
    reading, writing = os.pipe()
    os.write(writing, pin.encode())
    os.close(writing)
    try:
        more = ["--pin-fd", str(reading)]
        return home.run("edit", *arguments, *more, pass_fds=(reading,), start_new_session=True)
    finally:
        os.close(reading)


def test_a_pin_is_changed_and_nothing_else(home: Home) -> None:
    (site,) = home.add(MOTP.replace("1234", "9999"))
    assert home.json("code", "Site", "--at", "165892298")["code"] != "e7d8b6"
    done = with_pin(home, "1234\n", "Site", "--note", "changed")
    assert (done.returncode, done.stdout) == (0, f"{site['id']}  Site: ann\n")
    assert home.json("list") == [{**site, "note": "changed"}]
    assert home.json("code", "Site", "--at", "165892298")["code"] == "e7d8b6"


@pytest.mark.parametrize(
    ("pin", "selector", "status", "why"),
    [
        ("12 34\n", "Site", 1, "PIN"),
        ("\n", "Site", 2, "PIN"),
        ("", "Site", 2, "PIN"),
        ("1234\n", "pi", 2, "have no PIN"),
    ],
)
def test_a_pin_that_cannot_be_one_changes_nothing(
    home: Home, pin: str, selector: str, status: int, why: str
) -> None:
    home.add(MOTP, DAY)
    before = home.vault.read_bytes()
    done = with_pin(home, pin, selector)
    assert (done.returncode, done.stdout) == (status, "")
    assert why in done.stderr
    assert "12 34" not in done.stderr
    assert home.vault.read_bytes() == before


def asked(home: Home, *arguments: str) -> Terminal:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home.path),
        "WATCHWORD_HOME": str(home.path),
        "LANG": "C.UTF-8",
    }
    return Terminal([CLI, *arguments], environment)


def added_with_pin(home: Home, uri: str, pin: str) -> tuple[int, Any, str]:
    with asked(home, "--json", "add", uri) as terminal:
        terminal.expect("Password:")
        terminal.type(PASSWORD)
        terminal.expect("PIN of")
        terminal.type(pin)
        status, output, errors = terminal.finish()
        assert pin not in terminal.seen
    return status, json.loads(output) if output else None, errors


def test_a_pin_that_the_link_does_not_bring_is_asked(home: Home) -> None:
    status, done, errors = added_with_pin(home, MOTP.partition("&pin")[0], "1234")
    assert (status, errors) == (0, "")
    (added,) = done["added"]
    assert home.json("code", added["id"], "--at", "165892298")["code"] == "e7d8b6"


def test_a_pin_that_cannot_be_one_adds_nothing(home: Home) -> None:
    before = home.vault.read_bytes()
    status, done, errors = added_with_pin(home, YANDEX.partition("&pin")[0], "12 34")
    assert (status, done) == (1, None)
    assert "This PIN is not possible" in errors
    assert home.vault.read_bytes() == before


def test_without_a_terminal_a_missing_pin_is_a_reason(home: Home) -> None:
    before = home.vault.read_bytes()
    refused = home.run("add", STEAM, MOTP.partition("&pin")[0], start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "&pin=" in refused.stderr
    assert home.vault.read_bytes() == before
