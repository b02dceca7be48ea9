"""`watchword`: accounts in a vault file of their own, under a password of their own."""

from collections.abc import Sequence
from dataclasses import replace

from watchword.errors import VaultDamaged, WrongPassword
from watchword.plain_text import NOTE_LIMIT, examine
from watchword.transfer.format import (
    Contents,
    FileRefused,
    Format,
    Protection,
    Written,
    of_links,
    with_codes,
)
from watchword.vault import contents, crypto, file_format, loaded, slots
from watchword.vault.account import Account, new_account_id
from watchword.vault.payload import Payload
from watchword.vault.vault import first_ring

_HIDDEN = "Hidden characters were removed from its texts."


def detect(data: bytes) -> bool:
    """Tell whether these are the first bytes of a vault file."""
    return data.startswith(file_format.MAGIC)


def read(data: bytes, password: str) -> Contents:
    """Return the accounts of any vault file, without their links.

    Raises FileRefused, WrongPassword, VaultDamaged, VaultNewer, NotEnoughMemory.
    """
    if not detect(data):
        raise FileRefused("This is not a Watchword backup", "It begins differently")
    try:
        state = slots.open_with_password(data, password)
    except WrongPassword:
        raise WrongPassword(
            "This is not the file's password",
            "It is the one that was chosen when the file was made",
            "Nothing was imported. Try again",
        ) from None
    except VaultDamaged as error:
        raise VaultDamaged(
            "The file is damaged", error.reason, "Nothing was imported. Try another copy of it"
        ) from None
    state.ring.wipe()
    found = [entry.account for entry in state.contents.accounts.values()]
    kept, skipped = with_codes(found)
    cleaned = [_cleaned(account) for account in kept]
    return Contents(
        accounts=tuple(account for account, _ in cleaned),
        skipped=tuple(skipped),
        notices=of_links(
            kept, ending="here they bring their codes only. Link them at the service."
        ),
        remarks={account.id: (_HIDDEN,) for account, hidden in cleaned if hidden},
    )


def write(accounts: Sequence[Account], protection: Protection) -> Written:
    """Return a vault of these accounts under fresh keys, opened again and compared.

    Raises PasswordRefused, Cancelled, NotSaved.
    """
    kept, skipped = with_codes(accounts)
    secret = slots.password_bytes(protection.password)
    ring, _ = first_ring(
        secret,
        protection.cost,
        protection.clock,
        with_key=False,
        still_wanted=protection.still_wanted,
    )
    writer = crypto.random_bytes(4).hex()
    payload = contents.added(Payload(), writer, (replace(each, link=None) for each in kept))
    try:
        data, _ = loaded.build(payload, ring, 1, protection.clock.now(), None)
    finally:
        ring.wipe()
    return Written(
        data,
        exported=len(kept),
        skipped=tuple(skipped),
        notices=of_links(kept, ending="the file has their codes only."),
    )


def _cleaned(account: Account) -> tuple[Account, bool]:
    """Return the account with its texts fit to show, and whether anything was taken out.

    The texts of one's own vault are; whoever sends a file with its password may have written others.
    """
    issuer, name = examine(account.issuer), examine(account.account)
    note = examine(account.note, limit=NOTE_LIMIT, lines=True)
    tags = [examine(tag) for tag in account.tags]
    cleaned = replace(
        account,
        id=new_account_id(),
        link=None,
        issuer=issuer.text,
        account=name.text,
        note=note.text,
        tags=tuple(dict.fromkeys(tag.text for tag in tags if tag.text)),
    )
    return cleaned, any(plain.removed for plain in (issuer, name, note, *tags))


FORMAT = Format(
    name="watchword",
    title="Watchword backup",
    ending=".watchword",
    encrypted=True,
    detect=detect,
    read=read,
    write=write,
)
