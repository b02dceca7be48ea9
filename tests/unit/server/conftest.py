from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import cluster
from served import Browser, Device, Served, serving


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """What --database says: nothing for SQLite, or the URL of a new PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    url = cluster().new_database()
    yield url
    cluster().drop(url)


@pytest.fixture
def served(tmp_path: Path, database: str) -> Iterator[Served]:
    with serving(tmp_path / "data", database=database) as one:
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
