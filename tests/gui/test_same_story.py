"""One person, two devices, two servers, and everything that goes wrong between them.

The window ("Laptop", its clock a day slow) and the command line ("Terminal") are linked to an account at each of two
server processes, through wires that can be cut. After every scene the histories of both vaults and
both databases are laid beside each other: they must tell the same story.
"""

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browserless import Browserless
from gate import Gate, gate
from programs import CLI, Server, cli, free_port, result
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.approvals.inbox import Answered, Entry, Expired, Gone, Open, Unconfirmed
from watchword.clock import SystemClock
from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.session import Session
from watchword.protocol.encoding import from_base64url
from watchword.protocol.key_messages import KeyChange
from watchword.providers.login_request import Decision
from watchword.vault import CHEAPEST, HistoryEntry, LockedVault, create_vault

LOGIN = "correct horse battery staple"
VAULT = "four words or so"
USER = "elena"
NAMES = ("Kalos Club", "Lyceum")


class SlowClock(SystemClock):
    """A computer's clock that stands a day behind."""

    def now(self) -> float:
        return super().now() - 86_000


@dataclass
class Place:
    """A server, the wire to it, and its side of the story."""

    name: str
    server: Server
    wire: Gate
    origin: str

    browsers: list[Browserless] = field(default_factory=list)

    def browser(self) -> Browserless:
        """Return a new browser in which the password was given."""
        browser = Browserless(self.origin)
        self.browsers.append(browser)
        browser.sign_in(USER, LOGIN)
        return browser

    def rows(self, query: str) -> list[sqlite3.Row]:
        file = self.server.data / "server.sqlite3"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query).fetchall()


@dataclass
class World:
    """Both devices and both servers."""

    qtbot: QtBot
    desktop: Desktop
    home: Path
    places: tuple[Place, Place]
    laptop: str = ""  # what the window's device is called: this computer's name

    @property
    def session(self) -> Session:
        assert self.desktop.session is not None
        return self.desktop.session

    # The window --------------------------------------------------------------------------------
    def waits(self, place: Place, count: int = 1) -> list[Open]:
        """Wait until the window shows so many open requests of that server."""

        def shown() -> list[Open]:
            inbox = self.session.desk.watching.inbox
            return [entry for entry in inbox.open if entry.request.origin == place.origin]

        self.qtbot.waitUntil(lambda: len(shown()) == count, timeout=30_000)
        return shown()

    def becomes(self, entry: Entry, kind: type[Entry] | tuple[type[Entry], ...]) -> Any:
        def now() -> Entry | None:
            return self.session.desk.watching.inbox.entry(entry.key)

        self.qtbot.waitUntil(lambda: isinstance(now(), kind), timeout=30_000)
        return now()

    def answer(self, entry: Entry, decision: Decision, code: str = "") -> None:
        desk = self.session.desk
        desk._shown = entry.key  # as when its page is open: the outcome stays to be read
        desk.page.answer_asked.emit(entry.key, decision, code, "")

    # The terminal ------------------------------------------------------------------------------
    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return cli("--json", *arguments, home=self.home, password=VAULT)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [CLI, "--json", "--password-stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.home),
                "WATCHWORD_HOME": str(self.home),
            },
        )
        assert process.stdin is not None
        process.stdin.write(f"{VAULT}\n")
        process.stdin.flush()
        return process

    def listed(self, place: Place) -> str:
        """Return the id of the one request of that server as the terminal lists it."""
        found = result(self.cli("requests", "--wait", "20"))
        (mine,) = (one["id"] for one in found if one["service"] == place.name)
        return str(mine)

    # Linking -----------------------------------------------------------------------------------
    def link(self, place: Place) -> None:
        """Link the window, and then the terminal, whose step-up is a code of the window's."""
        browser = place.browser()
        self.desktop.open_text(browser.add_device(LOGIN))
        pages = self.desktop.window.page
        assert isinstance(pages, AddPages)
        self.qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page)
        pages.preview_page.confirm_button.click()
        linking = pages.linking_page
        self.qtbot.waitUntil(linking.code.isVisible, timeout=30_000)
        browser.join(linking.code.accessibleName()[:4])
        self.qtbot.waitUntil(linking.done_button.isVisible, timeout=30_000)
        linking.done_button.click()
        codes = self.desktop.window.page
        assert isinstance(codes, BackupCodesPage)
        code = codes.text().split()[0]
        codes.done_button.click()
        adding = self.start("--yes", "add", "--device-name", "Terminal", browser.add_device(LOGIN, code))  # fmt: skip
        assert adding.stderr is not None
        said = ""
        while "Short code: " not in said:
            line = adding.stderr.readline()
            assert line, said
            said += line
        browser.join(said.rpartition("Short code: ")[2].strip()[:4])
        out, err = adding.communicate(timeout=60)
        assert adding.returncode == 0, err
        assert len(json.loads(out)["added"]) == 1

    # Both sides of the story ---------------------------------------------------------------------
    def histories(self) -> dict[str, tuple[HistoryEntry, ...]]:
        terminal = LockedVault(self.home / "vault").unlock(VAULT, clock=SystemClock())
        here = {self.laptop: self.session._vault.history, "Terminal": terminal.history}
        terminal.lock()
        return here

    def compare(self) -> None:
        """Lay the histories of both apps beside those of both servers."""
        self.qtbot.waitUntil(lambda: not self.session.saves.unsaved, timeout=30_000)
        histories = self.histories()
        for place in self.places:
            logins = {row["id"]: row for row in place.rows("select * from logins")}
            rows = place.rows(
                "select r.id, r.login_id, d.name from requests r join devices d on d.id = r.device_id"
            )
            for row in rows:
                told = [e for e in histories[row["name"]] if e.request_id == row["id"]]
                answers = place.rows(
                    f"select result, decided from answers where request_id = '{row['id']}'"
                )
                problem = _differs(told, answers, logins[row["login_id"]], row["name"])
                assert problem is None, f"{place.name}, {row['name']}: {problem}"
            self._compare_activity(place, histories, rows)

    def _compare_activity(
        self, place: Place, histories: dict[str, tuple[HistoryEntry, ...]], rows: list[Any]
    ) -> None:
        """What the server's own page tells of refusals is what the devices tell of them."""
        ids = {row["id"] for row in rows}
        refused = Counter(
            (name, entry.decision)
            for name, entries in histories.items()
            for entry in entries
            if entry.request_id in ids and entry.result == "denied"
        )
        words = {"denied": "deny", "not_me": "not_me"}
        events = place.rows("select kind, device from events where kind in ('denied', 'not_me')")
        assert Counter((e["device"], words[e["kind"]]) for e in events) == refused


def _differs(
    told: list[HistoryEntry], answers: list[sqlite3.Row], login: sqlite3.Row, device: str
) -> str | None:
    """Return where an app's lines about one request and the server's rows do not fit; None: they do."""
    here = Counter(e.result for e in told if e.result in {"approved", "denied", "wrong_code"})
    there = Counter(row["result"] for row in answers)
    open_here = sum(e.result == "unknown" for e in told)
    if here - there:
        return f"the app tells {here - there}, of which the server knows nothing"
    if (there - here).total() > open_here:
        return f"the server has {there - here}, and the app's history knows nothing of it"
    for entry in told:
        if entry.result == "answered_elsewhere" and login["decided_by"] in {None, device}:
            return f"answered elsewhere, but the server says by {login['decided_by']}"
        if entry.result == "expired" and login["decided"] in {"approve", "deny", "not_me"}:
            return f"too late, but the server says {login['decided']}"
        if entry.result == "not_sent" and there - here:
            return "not sent, but the server took an answer"
    return None


@contextmanager
def place(name: str, data: Path) -> Iterator[Place]:
    data.mkdir()
    port = free_port()
    with gate(port) as wire:
        origin = f"http://127.0.0.1:{wire.own_port}"
        options = ("--name", name, "--origin", origin, "--limits-times", "1000")
        server = Server(data, port, options)
        server.administer("user", "add", USER, "--password-stdin", standard_input=f"{LOGIN}\n")
        server.start()
        one = Place(name, server, wire, origin)
        try:
            yield one
        finally:
            for browser in one.browsers:
                browser.close()
            server.stop()


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        places = [stack.enter_context(place(name, tmp_path / name)) for name in NAMES]
        path, home = tmp_path / "data" / "vault", tmp_path / "terminal"
        home.mkdir()
        clock = SlowClock()
        vault, _ = create_vault(path, VAULT, recovery_key=False, cost=CHEAPEST, clock=clock)
        desktop = Desktop(qapp, path, clock=clock, make_source=NoSource)
        desktop.start()
        desktop._begin(vault)
        one = World(qtbot, desktop, home, (places[0], places[1]))
        result(one.cli("init", "--no-recovery-key"))
        yield one
        desktop.stop()
        desktop.window.close()
        desktop.window.deleteLater()


@pytest.mark.timeout(600)
def test_both_sides_tell_the_same_story(world: World) -> None:
    for one in world.places:
        world.link(one)
    names = {row["name"] for one in world.places for row in one.rows("select name from devices")}
    (world.laptop,) = names - {"Terminal"}
    # It takes effect in a minute, in the middle of all that follows.
    world.places[0].server.administer("key", "change", "--in", "1")
    for scene in SCENES:
        scene(world, *world.places)
        world.compare()
    told = world.histories()
    assert Counter(e.result for e in told[world.laptop]) == {
        "approved": 9, "denied": 7, "wrong_code": 1, "answered_elsewhere": 1,
    }  # fmt: skip
    assert Counter(e.result for e in told["Terminal"]) == {
        "approved": 1, "denied": 3, "wrong_code": 1, "expired": 1, "unknown": 1,
    }  # fmt: skip


def two_servers_ask_at_once(world: World, kalos: Place, lyceum: Place) -> None:
    here, there = kalos.browser(), lyceum.browser()
    (asked_here,), (asked_there,) = world.waits(kalos), world.waits(lyceum)
    world.answer(asked_here, Decision.APPROVE, here.match_code())
    world.becomes(asked_here, Answered)
    world.answer(asked_there, Decision.DENY)
    world.becomes(asked_there, Answered)
    assert here.is_let_in()
    assert not there.is_let_in()


def one_approves_and_the_other_denies(world: World, kalos: Place, _lyceum: Place) -> None:
    """A "no" that comes before the browser used the "yes" is final; it comes from any device."""
    browser = kalos.browser()
    (asked,) = world.waits(kalos)
    request = world.listed(kalos)
    world.answer(asked, Decision.APPROVE, browser.match_code())
    assert world.becomes(asked, Answered).answer.result == "approved"
    assert result(world.cli("deny", request))["result"] == "denied"
    assert not browser.is_let_in()


def too_late_by_a_moment(world: World, kalos: Place, _lyceum: Place) -> None:
    """The terminal denies; the window's page, which still shows it, hears who was first."""
    browser = kalos.browser()
    (asked,) = world.waits(kalos)
    kalos.wire.when_sent = lambda: None
    world.answer(asked, Decision.APPROVE, browser.match_code())
    world.becomes(asked, Unconfirmed)
    kalos.wire.mend()
    assert result(world.cli("deny", world.listed(kalos)))["result"] == "denied"
    world.session.desk._resend(asked.key)
    assert world.becomes(asked, Answered).answer.result == "answered_elsewhere"
    assert not browser.is_let_in()


def wrong_codes(world: World, _kalos: Place, lyceum: Place) -> None:
    browser = lyceum.browser()
    (asked,) = world.waits(lyceum)
    request = world.listed(lyceum)
    code = browser.match_code()
    wrong = ("1" if code[0] == "0" else "0") + code[1:]
    world.answer(asked, Decision.APPROVE, wrong)
    world.qtbot.waitUntil(lambda: world.waits(lyceum)[0].tries_left == 2, timeout=30_000)
    done = world.cli("approve", request, "--code", wrong)
    assert json.loads(done.stdout)["result"] == "wrong_code"
    world.answer(asked, Decision.APPROVE, code)
    assert world.becomes(asked, Answered).answer.result == "approved"
    assert browser.is_let_in()


def it_was_not_me_after_all(world: World, kalos: Place, _lyceum: Place) -> None:
    """The session that was let in already ends."""
    browser = kalos.browser()
    (asked,) = world.waits(kalos)
    request = world.listed(kalos)
    world.answer(asked, Decision.APPROVE, browser.match_code())
    world.becomes(asked, Answered)
    assert browser.is_let_in()
    assert result(world.cli("deny", request, "--not-me"))["result"] == "denied"
    assert not browser.is_let_in()


def an_answer_gets_lost_once(world: World, kalos: Place, _lyceum: Place) -> None:
    """It is asked for again, and nobody notices."""
    browser = kalos.browser()
    (asked,) = world.waits(kalos)
    kalos.wire.when_answered = kalos.wire.mend
    world.answer(asked, Decision.APPROVE, browser.match_code())
    assert world.becomes(asked, Answered).answer.result == "approved"
    assert browser.is_let_in()


def an_answer_gets_lost(world: World, kalos: Place, _lyceum: Place) -> None:
    browser = kalos.browser()
    (asked,) = world.waits(kalos)
    kalos.wire.when_answered = lambda: None
    world.answer(asked, Decision.APPROVE, browser.match_code())
    world.becomes(asked, Unconfirmed)
    world.compare()
    kalos.wire.mend()
    world.session.desk._resend(asked.key)
    assert world.becomes(asked, Answered).answer.result == "approved"
    assert browser.is_let_in()


def the_server_is_killed_after_it_heard(world: World, _kalos: Place, lyceum: Place) -> None:
    _killed(world, lyceum, "when_answered")


def the_server_is_killed_before_it_heard(world: World, _kalos: Place, lyceum: Place) -> None:
    _killed(world, lyceum, "when_sent")


def _killed(world: World, place: Place, when: str) -> None:
    browser = place.browser()
    (asked,) = world.waits(place)
    code = browser.match_code()

    def kill() -> None:
        place.wire.mend()  # tried again, it meets nobody
        place.server.stop(signal.SIGKILL)

    place.wire.happened.clear()
    setattr(place.wire, when, kill)
    world.answer(asked, Decision.APPROVE, code)
    world.becomes(asked, Unconfirmed)
    assert place.wire.happened.wait(30)  # it is gone, not only going
    place.server.start()
    world.compare()
    world.session.desk._resend(asked.key)
    assert world.becomes(asked, Answered).answer.result == "approved"
    assert browser.is_let_in()


def the_app_is_killed_after_it_was_heard(world: World, kalos: Place, _lyceum: Place) -> None:
    """The vault says what it cannot know: sent, and not confirmed."""
    _app_killed(world, kalos, "when_answered")
    (last,) = [e for e in world.histories()["Terminal"] if e.result == "unknown"]
    assert last.decision == "approve"


def the_app_is_killed_before_it_was_heard(world: World, kalos: Place, _lyceum: Place) -> None:
    """Started again, it shows the request as open still, and the same answer has its effect."""
    browser, request, code = _app_killed(world, kalos, "when_sent")
    assert world.listed(kalos) == request
    assert result(world.cli("approve", request, "--code", code))["result"] == "approved"
    assert browser.is_let_in()


def _app_killed(world: World, place: Place, when: str) -> tuple[Browserless, str, str]:
    browser = place.browser()
    world.waits(place)
    request, code = world.listed(place), browser.match_code()
    place.wire.happened.clear()
    process: list[subprocess.Popen[str]] = []
    setattr(place.wire, when, lambda: process[0].send_signal(signal.SIGKILL))
    process.append(world.start("approve", request, "--code", code))
    assert place.wire.happened.wait(60)
    process[0].communicate(timeout=30)
    assert process[0].returncode == -signal.SIGKILL
    place.wire.mend()
    return browser, request, code


def nobody_answers(world: World, _kalos: Place, lyceum: Place) -> None:
    lyceum.server.stop()
    before, lyceum.server.options = lyceum.server.options, (*lyceum.server.options, "--login-seconds", "5")  # fmt: skip
    lyceum.server.start()
    browser = lyceum.browser()
    world.session.desk.watching.woke()
    (asked,) = world.waits(lyceum)
    request = world.listed(lyceum)
    world.becomes(asked, (Expired, Gone))
    done = world.cli("approve", request, "--code", "7KQM")
    assert json.loads(done.stdout)["result"] == "expired"
    assert not browser.is_let_in()
    lyceum.server.stop()
    lyceum.server.options = before
    lyceum.server.start()
    world.session.desk.watching.woke()


def a_flood(world: World, kalos: Place, _lyceum: Place) -> None:
    browsers = [kalos.browser() for _ in range(5)]
    waiting = world.waits(kalos, 5)
    assert world.session.desk.watching.is_flood
    world.session.desk.flood.deny_all_asked.emit()
    world.waits(kalos, 0)
    world.qtbot.waitUntil(
        lambda: not any(world.session.desk.watching.inbox.entry(e.key) for e in waiting),
        timeout=30_000,
    )
    assert not any(browser.is_let_in() for browser in browsers)


def the_server_has_changed_its_key(world: World, kalos: Place, _lyceum: Place) -> None:
    """Both devices follow, by proof, and go on."""
    with closing(Browserless(kalos.origin)) as anybody:
        (change,) = anybody.json("/api/v1/keys")["changes"]
    message = KeyChange.parse(from_base64url(change["signed"]))
    world.qtbot.waitUntil(lambda: time.time() > message.not_before, timeout=90_000)
    two_servers_ask_at_once(world, kalos, _lyceum)
    assert result(world.cli("requests")) == []
    terminal = LockedVault(world.home / "vault").unlock(VAULT, clock=SystemClock())
    for vault in (world.session._vault, terminal):
        links = [account.link for account in vault.accounts if account.link is not None]
        (link,) = (link for link in links if link.origin == kalos.origin)
        assert link.server_key == message.new
    terminal.lock()


def all_devices_are_removed(world: World, kalos: Place, lyceum: Place) -> None:
    """At one server: both hear it there, and their accounts at the other go on."""
    kalos.server.administer("user", "reset-factors", USER)
    assert result(world.cli("requests")) == []
    states = {a["server"]["url"]: a["server"]["state"] for a in result(world.cli("list"))}
    assert states == {kalos.origin: "revoked", lyceum.origin: "active"}

    def laptop() -> dict[str, str]:
        links = [account.link for account in world.session._vault.accounts]
        return {link.origin: link.state for link in links if link is not None}

    world.qtbot.waitUntil(lambda: laptop() == states, timeout=30_000)


SCENES = (
    two_servers_ask_at_once,
    one_approves_and_the_other_denies,
    too_late_by_a_moment,
    wrong_codes,
    it_was_not_me_after_all,
    an_answer_gets_lost_once,
    an_answer_gets_lost,
    the_server_is_killed_after_it_heard,
    the_server_is_killed_before_it_heard,
    the_app_is_killed_after_it_was_heard,
    the_app_is_killed_before_it_was_heard,
    nobody_answers,
    a_flood,
    the_server_has_changed_its_key,
    all_devices_are_removed,
)
