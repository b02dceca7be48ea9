"""What makes two accounts one, and accounts that no disk has seen."""

from dataclasses import replace
from pathlib import Path

import pytest
from vaults import make_vault, totp

from watchword.otp import otpauth
from watchword.otp.parameters import OtpType, of_one_shape
from watchword.vault import Account, NoSuchAccount
from watchword.vault.account import new_account

KALOS = totp("Kalos")


@pytest.mark.parametrize(
    "other",
    [
        replace(KALOS, issuer="Kalos Club"),
        replace(KALOS, account="bob"),
        totp("Kalos", secret=b"another secret 12345"),
        replace(KALOS, otp=replace(KALOS.otp, digits=8)),  # type: ignore[type-var]
        replace(KALOS, otp=replace(KALOS.otp, period=60)),  # type: ignore[type-var]
        replace(KALOS, otp=None),
    ],
)
def test_another_account(other: Account) -> None:
    assert other.identity != KALOS.identity


def test_the_same_account() -> None:
    noted = replace(KALOS, id="0" * 16, note="more", tags=("x",), favourite=True)
    assert noted.identity == KALOS.identity
    counted = new_account(otpauth.parse("otpauth://hotp/A:b?secret=MFRGGZDFMZTWQ2LK&counter=1"))
    assert counted.otp is not None
    later = replace(counted, otp=replace(counted.otp, counter=9))
    assert later.identity == counted.identity


def test_a_pin_is_a_part_of_the_secret() -> None:
    one, two = (
        replace(KALOS, otp=of_one_shape(OtpType.MOTP, b"12345678", pin)) for pin in ("1234", "9")
    )
    assert one.identity != two.identity


def test_what_was_never_saved_is_withdrawn_without_a_trace(tmp_path: Path) -> None:
    made = make_vault(tmp_path, KALOS)
    new = [totp(f"Service {number}") for number in range(2_000)]  # more than the trash holds
    made.vault.add(new)
    made.vault.withdraw(account.id for account in new)
    made.vault.save()
    assert made.vault.accounts == (KALOS,)
    assert made.vault.trash == ()
    with pytest.raises(NoSuchAccount):
        made.vault.restore(new[0].id)
    made.vault.add(new[:1])  # nothing says that it was removed once
    made.vault.save()
    again = made.open_again()
    assert [account.issuer for account in again.accounts] == ["Kalos", "Service 0"]
    again.lock()
    made.vault.lock()
