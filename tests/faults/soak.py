"""Uses the window without a pause and looks at what it leaves behind: memory, threads, timers, widgets.

    python tests/faults/soak.py [--minutes 30] [--seed S]

One process is the whole app, without a screen, beside a real server. Each ten seconds it is locked and unlocked; between, login
requests come and are approved, denied or left, pages are opened and left, and colours, size of text and language change.
What there is while it is locked is counted after each round. Before that every place is shown in every colour and size, and
the same is done for a tenth of the time: what is used for the first time is loaded, and kept.
"""

import argparse
import faulthandler
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle, product
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "helpers"))
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from browserless import Browserless
from programs import Server, server
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from watchword.clock import SystemClock
from watchword.desktop.application import TIDY_MS, Desktop
from watchword.desktop.background.jobs import IDLE_SECONDS
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.session import Session
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.system.memory import keep_heap_small
from watchword.vault import CHEAPEST, Account, create_vault

ACCOUNTS = 100
ROUND_SECONDS = 10.0
WARM_ROUNDS = 4
MOST_MIB = 5.0
PERCENTS = (100, 130, 200)
THEMES = ("light", "dark", "contrast", "")
LANGUAGES = ("de", "fr", "en", "it", "es", "")
PASSWORD, VAULT_PASSWORD = "correct horse battery staple", "four words or so"


@dataclass
class Left:
    """What there is while the vault is locked."""

    mib: float
    threads: int
    timers: int
    widgets: Counter[str]


class Soak:
    """The app and the server, and a person who does not rest."""

    def __init__(
        self, application: QApplication, folder: Path, running: Server, seed: int
    ) -> None:
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.server = running
        path = folder / "data" / "vault"
        vault, _ = create_vault(
            path, VAULT_PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
        )
        vault.add(
            Account(
                id=f"{number:016x}",
                issuer=f"Service {number}",
                account=f"ana.{number}@example.org",
                otp=OtpParameters(type=OtpType.TOTP, secret=self.chance.randbytes(20)),
            )
            for number in range(ACCOUNTS)
        )
        vault.save()
        self.desktop = Desktop(application, path, make_source=NoSource)
        self.desktop.start()
        self.desktop._begin(vault)
        self.link()

    @property
    def session(self) -> Session:
        assert self.desktop.session is not None
        return self.desktop.session

    def until(self, so: Callable[[], Any], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not so():
            if time.monotonic() > end:
                raise TimeoutError(f"not in time, after {dict(self.done)}: {self.shown()}")
            QTest.qWait(20)

    def shown(self) -> str:
        """Return what the window shows, where it is not what was waited for."""
        desk = self.session.desk
        entries = [f"{type(each).__name__} {each.key}" for each in desk.watching.inbox.entries]
        page = desk.page
        return (
            f"{type(self.desktop.window.page).__name__}, request {page.key}, "
            f"deny {page.deny.isEnabled()}, approve {page.approve.isEnabled()}, "
            f"outcome {page.outcome.isVisible()}, said {page.notice.accessibleName()!r}, "
            f"inbox {entries}"
        )

    def link(self) -> None:
        browser = Browserless(self.server.origin)
        browser.sign_in("elena", PASSWORD)
        self.desktop.open_text(browser.add_device(PASSWORD))
        pages = self.desktop.window.page
        assert isinstance(pages, AddPages)
        self.until(lambda: pages.currentWidget() is pages.preview_page)
        pages.preview_page.confirm_button.click()
        linking = pages.linking_page
        self.until(linking.code.isVisible)
        browser.join(linking.code.accessibleName()[:4])
        self.until(linking.done_button.isVisible)
        linking.done_button.click()
        browser.close()

    # What is done ---------------------------------------------------------------------------------
    def ask(self) -> None:
        """Sign in with a browser, and answer in one of three ways."""
        desk = self.session.desk
        before = {entry.key for entry in desk.watching.inbox.open}
        browser = Browserless(self.server.origin)
        browser.sign_in("elena", PASSWORD)
        self.until(lambda: {entry.key for entry in desk.watching.inbox.open} - before)
        way = self.chance.choice(("approve", "deny", "leave"))
        if way == "approve" and desk.waiting > 1:
            way = "deny"  # the code on the screen is that of one of them
        while way != "leave" and desk.waiting:
            desk.open()
            if self.desktop.window.page is desk.flood:
                desk.flood.deny_all.click()
                self.until(lambda: desk.waiting == 0)
            else:
                self.answer(browser, way)
        self.session.show_accounts()
        browser.close()
        self.done[way] += 1

    def answer(self, browser: Browserless, way: str) -> None:
        page = self.session.desk.page
        if way == "approve" and page.form is not None and page.form.cells is not None:
            page.form.cells.setText(browser.match_code().lower())
            self.until(page.approve.isEnabled)
            page.approve.click()
        else:
            page.deny.click()
        self.until(lambda: page.outcome.isVisible() or page.notice.isVisible())
        if not page.outcome.isVisible():
            # Just unlocked, it may show a request of before: this browser's code is not its.
            page.deny.click()
            self.until(page.outcome.isVisible)
        page.outcome.done_button.click()

    def look_around(self) -> None:
        self.look_at(self.chance.randrange(3))
        self.done["place"] += 1

    def look_at(self, place: int) -> None:
        """Open a place, look, and go back."""
        session = self.session
        (session.settings.open, session.history.open, session.accounts.open_trash)[place]()
        QTest.qWait(50)
        session.show_accounts()

    def search(self) -> None:
        edit = self.session.place.list.search.edit
        for text in ("s", "se", "ser 4", ""):
            edit.setText(text)
            QTest.qWait(10)
        self.done["search"] += 1

    def warm_up(self) -> None:
        """Show every place in every colour and size, in each language in turn.

        Fonts, glyphs, icons and the code of pages are kept from then on.
        """
        languages = cycle(LANGUAGES)
        for theme, percent in product(THEMES, PERCENTS):
            self.speak(next(languages))
            self.dress(theme, percent)
            for place in range(3):
                self.look_at(place)
            self.search()
            self.ask()
            self.lock()
            self.unlock()

    def restyle(self) -> None:
        self.dress(self.chance.choice(THEMES), self.chance.choice(PERCENTS))
        self.done["look"] += 1

    def dress(self, theme: str, percent: int) -> None:
        appearance = self.desktop.preferences.now.appearance
        self.desktop.preferences.change(
            appearance=replace(appearance, theme=theme, text_percent=percent)
        )

    def translate(self) -> None:
        self.speak(self.chance.choice(LANGUAGES))
        self.done["language"] += 1

    def speak(self, language: str) -> None:
        appearance = self.desktop.preferences.now.appearance
        before, shown = self.session, self.desktop.languages.shown
        self.desktop.preferences.change(appearance=replace(appearance, language=language))
        if self.desktop.languages.shown != shown:
            self.until(lambda: self.desktop.session is not before)

    def lock(self) -> None:
        self.desktop.lock()
        self.until(lambda: self.desktop._unlocking.page is not None)
        QTest.qWait(TIDY_MS + 200)

    def unlock(self) -> None:
        page = self.desktop._unlocking.page
        assert page is not None
        page.password.edit.setText(VAULT_PASSWORD)
        page.button.click()
        self.until(lambda: self.desktop.session is not None)

    def rounds(self, seconds: float, at_least: int) -> list[Left]:
        """Live for so long, and return what there was after each round."""
        end = time.monotonic() + seconds
        found: list[Left] = []
        while time.monotonic() < end or len(found) < at_least:
            found.append(self.round())
        return found

    def threads_at_rest(self, at_first: int) -> int:
        """Lock, and count the threads once those that wait for work have had the time to go."""
        self.lock()
        end = time.monotonic() + IDLE_SECONDS + 60  # a poll that is held goes on for half a minute
        while (running := threading.active_count()) > at_first and time.monotonic() < end:
            QTest.qWait(500)
        return running

    def round(self) -> Left:
        """Live through ten seconds, lock, and count."""
        end = time.monotonic() + ROUND_SECONDS
        acts = (self.ask, self.look_around, self.search, self.restyle, self.translate)
        while time.monotonic() < end:
            self.chance.choice(acts)()
            QTest.qWait(200)
        self.lock()
        found = left()
        self.unlock()
        return found


def left() -> Left:
    """Count what there is, once everything that is done with is gone."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
    objects = [each for each in gc.get_objects() if isinstance(each, QTimer) and isValid(each)]
    status = Path("/proc/self/status").read_text()
    (line,) = (each for each in status.splitlines() if each.startswith("VmRSS:"))
    widgets = Counter(type(each).__name__ for each in QApplication.allWidgets())
    return Left(
        int(line.split()[1]) / 1024,
        threading.active_count(),
        sum(each.isActive() for each in objects),
        widgets,
    )


def grown(before: Left, after: Left) -> list[str]:
    """Return what is more than it was, in words."""
    more = after.widgets - before.widgets
    more["threads"] = after.threads - before.threads
    more["timers"] = after.timers - before.timers
    return [f"{count} more {name}" for name, count in sorted(more.items()) if count > 0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faulthandler.enable()
    keep_heap_small()  # as the app does when it starts
    application = QApplication([])
    Theme(application)
    options = ("--name", "Kalos Club", "--limits-times", "10000", "--password-memory", "19")
    with tempfile.TemporaryDirectory(prefix="ww-soak-") as name:
        folder = Path(name)
        os.environ["WATCHWORD_HOME"] = os.environ["HOME"] = name
        with server(folder / "server", *options, users={"elena": PASSWORD}) as running:
            at_first = threading.active_count()
            soak = Soak(application, folder, running, arguments.seed)
            soak.warm_up()
            seconds = arguments.minutes * 60
            soak.rounds(seconds / 10, at_least=WARM_ROUNDS)
            soak.done.clear()
            rounds = soak.rounds(seconds, at_least=6)
            at_last = soak.threads_at_rest(at_first)
            soak.desktop.stop()
    warm, late = rounds[0], rounds[-3:]
    # A timer that runs out by itself may run at any count: what stays is there at all of the last three.
    warm = replace(warm, threads=at_first, timers=max(each.timers for each in rounds[:-3]))
    last = replace(
        rounds[-1],
        threads=at_last,
        timers=min(each.timers for each in late),
        widgets=late[0].widgets & late[1].widgets & late[2].widgets,
    )
    # One round may hold what the next gives back: the middle of three is what stays.
    growth = median(each.mib for each in rounds[-3:]) - median(each.mib for each in rounds[:3])
    problems = grown(warm, last)
    if growth > MOST_MIB:
        problems.append(f"{growth:.1f} MiB more")
    did = ", ".join(f"{count} {name}" for name, count in sorted(soak.done.items()))
    print(f"seed {arguments.seed}: {len(rounds)} rounds ({did})")
    print(
        "MiB while locked:",
        " ".join(f"{each.mib:.1f}" for each in rounds[:: max(1, len(rounds) // 12)]),
    )
    print(
        f"{growth:+.1f} MiB, {last.threads} threads, {last.timers} timers; left behind: {', '.join(problems) or 'nothing'}"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
