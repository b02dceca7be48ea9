"""The pictures of what helps a newcomer, or somebody in trouble: the demo, and what goes with it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from watchword.desktop.settings.report_page import ReportPage
from watchword.desktop.shell import diagnostics
from watchword.desktop.shell.bug_dialog import BugDialog
from watchword.desktop.shell.diagnostics import Surroundings
from watchword.desktop.shell.faults import fault_of
from watchword.desktop.unlock.keyring_offer_page import KeyringOfferPage
from watchword.errors import KnownError
from watchword.settings import Settings
from watchword.system.demo_server import DemoAccess, DemoNotStarted, DemoServer
from watchword.vault import Account, OpenVault

ACCESS = DemoAccess("http://127.0.0.1:43957", "demo", "correct horse battery")

AROUND = Surroundings(keyring="SecretService", portal="yes", cameras="1")


class Standing(DemoServer):
    """A demo server that is there, as far as the window can tell."""

    def __init__(self) -> None:
        super().__init__()
        self.there = False
        self.at = ACCESS

    @property
    def access(self) -> DemoAccess | None:
        return self.at if self.there else None

    def stop(self) -> None:
        self.there = False


def linked_to_demo(vault: OpenVault) -> Account:
    like = next(account for account in vault.accounts if account.link is not None)
    assert like.link is not None
    link = replace(like.link, service="Watchword demo", user="demo", origin=ACCESS.address)
    return replace(like, id="d" * 16, issuer="Watchword demo", account="demo", link=link)


def take_demo(studio: Any, folder: Path) -> None:
    """Take the demo's strip, step by step."""
    folder.mkdir()
    session = studio.session(folder / "led")
    demo, server = session.demo, Standing()
    demo._server = server
    demo._trial = True
    demo.refresh()
    studio.take("demo-offer")
    demo._trial = False
    server.there = True
    demo.refresh()
    studio.take("demo-link")
    studio.take("demo-link-wide", wide=True)
    demo._act("sign-in")
    session.adding.pages[0].preview_page.device_name.set_text("Ana’s notebook")
    demo.refresh()
    studio.take("demo-link-confirm")
    session.show_accounts()
    account = linked_to_demo(session._vault)
    session._take_accounts((account, *session._accounts))
    studio.take("demo-sign-in")
    demo._let_in = True
    demo.refresh()
    studio.take("demo-done")
    server.there = False
    demo._not_started(
        DemoNotStarted(
            "The demo server did not start",
            "PermissionError: [Errno 13] Permission denied",
            "Try again. Everything else works without it",
        )
    )
    studio.take("demo-failed")
    session.close()
    session = studio.session(folder / "asked", waiting=1)
    session.demo._server = server
    server.there = True
    server.at = replace(ACCESS, address="https://login.kalos.ch")
    session.demo._accounts = [a for a in session._accounts if a.link]
    studio.wait(session.desk.strips.banner.isVisible, 3)
    studio.take("demo-asked")
    session.desk.open()
    studio.wait(seconds=1.2)
    studio.take("demo-approve")
    session.close()


def take_about(studio: Any, folder: Path) -> None:
    """Take what is said about the program, and what is said when it failed."""
    folder.mkdir()
    session = studio.session(folder / "about")
    session.open_settings()
    page = studio.window.page
    studio.window.show()
    studio.wait(seconds=0.8)
    page.area.verticalScrollBar().setValue(page.area.verticalScrollBar().maximum())
    studio.take("settings-about")
    session.about.open()
    studio.take("about")
    studio.take("about-wide", wide=True)
    session.about._place.back()
    session.about._show(shown := ReportPage(), AROUND)
    session.about._place.show(shown)
    studio.take("report")
    studio.take("report-wide", wide=True)
    session.show_accounts()
    try:
        session.place.model.no_such_thing()
    except AttributeError as error:
        fault = fault_of(error)
    told = diagnostics.report(Settings(), Surroundings(), [fault], vault="saved")
    state = "Your vault is still open, and all of it is saved."
    window, studio.window = studio.window, BugDialog(state, told)
    studio.take("bug")
    studio.window.close()
    studio.window = window
    session.close()


def take_keyring_offer(studio: Any) -> None:
    """Take the last question about a new vault."""
    page = KeyringOfferPage(14)
    studio.window.show_page(page)
    studio.take("keyring-offer")
    page.show_error(
        KnownError("The keyring refused", "InitError", "Unlock it, or use the password")
    )
    studio.take("keyring-offer-refused")
