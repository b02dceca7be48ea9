from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Browser, Device, Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data") as one:
        yield one


@pytest.fixture
def browser(served: Served) -> Browser:
    """A browser that is signed in by password, as a user without devices is."""
    one = served.browser()
    one.sign_in()
    return one


@pytest.fixture
def device(browser: Browser) -> Device:
    return browser.enrol()
