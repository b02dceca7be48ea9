"""A temporary vault with sample accounts, for "Try it first"."""

import secrets
from pathlib import Path

from watchword.clock import Clock
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import CHEAPEST, Account, OpenVault, create_vault, new_account_id

_SAMPLES = (
    ("Kalos Club", "ana@example.org", ("work",), 6, OtpType.TOTP),
    ("GitHub", "ana-ferrer", ("work",), 6, OtpType.TOTP),
    ("PostFinance", "Ana Ferrer", (), 8, OtpType.TOTP),
    ("AWS", "root", ("work",), 6, OtpType.TOTP),
    ("Home router", "admin", (), 6, OtpType.HOTP),
)


def make_trial(path: Path, clock: Clock) -> OpenVault:
    """Make a vault at `path` whose password nobody knows, with accounts of no service."""
    vault, _ = create_vault(
        path, secrets.token_urlsafe(24), recovery_key=False, cost=CHEAPEST, clock=clock
    )
    vault.add(
        Account(
            id=new_account_id(),
            issuer=issuer,
            account=account,
            otp=OtpParameters(type=kind, secret=secrets.token_bytes(20), digits=digits),
            tags=tags,
        )
        for issuer, account, tags, digits, kind in _SAMPLES
    )
    vault.save()
    return vault
