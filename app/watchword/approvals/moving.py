"""Whose the vault's devices are: this computer's, or another's (docs/protocol.md §12).

The vault remembers an installation's id, and so does the computer, beside the vault. Where they
differ, a person says whether the vault was moved here or copied; until then nobody is asked and
nothing is answered.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace

from watchword.errors import KnownError
from watchword.vault import Account, NotSaved, OpenVault, SavedUnconfirmed, traces
from watchword.vault.account import ServerLink

_SETTING = "installation"


class NotDecided(KnownError):
    """The vault's devices are another computer's, and nobody has said yet what that means."""

    def __init__(self) -> None:
        """Say what to do, in the app and at a terminal."""
        super().__init__(
            "This vault was last used on another computer",
            "Its login requests belong to the devices of that one",
            "Say first whether it was moved here or copied: in the app above the accounts, at a "
            "terminal by vault moved or vault copied",
        )


class NotNoted(KnownError):
    """The computer cannot remember which installation it is."""


def devices_of(vault: OpenVault) -> tuple[Account, ...]:
    """Return the accounts that answer login requests by a key of the vault."""
    return tuple(a for a in vault.accounts if a.link is not None and _is_device(a.link))


def is_elsewhere(vault: OpenVault) -> bool:
    """Whether the vault's devices are another computer's, as far as ids tell."""
    theirs = vault.setting(_SETTING, "")
    return bool(theirs and devices_of(vault)) and (
        traces.read_installation(vault.places) != theirs
    )


def check_decided(vault: OpenVault) -> None:
    """Raise NotDecided if a person has to say first whether the vault was moved or copied."""
    if is_elsewhere(vault):
        raise NotDecided


def is_settled(vault: OpenVault) -> bool:
    """Whether `settle` would do nothing."""
    theirs = vault.setting(_SETTING, "")
    if devices_of(vault):
        return bool(theirs)
    return theirs in {"", traces.read_installation(vault.places)}


def settle(vault: OpenVault) -> None:
    """Make a vault this computer's where nothing speaks against it, if that can be saved.

    One without devices belongs to whoever links the first one. A computer that cannot remember
    its id asks nobody.
    """
    if is_settled(vault):
        return
    if here := traces.own_installation(vault.places):
        with contextlib.suppress(NotSaved):
            _save(vault, here, vault.setting(_SETTING, ""))


def can_move(link: ServerLink) -> bool:
    """Whether the link's server takes another key for a device; others let both computers answer."""
    return link.kind == "native"


def moved(vault: OpenVault, now: float) -> tuple[Account, ...]:
    """Make the devices this computer's: each gets another key, sent when it is next asked.

    Returns the accounts. Raises NotNoted, NotSaved.
    """
    from watchword.protocol.key_messages import Rekey
    from watchword.protocol.signing import SigningKey

    devices = devices_of(vault)

    def with_next_key(link: ServerLink) -> ServerLink:
        if not _is_device(link) or not can_move(link):
            return link
        key = SigningKey.generate()
        message = Rekey(
            device_id=link.device_id,
            new_key=key.public,
            name=link.device_name or "Computer",
            time=int(now),
        )
        return replace(link, next_key=key.private, next_message=message.to_bytes())

    _decide(vault, devices, with_next_key)
    return devices


def copied(vault: OpenVault) -> tuple[Account, ...]:
    """Leave the devices to the other computer: here the accounts show codes only.

    Their keys go, so that this copy cannot answer. Returns the accounts. Raises NotNoted, NotSaved.
    """
    devices = devices_of(vault)

    def codes_only(link: ServerLink) -> ServerLink:
        if not _is_device(link):
            return link
        return replace(link, state="copied", device_key=b"", next_key=b"", next_message=b"")

    _decide(vault, devices, codes_only)
    return devices


def _is_device(link: ServerLink) -> bool:
    return link.kind in {"native", "privacyidea"} and link.state == "active"


def _decide(
    vault: OpenVault, devices: tuple[Account, ...], change: Callable[[ServerLink], ServerLink]
) -> None:
    here = traces.own_installation(vault.places)
    if not here:
        raise NotNoted(
            "This computer cannot remember that the vault is here",
            f"Nothing can be written in {vault.places.state}",
            "Mend the folder's permissions, and try again",
        )
    theirs = vault.setting(_SETTING, "")
    before = {a.link.device_id: a.link for a in devices if a.link is not None}
    vault.relink(change)
    try:
        _save(vault, here, theirs)
    except NotSaved:
        vault.relink(lambda link: before.get(link.device_id, link))
        raise


def _save(vault: OpenVault, here: str, theirs: str) -> None:
    vault.set_setting(_SETTING, here)
    try:
        vault.save()
    except SavedUnconfirmed:
        pass  # it stands; the next save confirms it
    except NotSaved:
        vault.set_setting(_SETTING, theirs)
        raise
