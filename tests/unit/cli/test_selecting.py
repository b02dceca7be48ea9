"""A selector means one account or is refused; nothing in it is a wildcard."""

import pytest

from watchword.cli.selecting import select
from watchword.errors import NoSuchThing
from watchword.vault.account import Account

ACCOUNTS = tuple(
    Account(id=f"{number:016x}", issuer=issuer, account=account, otp=None)
    for number, (issuer, account) in enumerate(
        [("Kalos", "ann"), ("Kalos", "émile"), ("Kalos Club", "bob"), ("", ""), ("100%", "x")]
    )
)


@pytest.mark.parametrize(
    ("selector", "account"),
    [
        ("bob", "bob"),
        ("BOB", "bob"),
        ("Emile", "émile"),
        ("e\u0301mile", "émile"),
        ("kalos:ann", "ann"),
        ("Kalos: ann", "ann"),
        ("kalos ann", "ann"),
        ("kalos club", "bob"),  # in full, although it is a part of no other
        ("os club", "bob"),
        (" bob ", "bob"),
        ("%", "x"),
        ("0000000000000001", "émile"),
    ],
)
def test_one_account_is_meant(selector: str, account: str) -> None:
    assert select(ACCOUNTS, selector).account == account


@pytest.mark.parametrize(
    "selector", ["*", "", " ", "k.los", "nobody", "ann?", "f" * 16, "ann;bob"]
)
def test_none_is_meant(selector: str) -> None:
    with pytest.raises(NoSuchThing, match="No account"):
        select(ACCOUNTS, selector)


@pytest.mark.parametrize("selector", ["kalos", "KALOS", "kal", "o"])
def test_several_are_meant(selector: str) -> None:
    with pytest.raises(NoSuchThing, match="accounts answer to") as caught:
        select(ACCOUNTS, selector)
    assert ACCOUNTS[0].id in str(caught.value)


def test_a_long_list_of_candidates_is_cut() -> None:
    many = [
        Account(id=f"{number:016x}", issuer="Kalos", account=str(number), otp=None)
        for number in range(100)
    ]
    with pytest.raises(NoSuchThing, match="and 90 more"):
        select(many, "kalos")
