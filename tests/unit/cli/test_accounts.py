"""`list` and `code`: what scripts read from them."""

import json
import time
from pathlib import Path

import pytest
from cli_home import OTHER_SECRET, PASSWORD, SECRET, Home

from watchword.clock import SystemClock
from watchword.otp.code import code_at
from watchword.otp.otpauth import parse
from watchword.vault import LockedVault
from watchword.vault.account import Account, ServerLink, new_account_id

VECTORS = Path(__file__).parents[2] / "vectors" / "otp"
RFC4226 = json.loads((VECTORS / "rfc4226.json").read_text("utf-8"))
RFC6238 = json.loads((VECTORS / "rfc6238.json").read_text("utf-8"))
RFC_SECRETS = {
    "SHA1": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "SHA256": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
    "SHA512": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" * 3 + "GEZDGNA",
}


def test_rfc_6238_appendix_b(home: Home) -> None:
    home.add(
        *(
            f"otpauth://totp/{name}?secret={secret}&algorithm={name}&digits=8"
            for name, secret in RFC_SECRETS.items()
        )
    )
    for vector in RFC6238["codes"]:
        for name in RFC_SECRETS:
            at = str(vector["at"])
            shown = home.json("code", name, "--at", at) if at == "59" else None
            plain = home.run("code", name, "--at", at)
            assert plain.stdout == f"{vector[name]}\n"
            assert shown is None or shown["code"] == vector[name]


def test_rfc_4226_appendix_d(home: Home) -> None:
    home.add(f"otpauth://hotp/x?secret={RFC_SECRETS['SHA1']}&counter=0")
    assert [home.run("code", "x").stdout.strip() for _ in range(10)] == RFC4226["codes"]
    assert home.json("list")[0]["counter"] == 10


def test_a_time_based_code_says_when_it_is_valid(home: Home) -> None:
    uri = f"otpauth://totp/Kalos:ann?secret={SECRET}&period=60"
    home.add(uri)
    assert home.json("code", "kalos", "--at", "1111111111.5") == {
        "code": code_at(parse(uri).otp, 1_111_111_111).value,
        "valid_from": 1_111_111_080,
        "valid_until": 1_111_111_140,
        "next_code": code_at(parse(uri).otp, 1_111_111_140).value,
    }
    before = time.time()
    now = home.json("code", "kalos")
    assert now["valid_from"] <= time.time()
    assert now["valid_until"] > before


def test_a_counter_code_has_no_window_and_refuses_at(home: Home) -> None:
    home.add(f"otpauth://hotp/x?secret={OTHER_SECRET}&counter=0")
    before = home.vault.read_bytes()
    refused = home.run("code", "x", "--at", "59")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert home.vault.read_bytes() == before
    assert home.json("code", "x") == {
        "code": "755224",
        "valid_from": None,
        "valid_until": None,
        "next_code": None,
    }


def test_the_counter_is_saved_before_its_code_is_shown(home: Home) -> None:
    home.add(f"otpauth://hotp/x?secret={OTHER_SECRET}&counter=0")
    # A folder where the copy of the old vault belongs makes every save fail.
    previous = home.vault.with_name("vault.bak")
    previous.unlink(missing_ok=True)
    (previous / "in the way").mkdir(parents=True)
    before = home.vault.read_bytes()
    failed = home.run("code", "x")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "755224" not in failed.stderr
    assert home.vault.read_bytes() == before


def test_accounts_as_json(home: Home) -> None:
    assert home.json("list") == []
    home.add(
        f"otpauth://totp/Kalos:ann%40example.org?secret={SECRET}&algorithm=SHA256&digits=8",
        f"otpauth://hotp/Bücher:jürgen?secret={OTHER_SECRET}&counter=7",
    )
    totp, hotp = home.json("list")
    assert totp == {
        "id": totp["id"],
        "type": "totp",
        "issuer": "Kalos",
        "account": "ann@example.org",
        "algorithm": "SHA256",
        "digits": 8,
        "period": 30,
        "counter": None,
        "tags": [],
        "note": "",
        "favourite": False,
        "server": None,
    }
    assert (hotp["type"], hotp["period"], hotp["counter"]) == ("hotp", None, 7)
    assert "Bücher" in home.run("--json", "list").stdout  # letters stand unescaped


def test_an_account_that_only_takes_login_requests(home: Home) -> None:
    vault = LockedVault(home.vault).unlock("correct horse", clock=SystemClock())
    link = ServerLink(
        kind="native",
        origin="https://login.example",
        service="Kalos Club",
        user="ann",
        device_id="d1",
        device_name="desk",
        device_key=bytes(32),
        server_key=bytes(32),
    )
    push = Account(id=new_account_id(), issuer="Kalos Club", account="ann", otp=None, link=link)
    vault.add([push])
    vault.save()
    vault.lock()
    (shown,) = home.json("list")
    assert shown["type"] == "push"
    assert [shown[key] for key in ("algorithm", "digits", "period", "counter")] == [None] * 4
    assert shown["server"] == {
        "url": "https://login.example",
        "kind": "native",
        "device_name": "desk",
        "state": "active",
    }
    refused = home.run("code", "kalos")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "login requests" in refused.stderr


def test_a_selector_that_means_none_or_several_exits_5(home: Home) -> None:
    first, second = home.add(
        f"otpauth://totp/Kalos:ann?secret={SECRET}",
        f"otpauth://totp/Kalos:bob?secret={OTHER_SECRET}",
    )
    assert home.run("code", second["id"]).returncode == 0
    several = home.run("code", "kalos")
    assert (several.returncode, several.stdout) == (5, "")
    assert first["id"] in several.stderr
    assert second["id"] in several.stderr
    none = home.run("code", "*")
    assert (none.returncode, none.stdout) == (5, "")
    assert "No account" in none.stderr


@pytest.mark.parametrize("at", ["now", "-1", "1e300", "nan", "inf", "0x10", "١", "", "1" * 16])
def test_a_time_that_is_none_is_a_usage_error(home: Home, at: str) -> None:
    assert home.run("code", "x", f"--at={at}").returncode == 2


def test_codes_of_a_later_version_are_listed_and_kept(home: Home) -> None:
    vault = LockedVault(home.vault).unlock(PASSWORD)
    later = {"type": "later", "algorithm": "SHA3", "secret": "AAAA"}
    vault.add(
        [Account(id=new_account_id(), issuer="Kalos", account="", otp=None, unread_otp=later)]
    )
    vault.save()
    vault.lock()
    assert home.json("list")[0]["type"] == "unsupported"
    for command in ("code", "export-secret"):
        refused = home.run(command, "kalos")
        assert (refused.returncode, refused.stdout) == (1 if command == "code" else 2, "")
        assert "Update Watchword" in refused.stderr
    home.run("edit", "kalos", "--note", "mine")
    [again] = home.accounts()
    assert (again.note, again.unread_otp) == ("mine", later)
