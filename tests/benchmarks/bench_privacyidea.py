"""Login requests of a real privacyIDEA: how soon one is on the screen, and what asking for them costs.

    make bench ARGS=privacyidea        (--logins=20 --seconds=120)

The app's own watching, inbox and banner ask privacyIDEA 3.14 on loopback, as with the window open. Beside them
polls a small program of our own, as the official app does while it is open: every 3 seconds, with a timestamp
signed by a key of the same 4,096 bits. Each login asks both at the same moment. Processor time is that of this
process, each side alone, with nothing waiting; the server's is not in it.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # it cannot give size hints
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))

from privacyidea import PrivacyIdea, privacyidea
from privacyidea_accounts import Kept
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from watchword.approvals.polling import TRAY_PAUSE_SECONDS, WINDOW_PAUSE_SECONDS
from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.request_desk import RequestDesk
from watchword.desktop.shell.saving import Saves
from watchword.providers.login_request import Decision, Polled
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.providers.privacyidea_enrolment import Enrolment
from watchword.providers.privacyidea_keys import PushKey
from watchword.providers.provider import Providers
from watchword.vault import CHEAPEST, create_vault
from watchword.vault.account import Account, ServerLink

PEER_SECONDS = 3.0
LONGEST_SECONDS = 30.0


def linked(school: PrivacyIdea) -> Account:
    """Link an account as the app does, with a key of its full size."""
    kept = Kept()
    link = school.make("push")["pushurl"]["value"]
    enrolment = Enrolment(link, "Bench", SystemClock(), keeper=kept)
    enrolment.contact()
    account = enrolment.wait().account
    enrolment.acknowledge()
    enrolment.close()
    return Account(id=account.id, issuer="School", account="ann", otp=None, link=kept.links[0])


class Counted(PrivacyIdeaProvider):
    """The provider, which counts."""

    polls = 0

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        self.polls += 1
        return super().poll(account_id, link, known=known, wait=wait)


class Painted(QObject):
    """When the banner was first painted since it was forgotten."""

    def __init__(self, banner: QWidget) -> None:
        super().__init__(banner)
        self.at = 0.0
        banner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.at:
            self.at = time.perf_counter()
        return False


class Peer:
    """Asks every three seconds, as the official app does while it is open."""

    def __init__(self, school: PrivacyIdea, account: Account) -> None:
        assert account.link is not None
        self.url = school.url
        self.serial = account.link.device_id
        self.key = PushKey(account.link.device_key)
        self.polls = 0
        self.seen: dict[str, float] = {}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while not self.stopped.is_set():
            began = time.perf_counter()
            now = datetime.now(UTC).isoformat()
            query = urllib.parse.urlencode(
                {
                    "serial": self.serial,
                    "timestamp": now,
                    "signature": self.key.sign(f"{self.serial}|{now}"),
                }
            )
            with urllib.request.urlopen(f"{self.url}?{query}", timeout=30) as answer:
                listed = json.load(answer)["result"]["value"]
            self.polls += 1
            for challenge in listed:
                self.seen.setdefault(challenge["nonce"], time.perf_counter())
            self.stopped.wait(max(0.0, began + PEER_SECONDS - time.perf_counter()))

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join()


def spin(met: Callable[[], bool], seconds: float) -> bool:
    """Let events be handled until `met`, for so long at most."""
    end = time.perf_counter() + seconds
    while not met() and time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.002)
    return met()


def told(delays: list[float]) -> str:
    ordered = sorted(delays)
    middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"median {middle:.2f} s, 95th of 100 {high:.2f} s, worst {ordered[-1]:.2f} s"


class Bench:
    def __init__(self, school: PrivacyIdea, folder: Path) -> None:
        self.school = school
        clock = SystemClock()
        vault, _ = create_vault(
            folder / "vault", "bench", recovery_key=False, cost=CHEAPEST, clock=clock
        )
        self.jobs = Jobs()
        self.provider = Counted(clock)
        self.desk = RequestDesk(
            vault,
            Providers(clock, {"privacyidea": lambda _: self.provider}),
            clock,
            self.jobs,
            Saves(vault, clock, self.jobs),
        )
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.addWidget(self.desk.strips.banner)
        self.window.show()
        self.painted = Painted(self.desk.strips.banner)
        self.ours, self.theirs = linked(school), linked(school)

    def latency(self, logins: int) -> None:
        """Begin logins at any moment of both sides' pauses."""
        self.desk.watching.use([self.ours])
        peer = Peer(self.school, self.theirs)
        chance = random.Random(1)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(logins):
            spin(lambda: False, 1 + chance.random() * 2 * PEER_SECONDS)
            at, theirs_at = self.one(peer)
            ours.append(at)
            theirs.append(theirs_at)
            for entry in self.desk.watching.inbox.open:
                self.desk.page.answer_asked.emit(entry.key, Decision.DENY, "", "")
            assert spin(lambda: self.desk.waiting == 0, LONGEST_SECONDS)
        peer.stop()
        self.desk.watching.use([])
        print(f"challenge to screen, {logins} logins: Watchword {told(ours)}")
        print(f"challenge to app, the same logins: 3-second poller {told(theirs)}")
        ratio = sorted(ours)[logins // 2] / sorted(theirs)[logins // 2]
        print(f"ratio of the medians {ratio:.2f}")

    def one(self, peer: Peer) -> tuple[float, float]:
        """Begin a login; return after how long each side has it."""
        known = set(peer.seen)
        self.painted.at = 0.0
        began = time.perf_counter()
        login = threading.Thread(target=self.school.login)
        login.start()
        came = spin(lambda: bool(self.painted.at) and len(peer.seen) > len(known), LONGEST_SECONDS)
        login.join()
        assert came, "the login did not come"
        theirs = next(at for nonce, at in peer.seen.items() if nonce not in known)
        return self.painted.at - began, theirs - began

    def cost(self, seconds: float) -> None:
        """Let each side ask alone, with nothing waiting."""
        spin(lambda: False, 2)
        idle = self.spent(seconds / 4) * 4
        before = self.provider.polls
        self.desk.watching.use([self.ours])
        ours = self.spent(seconds) - idle
        polls = self.provider.polls - before
        self.desk.watching.use([])
        spin(lambda: False, 2)
        peer = Peer(self.school, self.theirs)
        theirs = self.spent(seconds) - idle
        peer.stop()
        hour = 3600 / seconds
        one = ours / polls
        tray = 3600 / (TRAY_PAUSE_SECONDS * 1.25) * one
        print(
            f"processor time of an hour: Watchword {ours * hour:.1f} s with the window open "
            f"({polls * hour:.0f} polls, one every {WINDOW_PAUSE_SECONDS:.0f} to "
            f"{WINDOW_PAUSE_SECONDS * 1.5:.1f} s, {one * 1000:.0f} ms each), so {tray:.1f} s from the "
            f"tray; 3-second poller {theirs * hour:.1f} s ({peer.polls * hour:.0f} polls, "
            f"{theirs / peer.polls * 1000:.0f} ms each)"
        )
        print(
            f"ratio {ours / theirs:.2f} with the window open, {tray / (theirs * hour):.2f} from the tray"
        )

    @staticmethod
    def spent(seconds: float) -> float:
        """Return what this process used of the processor meanwhile."""
        before = time.process_time()
        QApplication.processEvents()
        spin_slowly(seconds)
        return time.process_time() - before

    def close(self) -> None:
        self.desk.stop()
        self.provider.close()
        self.jobs.stop()


def spin_slowly(seconds: float) -> None:
    """Handle events for so long, asleep in between as an app is."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    arguments = parser.parse_args()
    application = QApplication(sys.argv[:1])
    theme = Theme(application)
    print(
        f"{os.cpu_count()} cores; {os.getloadavg()[0]:.1f} other programs ran in the minute before"
    )
    with privacyidea() as school, tempfile.TemporaryDirectory() as folder:
        bench = Bench(school, Path(folder))
        bench.latency(arguments.logins)
        bench.cost(arguments.seconds)
        bench.close()
    del theme
    return 0


if __name__ == "__main__":
    sys.exit(main())
