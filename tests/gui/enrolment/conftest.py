"""What the tests of the add pages share."""

import pytest
from add_pages_outside import Outside
from pytestqt.qtbot import QtBot

from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def pages(qtbot: QtBot, jobs: Jobs, outside: Outside) -> AddPages:
    pages = AddPages(
        jobs=jobs,
        clock=SystemClock(),
        source=outside.source,
        accounts=lambda: outside.accounts,
        save=outside.save,
        link=outside.link,
        native_dialogs=False,
    )
    qtbot.addWidget(pages, before_close_func=AddPages.leave)
    pages.closed.connect(outside.closed.append)
    pages.resize(420, 680)
    pages.show()
    return pages
