"""What is written is read back, and what is not ours to take over is named."""

import contextlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_accounts import link
from transfer_files import KALOS, SECRET, google_part

from watchword.errors import KnownError, VaultDamaged, WrongPassword
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType, of_one_shape
from watchword.plain_text import NOTE_LIMIT, examine, plain_text
from watchword.transfer import (
    google_migration,
    link_lines,
    otpauth_list,
    registry,
    watchword_backup,
)
from watchword.transfer.format import FileRefused, Protection
from watchword.transfer.plan import plan
from watchword.vault import CHEAPEST, Account, LockedVault, new_account_id

PROTECTION = Protection("file password", FakeClock(), CHEAPEST)
DECRYPT = Path(__file__).parents[3] / "docs" / "decrypt.py"

names = st.text(max_size=80).map(plain_text)
secrets = st.binary(min_size=1, max_size=128)
pins = st.text("0123456789", min_size=4, max_size=16)
hashes = st.sampled_from((Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512))
otps = st.one_of(
    st.builds(
        OtpParameters,
        type=st.just(OtpType.TOTP),
        secret=secrets,
        algorithm=hashes,
        digits=st.integers(5, 10),
        period=st.integers(5, 86_400),
    ),
    st.builds(
        OtpParameters,
        type=st.just(OtpType.HOTP),
        secret=secrets,
        algorithm=hashes,
        digits=st.integers(5, 10),
        counter=st.integers(0, 2**63 - 1),
    ),
    st.builds(of_one_shape, st.just(OtpType.STEAM), secrets),
    st.builds(of_one_shape, st.just(OtpType.MOTP), secrets, pins),
    st.builds(of_one_shape, st.just(OtpType.YANDEX), st.binary(min_size=16, max_size=16), pins),
)
accounts = st.builds(
    Account,
    id=st.builds(new_account_id),
    issuer=names,
    account=names,
    otp=otps,
    tags=st.lists(names.filter(bool), max_size=3, unique=True).map(tuple),
    note=st.text(max_size=80).map(lambda text: examine(text, limit=NOTE_LIMIT, lines=True).text),
    favourite=st.booleans(),
)


@given(st.lists(accounts, max_size=5))
def test_a_list_of_links_reads_back(given_accounts: list[Account]) -> None:
    written = otpauth_list.write(given_accounts, PROTECTION)
    read = otpauth_list.read(written.data)
    assert (read.skipped, written.skipped) == ((), ())
    assert [(a.issuer, a.account, a.otp) for a in read.accounts] == [
        (a.issuer, a.account, a.otp) for a in given_accounts
    ]
    assert written.exported == len(given_accounts)


@given(st.lists(accounts, max_size=30))
def test_a_google_export_reads_back_or_says_why_not(given_accounts: list[Account]) -> None:
    written = google_migration.write(given_accounts, PROTECTION)
    assert written.exported + len(written.skipped) == len(given_accounts)
    fits = [
        a
        for a in given_accounts
        if a.otp
        and (a.otp.type is OtpType.HOTP or (a.otp.type is OtpType.TOTP and a.otp.period == 30))
        and a.otp.digits in {6, 8}
    ]
    assert written.exported == len(fits)
    lines = written.data.decode("ascii").splitlines()
    read = google_migration.read("\n".join(reversed(lines)).encode())
    assert (read.skipped, read.notices) == ((), ())
    assert sorted(map(_as_text, read.accounts)) == sorted(map(_as_text, fits))


@settings(max_examples=15, deadline=None)
@given(st.lists(accounts, min_size=1, max_size=4))
def test_a_backup_reads_back(given_accounts: list[Account]) -> None:
    written = watchword_backup.write(given_accounts, PROTECTION)
    assert registry.format_of(written.data).name == "watchword"
    read = watchword_backup.read(written.data, "file password")
    assert read.skipped == ()
    assert [replace(a, id="") for a in read.accounts] == [
        replace(a, id="") for a in given_accounts
    ]


def test_the_independent_program_opens_a_backup(tmp_path: Path) -> None:
    written = watchword_backup.write([totp("Kalos")], PROTECTION)
    path = tmp_path / "a.watchword"
    path.write_bytes(written.data)
    opened = subprocess.run(
        [sys.executable, DECRYPT, path],
        input="file password\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (opened.returncode, opened.stderr) == (0, "")
    assert '"issuer": "Kalos"' in opened.stdout
    vault = LockedVault(path).unlock("file password", clock=FakeClock())
    assert [account.issuer for account in vault.accounts] == ["Kalos"]
    vault.lock()


def test_two_backups_of_one_vault_have_nothing_in_common() -> None:
    first, second = (watchword_backup.write([totp("Kalos")], PROTECTION).data for _ in range(2))
    # Magic, version and the shape of the JSON are the same; keys, salts and ids are not.
    assert first[-4096:] != second[-4096:]
    pieces = {first[at : at + 16] for at in range(len(first) - 4200, len(first) - 16)}
    assert not any(second[at : at + 16] in pieces for at in range(len(second) - 4200, len(second)))


@pytest.mark.parametrize(
    "write", [otpauth_list.write, watchword_backup.write, google_migration.write]
)
def test_login_requests_stay_behind(write: object) -> None:
    linked = replace(totp("Kalos"), link=link())
    push = Account(id="p", issuer="Push", account="ann", otp=None, link=link())
    newer = Account(id="n", issuer="New", account="ann", otp=None, unread_otp={"type": "x"})
    assert callable(write)
    written = write([linked, push, newer], PROTECTION)
    assert written.exported == 1
    assert [each.name for each in written.skipped] == ["Push: ann", "New: ann"]
    assert "login requests" in written.notices[0]
    secrets_of_link = (link().device_key, link().backup_codes[0].encode())
    assert not any(secret in written.data for secret in secrets_of_link)


def test_a_copy_of_a_vault_brings_codes_and_no_device_key(tmp_path: Path) -> None:
    from vaults import PASSWORD, make_vault

    linked = replace(totp("Kalos"), link=link())
    push = Account(id="f" * 16, issuer="Push", account="ann", otp=None, link=link())
    made = make_vault(tmp_path, linked, push)
    read = watchword_backup.read(made.path.read_bytes(), PASSWORD)
    assert [(a.issuer, a.link) for a in read.accounts] == [("Kalos", None)]
    assert [each.name for each in read.skipped] == ["Push: ann"]
    assert read.accounts[0].id != linked.id
    assert "Link them at the service" in read.notices[0]
    made.vault.lock()


def test_hidden_characters_in_a_backup_are_removed() -> None:
    hostile = replace(
        totp("Ka\u202elos"), account="\x1b[31mann", note="a\u200bb", tags=("\u2066", "x\u2066")
    )
    data = watchword_backup.write([hostile], PROTECTION).data
    read = watchword_backup.read(data, "file password")
    found = read.accounts[0]
    assert (found.issuer, found.account, found.note) == ("Kalos", "[31mann", "ab")
    assert found.tags == ("x",)
    assert read.remarks == {found.id: ("Hidden characters were removed from its texts.",)}


def test_what_a_preview_warns_of_an_import_says_too() -> None:
    lines = (
        f"otpauth://totp/P%D0%B0ypal:ann?secret={SECRET}",  # a Cyrillic letter
        "otpauth://totp/Weak:ann?secret=MFRGG",
        f"otpauth://totp/Hid%E2%80%AEden:ann?secret={SECRET}",
        f"otpauth://totp/Plain:ann?secret={SECRET}",
    )
    planned = plan(otpauth_list.read("\n".join(lines).encode()), [])
    told = [" ".join(planned.remarks.get(account.id, ())) for account in planned.new]
    assert "alphabets that look alike" in told[0]
    assert "unusually short" in told[1]
    assert "Hidden characters" in told[2]
    assert told[3] == ""


def test_a_wrong_password_and_damage_are_told_apart() -> None:
    data = watchword_backup.write([totp("Kalos")], PROTECTION).data
    with pytest.raises(WrongPassword, match="file's password"):
        watchword_backup.read(data, "wrong")
    for at in range(len(data) // 97, len(data), 97):
        broken = bytearray(data)
        broken[at] ^= 1
        with pytest.raises(VaultDamaged, match="The file is damaged"):
            watchword_backup.read(bytes(broken), "file password")
    with pytest.raises(VaultDamaged):
        watchword_backup.read(data[:-1], "file password")


def test_an_empty_password_closes_nothing() -> None:
    with pytest.raises(KnownError, match="password is empty"):
        watchword_backup.write([totp("Kalos")], replace(PROTECTION, password=""))


@pytest.mark.parametrize(
    "text",
    [f"{KALOS}\r\n\r\n# x\r\n{KALOS}x", f"{KALOS}\r{KALOS}x", f"  {KALOS}\t\n{KALOS}x"],
    ids=["CR LF", "CR", "blanks"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_as_editors_leave_them(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert registry.format_of(data).name == "otpauth"
    read = otpauth_list.read(data)
    assert len(read.accounts) == 1 or read.accounts[1].issuer == "Kalosx"


def test_no_reason_repeats_a_secret() -> None:
    read = otpauth_list.read(b"otpauth://totp/a?secret=JBSWY3DPEHPK3PX0&x=SECRETSECRET&x=1\n")
    assert "SECRETSECRET" not in str(read.skipped)
    assert "JBSWY3" not in str(read.skipped)


def test_what_ente_adds_is_taken_over_and_its_bin_is_not() -> None:
    noted = "&codeDisplay=%7B%22tags%22%3A%5B%22work%22%5D%2C%22note%22%3A%22n%22%2C%22pinned%22%3Atrue%7D"
    binned = "&codeDisplay=%7B%22trashed%22%3Atrue%7D"
    read = otpauth_list.read(f"{KALOS}{noted}\n{KALOS}{binned}\n".encode())
    (account,) = read.accounts
    assert (account.tags, account.note, account.favourite) == (("work",), "n", True)
    assert read.skipped[0].name == "Kalos: ann"
    assert "bin" in read.skipped[0].reason


def test_a_kind_that_needs_a_pin_and_brings_none_is_listed() -> None:
    read = otpauth_list.read(b"otpauth://yaotp/Yandex:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY\n")
    assert "PIN of ann is missing" in read.skipped[0].reason


def test_more_than_any_app_writes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefused, match="too long"):
        otpauth_list.read(b"\n" * 200_001)
    with pytest.raises(FileRefused, match="too many"):
        otpauth_list.read(b"x\n" * 20_001)
    monkeypatch.setattr(link_lines, "_SECONDS", 0.0)
    with pytest.raises(FileRefused, match="too long to read"):
        otpauth_list.read(f"{KALOS}\n".encode() * 10_000)


def test_google_is_told_from_a_list_by_its_first_link() -> None:
    part = google_part([("Kalos", "ann", b"12345678901234567890")])
    assert registry.format_of(f"# x\n{part}\n".encode()).name == "google"
    assert registry.format_of(f"{KALOS}\n{part}\n".encode()).name == "otpauth"
    read = google_migration.read(f"{part}\n{KALOS}\n".encode())
    assert (len(read.accounts), read.skipped[0].name) == (1, "Line 2")


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    for start in (
        b"",
        b"\x89WWV\r\n\x1a\n",
        b"otpauth://totp/",
        b"otpauth-migration://offline?data=",
    ):
        for format_ in registry.FORMATS:
            with contextlib.suppress(KnownError):
                found = format_.read(start + data, "password")
                assert all(account.otp for account in found.accounts)


def test_duplicates_of_a_file_and_of_the_vault() -> None:
    here = totp("Kalos")
    counted = replace(here, id="c", otp=OtpParameters(type=OtpType.HOTP, secret=b"x" * 20))
    moved_on = replace(counted, id="d", otp=replace(counted.otp, counter=7))  # type: ignore[type-var]
    renamed = replace(here, id="r", account="bob")
    noted = replace(here, id="n", note="more", tags=("x",), favourite=True)
    read = otpauth_list.Contents((noted, renamed, renamed, moved_on))
    planned = plan(read, [here, counted])
    assert planned.new == (renamed,)
    assert planned.duplicates == (noted, renamed, moved_on)
    assert planned.alike == {"r": here}


def _as_text(account: Account) -> str:
    secret = account.otp.secret.hex() if account.otp else ""
    return f"{account.issuer} {account.account} {account.otp} {secret}"


def totp(issuer: str) -> Account:
    return Account(
        id=new_account_id(),
        issuer=issuer,
        account="ann",
        otp=OtpParameters(type=OtpType.TOTP, secret=b"12345678901234567890"),
    )
