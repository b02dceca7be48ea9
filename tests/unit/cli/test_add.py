"""`add`: all that was given, or nothing; what is there already is not doubled."""

from pathlib import Path

import pytest
import qrcode
from cli_home import OTHER_SECRET, SECRET, Home
from PIL import Image

KALOS = f"otpauth://totp/Kalos:ann?secret={SECRET}&issuer=Kalos"
# One MD5 entry, which no one supports, and one that can be taken over; part 2 of 3.
MIGRATION = (
    "otpauth-migration://offline?data=Ci4KFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEglLYWxvczphbm4aBUthbG9zIAQo"
    "ATACCi4KFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEglLYWxvczpib2IaBUthbG9zIAEoATACEAIYAyABKAc%3D"
)


def picture(path: Path, text: str) -> str:
    image = qrcode.make(text)
    with path.open("wb") as file:
        image.save(file)
    return str(path)


def test_what_was_added_is_listed(home: Home) -> None:
    done = home.json("add", KALOS)
    assert done == {"added": home.json("list"), "skipped": []}
    assert done["added"][0]["issuer"] == "Kalos"


def test_a_duplicate_is_skipped(home: Home) -> None:
    (first,) = home.add(KALOS)
    before = home.vault.read_bytes()
    assert home.json("add", KALOS) == {
        "added": [],
        "skipped": [{"reason": "duplicate", "name": "Kalos: ann", "id": first["id"]}],
    }
    assert home.vault.read_bytes() == before
    assert home.run("add", "--yes", KALOS).returncode == 0
    assert len(home.accounts()) == 1


def test_the_same_link_twice_at_once_is_one_account(home: Home) -> None:
    done = home.json("add", KALOS, KALOS)
    assert (len(done["added"]), done["skipped"][0]["reason"]) == (1, "duplicate")


@pytest.mark.parametrize(
    "like",
    [
        f"otpauth://totp/Kalos:bob?secret={SECRET}&issuer=Kalos",
        f"otpauth://totp/Kalos:ann?secret={OTHER_SECRET}&issuer=Kalos",
        f"{KALOS}&digits=8",
    ],
    ids=["same secret", "same name", "other digits"],
)
def test_what_is_alike_is_asked_about(home: Home, like: str) -> None:
    home.add(KALOS)
    before = home.vault.read_bytes()
    # There is no terminal to ask at.
    refused = home.run("add", like, start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--yes" in refused.stderr
    assert home.vault.read_bytes() == before
    assert len(home.json("add", "--yes", like)["added"]) == 1
    assert len(home.accounts()) == 2


def test_one_bad_link_changes_nothing(home: Home) -> None:
    before = home.vault.read_bytes()
    refused = home.run("add", KALOS, "otpauth://totp/x?secret=")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Link 2 of 2" in refused.stderr
    assert home.vault.read_bytes() == before


def test_links_from_standard_input(home: Home) -> None:
    lines = f"{KALOS}\n\r\n  otpauth://hotp/H:x?secret={OTHER_SECRET}&counter=0  \n"
    done = home.json("add", "-", standard_input=lines)
    assert [each["type"] for each in done["added"]] == ["totp", "hotp"]


def test_many_accounts_are_one_save(home: Home) -> None:
    before = home.json("vault", "info")["generation"]
    home.add(*(f"{KALOS[:-12]}&issuer={number}" for number in range(20)))
    assert home.json("vault", "info")["generation"] == before + 1


def test_an_export_of_google_authenticator(home: Home) -> None:
    done = home.run("--json", "add", MIGRATION)
    assert done.returncode == 0
    assert "Still missing: 1, 3." in done.stderr
    (account,) = home.json("list")
    assert account["account"] == "bob"
    assert '"its algorithm is MD5, which is not supported"' in done.stdout


def test_pictures(home: Home, tmp_path: Path) -> None:
    file = picture(tmp_path / "a code.png", KALOS)
    assert home.json("scan", file, password=None) == [{"file": file, "texts": [KALOS]}]
    assert home.json("add", "--image", file)["added"][0]["account"] == "ann"
    not_ours = picture(tmp_path / "web.png", "https://example.org")
    assert home.json("scan", not_ours, password=None)[0]["texts"] == ["https://example.org"]
    refused = home.run("add", "--image", not_ours)
    assert (refused.returncode, refused.stdout) == (1, "")


def test_q28_two_codes_in_one_picture_are_never_taken_unasked(home: Home, tmp_path: Path) -> None:
    other = f"otpauth://totp/Other:bob?secret={OTHER_SECRET}"
    parts = [
        picture(tmp_path / f"{number}.png", text) for number, text in enumerate((KALOS, other))
    ]
    images = [Image.open(part).convert("L") for part in parts]
    both = Image.new("L", (sum(each.width for each in images), images[0].height + 20), 255)
    for number, image in enumerate(images):
        both.paste(image, (number * images[0].width, 10))
    both.save(tmp_path / "both.png")
    before = home.vault.read_bytes()
    refused = home.run("add", "--image", str(tmp_path / "both.png"), start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "2 login codes" in refused.stderr
    assert home.vault.read_bytes() == before
    added = home.json("add", "--yes", "--image", str(tmp_path / "both.png"))["added"]
    assert {each["account"] for each in added} == {"ann", "bob"}


def test_vault_info_for_people(home: Home) -> None:
    shown = home.run("vault", "info").stdout
    assert "accounts" in shown
    assert " UTC\n" in shown
    assert "{" not in shown


def test_scan_tells_files_that_cannot_be_read(home: Home, tmp_path: Path) -> None:
    file = picture(tmp_path / "code.png", KALOS)
    missing = str(tmp_path / "missing.png")
    good, bad = home.json("scan", file, missing, password=None)
    assert (good["texts"], bad["texts"]) == ([KALOS], [])
    assert bad["error"]
    alone = home.run("scan", missing, password=None)
    assert (alone.returncode, alone.stdout) == (1, "")


def test_notices_stay_off_stdout(home: Home) -> None:
    done = home.run("--json", "add", "otpauth://totp/p%E2%80%AEx:a?secret=MFRGG")
    assert done.returncode == 0
    assert "Hidden characters" in done.stderr
    assert "short" in done.stderr
    assert done.stdout.count("\n") == 1


def test_nothing_to_add_is_a_usage_error(home: Home) -> None:
    assert home.run("add").returncode == 2
    assert home.run("add", "-").returncode == 2
