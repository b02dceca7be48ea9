"""Accounts of a privacyIDEA server in a test: linked quickly, kept, asked what waits."""

import base64
from dataclasses import dataclass, field

from privacyidea import PrivacyIdea

from watchword.clock import SystemClock
from watchword.protocol.key_changes import PinnedKey
from watchword.providers.login_request import LoginRequest
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.providers.privacyidea_enrolment import Enrolment
from watchword.vault.account import ServerLink

OTHER_PIN = "9999"  # of accounts that no other test's login is to ask


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


def linked_by(text: str) -> ServerLink:
    """Link an account by its code; return its link."""
    kept = Kept()
    enrolment = begun(text, kept)
    enrolment.contact()
    enrolment.wait()
    enrolment.acknowledge()
    enrolment.close()
    return kept.links[0]


def picture_of(code: dict[str, str]) -> bytes:
    """Return the picture of a code as the server gives it to web pages."""
    return base64.b64decode(code["img"].partition(",")[2])


def state_of(school: PrivacyIdea, serial: str) -> str:
    tokens = school.done("/token/", "GET", serial=serial)["result"]["value"]["tokens"]
    return str(tokens[0]["rollout_state"])


def waiting(provider: PrivacyIdeaProvider, link: ServerLink) -> tuple[LoginRequest, ...]:
    polled = provider.poll("a1", link)
    assert polled.problems == ()
    return polled.requests


def only(provider: PrivacyIdeaProvider, link: ServerLink) -> LoginRequest:
    (request,) = waiting(provider, link)
    return request
