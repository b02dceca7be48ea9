"""Every kind of codes outlasts the vault, its PIN with it, and the PIN stands in no clear text."""

from dataclasses import replace
from pathlib import Path

import pytest
from vaults import make_vault

from watchword.otp.parameters import OtpParameters, OtpType, of_one_shape
from watchword.vault import Account
from watchword.vault.entry import Entry, from_members, to_members
from watchword.vault.merge import merge_entries

KINDS = {
    "steam": of_one_shape(OtpType.STEAM, b"12345678901234567890"),
    "motp": of_one_shape(OtpType.MOTP, bytes(8), "PIN-90217"),
    "yandex": of_one_shape(OtpType.YANDEX, b"1234567890123456", "PIN-90217"),
}


def of(otp: OtpParameters) -> Account:
    return Account(id="00000000000000ff", issuer="Kalos", account="ann", otp=otp)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_outlasts_edits_and_saves(tmp_path: Path, kind: str) -> None:
    made = make_vault(tmp_path)
    made.vault.add([of(KINDS[kind])])
    made.vault.save()
    again = made.open_again()
    assert (again.accounts[0].type, again.accounts[0].otp) == (kind, KINDS[kind])
    again.replace(replace(again.accounts[0], note="mine"))
    again.save()
    assert made.open_again().accounts[0].otp == KINDS[kind]
    assert again.info()["format"] == "1.1"
    assert b"PIN-90217" not in made.open_again().path.read_bytes()


def test_another_pin_is_an_edit_of_the_codes() -> None:
    entry = Entry(of(KINDS["motp"]), (1, "w"))
    other = of_one_shape(OtpType.MOTP, bytes(8), "1")
    edited = entry.edited(replace(entry.account, otp=other), (2, "v"))
    assert edited.stamp_of("otp") == (2, "v")
    merged = merge_entries(entry, entry, edited)
    assert merged.account.otp == other


def test_a_pin_where_none_belongs_is_a_member_nobody_knows() -> None:
    totp = OtpParameters(type=OtpType.TOTP, secret=b"x" * 20)
    members = to_members(Entry(of(totp), (1, "w")))
    members["otp"]["pin"] = "1234"
    entry = from_members(members)
    assert entry.account.otp == totp
    assert to_members(entry)["otp"]["pin"] == "1234"
