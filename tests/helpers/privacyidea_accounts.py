"""Linking to a privacyIDEA server in a test: what is kept, and keys that are made quickly."""

from dataclasses import dataclass, field

from watchword.clock import SystemClock
from watchword.protocol.key_changes import PinnedKey
from watchword.providers.privacyidea_enrolment import Enrolment
from watchword.vault.account import ServerLink


@dataclass
class Kept:
    """Keeps what the vault would."""

    links: list[ServerLink] = field(default_factory=list)

    def keep_pin(self, origin: str, old: bytes, new: PinnedKey) -> None:
        raise AssertionError("not of this kind of server")

    def keep_device_key(self, link: ServerLink) -> None:
        raise AssertionError("not of this kind of server")

    def keep_link(self, old: ServerLink, new: ServerLink) -> None:
        self.links.append(new)


def begun(link: str, kept: Kept | None = None) -> Enrolment:
    """Return an enrolment whose key is made quickly."""
    return Enrolment(link, "Laptop", SystemClock(), keeper=kept or Kept(), key_bits=2048)
