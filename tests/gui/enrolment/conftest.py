"""What the tests of the add pages share."""

import pytest
from add_pages_outside import Outside, ScriptedLinking, make_pages
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault.account import Account


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def pages(qtbot: QtBot, jobs: Jobs, outside: Outside) -> AddPages:
    pages = make_pages(jobs, outside)
    qtbot.addWidget(pages, before_close_func=AddPages.leave)
    pages.show()
    return pages


@pytest.fixture
def linking(outside: Outside) -> ScriptedLinking:
    otp = OtpParameters(type=OtpType.TOTP, secret=b"12345678901234567890")
    account = Account(id="0123456789abcdef", issuer="Kalos Club", account="ana", otp=otp)
    outside.linking = ScriptedLinking(account)
    return outside.linking
