"""One privacyIDEA for all these tests, and one account linked to it."""

from collections.abc import Iterator

import pytest
from privacyidea import PrivacyIdea, privacyidea
from privacyidea_accounts import Kept, begun

from watchword.clock import SystemClock
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.vault.account import ServerLink


@pytest.fixture(scope="session")
def school() -> Iterator[PrivacyIdea]:
    with privacyidea() as running:
        yield running


@pytest.fixture(scope="session")
def linked(school: PrivacyIdea) -> ServerLink:
    """The link of an account that all tests may use and none may spoil."""
    kept = Kept()
    enrolment = begun(school.make("push")["pushurl"]["value"], kept)
    enrolment.contact()
    enrolment.wait()
    enrolment.acknowledge()
    enrolment.close()
    return kept.links[0]


@pytest.fixture
def provider(school: PrivacyIdea) -> Iterator[PrivacyIdeaProvider]:
    running = PrivacyIdeaProvider(SystemClock())
    yield running
    running.close()
