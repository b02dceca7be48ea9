"""One privacyIDEA for all these tests, and one account linked to it.

They are not marked as end2end: nothing here needs a screen of its own, and so they run beside the others.
"""

import contextlib
import os
from collections.abc import Generator, Iterator

import pytest
from privacyidea import NUMBERS, PrivacyIdea, privacyidea
from privacyidea_accounts import linked_by

from watchword.clock import SystemClock
from watchword.providers.login_request import Decision
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.vault.account import ServerLink


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test of a real privacyIDEA be left out unseen where nobody reads the reasons."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, and may not be where CI is true: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def school() -> Iterator[PrivacyIdea]:
    with privacyidea() as running:
        yield running


@pytest.fixture(scope="session")
def linked(school: PrivacyIdea) -> ServerLink:
    """The link of an account that all tests may use and none may spoil."""
    return linked_by(school.make("push")["pushurl"]["value"])


@pytest.fixture
def provider(school: PrivacyIdea) -> Iterator[PrivacyIdeaProvider]:
    running = PrivacyIdeaProvider(SystemClock())
    yield running
    running.close()


@pytest.fixture
def nothing_is_left(school: PrivacyIdea, linked: ServerLink) -> Iterator[None]:
    """Refuse what a test leaves open, so that the next one begins with nothing."""
    yield
    provider = PrivacyIdeaProvider(SystemClock())
    with contextlib.closing(provider):
        for request in provider.poll("a1", linked).requests:
            provider.answer(linked, request, Decision.DENY)


@pytest.fixture
def choosing(school: PrivacyIdea) -> Iterator[None]:
    """The login page shows one of three numbers."""
    with school.with_policy("choosing", "authentication", NUMBERS):
        yield
