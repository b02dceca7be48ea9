"""Codes of a kind that only a later version knows: kept as they are, never shown, never lost."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from vaults import make_vault

from watchword.vault import Account
from watchword.vault.entry import Entry, MemberRefused, from_members, to_members
from watchword.vault.merge import merge_entries

LATER: dict[str, Any] = {
    "type": "later", "algorithm": "SHA3", "secret": {"parts": ["AAAA", "ümläut"]}, "counter": 4,
}  # fmt: skip


def of_later(**changes: Any) -> Account:
    return Account(
        id="00000000000000ff", issuer="Kalos", account="ann", otp=None, unread_otp=LATER, **changes
    )


def test_they_outlast_edits_and_saves(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.add([of_later()])
    made.vault.save()
    again = made.open_again()
    assert (again.accounts[0].type, again.accounts[0].unread_otp) == ("unsupported", LATER)
    again.replace(replace(again.accounts[0], issuer="Kalos Club", note="mine"))
    again.remove("00000000000000ff")
    again.restore("00000000000000ff")
    again.save()
    kept = made.open_again().accounts[0]
    assert (kept.issuer, kept.note, kept.unread_otp) == ("Kalos Club", "mine", LATER)


@pytest.mark.parametrize(
    "otp",
    [
        {**LATER, "type": 7},
        {**LATER, "algorithm": ["SHA1"]},
        {**LATER, "type": "x" * 300},
        {"type": "later"},
        ["later"],
    ],
)
def test_what_names_no_kind_is_damage(otp: object) -> None:
    members = to_members(Entry(of_later(), (1, "w")))
    with pytest.raises(MemberRefused):
        from_members({**members, "otp": otp})


def test_a_known_kind_that_cannot_be_is_damage() -> None:
    otp = {"type": "totp", "secret": "AAAA", "algorithm": "SHA1", "digits": 4, "period": 30}
    with pytest.raises(ValueError, match="4 digits"):
        from_members({**to_members(Entry(of_later(), (1, "w"))), "otp": otp})


def test_of_two_versions_the_same_one_wins_on_both_computers() -> None:
    one = Entry(of_later(), (1, "w"))
    other = Entry(replace(one.account, unread_otp={**LATER, "counter": 5}), (1, "w"))
    assert merge_entries(None, one, other) == merge_entries(None, other, one)
    edited = one.edited(replace(one.account, unread_otp={**LATER, "counter": 1}), (2, "v"))
    assert edited.stamp_of("otp") == (2, "v")
    assert merge_entries(one, other, edited).account.unread_otp["counter"] == 1
