"""What the tests of the add pages share."""

import pytest
from add_pages_outside import Outside, make_pages
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def pages(qtbot: QtBot, jobs: Jobs, outside: Outside) -> AddPages:
    pages = make_pages(jobs, outside)
    qtbot.addWidget(pages, before_close_func=AddPages.leave)
    pages.show()
    return pages
