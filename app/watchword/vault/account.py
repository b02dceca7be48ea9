"""An account as the vault keeps it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import OtpParameters

NO_ICON = "-"  # the monogram, although the issuer has an icon


def new_account_id() -> str:
    """Return a fresh account id: 16 hexadecimal digits, unique in any vault."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLink:
    """What ties an account to the server whose login requests it answers.

    The private key never leaves the vault; the server's key was pinned when the device was
    enrolled and changes only by a signed rotation (docs/protocol.md).
    """

    kind: str  # the provider: "native" or "privacyidea"
    origin: str  # "https://login.example[:port]", ASCII, no path
    service: str  # the name the server gave itself
    user: str  # the account's name at the server
    device_id: str
    device_name: str
    # native: Ed25519 private key, 32 bytes; privacyidea: RSA, PKCS#8 DER
    device_key: bytes = field(repr=False)
    # native: the server's Ed25519 public key, 32 bytes; privacyidea: RSA, SubjectPublicKeyInfo DER,
    # empty while its answer to the enrolment is outstanding
    server_key: bytes
    tls_pin: str = (
        ""  # SHA-256 of a self-signed home server's key; empty: the system's trust store
    )
    # "revoked": the server said, signed, that this device was removed; "copied": the device is
    # another computer's, and this copy of the vault gives codes only (docs/protocol.md §12)
    state: str = "active"
    user_id: str = ""  # the account's id at the server; its name may change, this does not
    backup_codes: tuple[str, ...] = field(default=(), repr=False)  # all ten, also used ones
    used_backup_codes: tuple[str, ...] = field(default=(), repr=False)
    key_seq: int = 0  # the number of the change that led to server_key; 0: that of the enrolment
    # A key that takes the place of device_key once the server has said so, and the message that
    # asks for it, the same bytes each time; empty: none is on its way.
    next_key: bytes = field(default=b"", repr=False)
    next_message: bytes = field(default=b"", repr=False)
    path: str = ""  # privacyidea: of the one address everything is sent to
    ask_password: bool = False  # privacyidea: password or keyring at every answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: codes, login requests, or both."""

    id: str
    issuer: str
    account: str
    otp: OtpParameters | None  # None: takes login requests only ("push"), or see unread_otp
    link: ServerLink | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    favourite: bool = False
    icon: str = ""  # the name of a brand's icon, NO_ICON, or empty: by the issuer
    # Codes of a kind or a hash that only a newer version knows; they survive a save.
    unread_otp: Mapping[str, Any] = field(default_factory=dict, repr=False)
    # Members a newer version wrote and this one does not know; they survive a save.
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def type(self) -> str:
        """The kind as people and scripts name it: "totp", "hotp", "steam", … "push", "unsupported"."""
        if self.otp:
            return self.otp.type.value
        return "unsupported" if self.unread_otp else "push"

    @property
    def identity(self) -> tuple[object, ...]:
        """What two accounts have in common when one of them is a duplicate of the other.

        A PIN counts as a part of the secret. Where counting stands does not, nor what a person
        noted about an account.
        """
        otp = self.otp
        codes = (otp.secret, otp.pin, otp.algorithm, otp.digits, otp.period) if otp else ()
        return (self.type, self.issuer, self.account, *codes)


def new_account(entry: OtpauthEntry) -> Account:
    """Return the account that a link describes, under a fresh id."""
    return Account(
        id=new_account_id(),
        issuer=entry.issuer,
        account=entry.account,
        otp=entry.otp,
        tags=entry.tags,
        note=entry.note,
        favourite=entry.favourite,
    )
