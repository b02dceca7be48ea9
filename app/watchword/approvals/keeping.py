"""Keys that change on the way are kept in the vault before anybody goes on with them.

A worker's thread calls these while a server waits: see watchword.providers.provider.Keeper.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from watchword.errors import VaultError
from watchword.providers.errors import NotKept
from watchword.vault import NotSaved, OpenVault, SavedUnconfirmed, VaultIsLocked
from watchword.vault.account import ServerLink

if TYPE_CHECKING:
    from watchword.protocol.key_changes import PinnedKey


class VaultKeeper:
    """Keeps keys in an open vault."""

    def __init__(self, vault: OpenVault, told: Callable[[], None] = lambda: None) -> None:
        """`told` is called, in whatever thread, after the links of `vault` have changed."""
        self._vault = vault
        self._told = told

    def keep_pin(self, origin: str, old: bytes, new: "PinnedKey") -> None:
        """Pin the key that followed `old`, for every account of that origin."""

        def pinned(link: ServerLink) -> ServerLink:
            ours = link.kind == "native" and link.origin == origin and link.server_key == old
            return replace(link, server_key=new.key, key_seq=new.seq) if ours else link

        self._keep(pinned)

    def keep_device_key(self, link: ServerLink) -> None:
        """Drop the device's old key: the server has taken the next one."""

        def moved(each: ServerLink) -> ServerLink:
            ours = each.device_id == link.device_id and each.next_key == link.next_key
            return taken_over(each) if ours else each

        self._keep(moved)

    def keep_link(self, old: ServerLink, new: ServerLink) -> None:
        """Put `new` in the place of `old`, for every account that has it."""
        self._keep(lambda link: new if link == old else link)

    def _keep(self, change: Callable[[ServerLink], ServerLink]) -> None:
        before: dict[ServerLink, ServerLink] = {}

        def changed(link: ServerLink) -> ServerLink:
            new = change(link)
            before[new] = link
            return new

        try:
            self._vault.relink(changed)
            self._vault.save()
        except SavedUnconfirmed:
            pass  # it stands; the next save confirms it
        except (VaultError, VaultIsLocked) as error:
            if isinstance(error, NotSaved):
                # Memory says what the disk says: nobody goes on with a key that is not kept.
                self._vault.relink(lambda link: before.get(link, link))
            raise NotKept(
                "The new key could not be saved",
                f"{error.title}. {error.reason}",
                error.what_to_do,
            ) from error
        with contextlib.suppress(RuntimeError):  # nobody is there any more to be told
            self._told()


def taken_over(link: ServerLink) -> ServerLink:
    """Return the link with its next key in the old one's place."""
    return replace(link, device_key=link.next_key, next_key=b"", next_message=b"")
