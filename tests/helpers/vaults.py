"""Vaults for tests: the cheapest key derivation the reader accepts, and accounts by name."""

from dataclasses import dataclass
from pathlib import Path

from fake_clock import FakeClock

from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import (
    CHEAPEST,
    Account,
    LockedVault,
    OpenVault,
    create_vault,
    new_account_id,
)

PASSWORD = "correct horse"


def totp(
    issuer: str, account: str = "me@example.org", secret: bytes = b"12345678901234567890"
) -> Account:
    return Account(
        id=new_account_id(),
        issuer=issuer,
        account=account,
        otp=OtpParameters(type=OtpType.TOTP, secret=secret),
    )


def hotp(issuer: str, counter: int = 0) -> Account:
    return Account(
        id=new_account_id(),
        issuer=issuer,
        account="me",
        otp=OtpParameters(type=OtpType.HOTP, secret=b"12345678901234567890", counter=counter),
    )


@dataclass
class Made:
    """A vault made for a test, and what opens it."""

    vault: OpenVault
    recovery_key: str
    path: Path
    clock: FakeClock

    def open_again(self, password: str = PASSWORD) -> OpenVault:
        """Open the file as another process would."""
        return LockedVault(self.path).unlock(password, clock=self.clock)


def make_vault(folder: Path, *accounts: Account) -> Made:
    """Make a vault in `folder`; with accounts, they are saved."""
    clock = FakeClock()
    path = folder / "vault"
    vault, key = create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)
    assert key is not None
    if accounts:
        vault.add(accounts)
        vault.save()
    return Made(vault, key, path, clock)
