"""Kills server processes with signal 9 while people sign in, and PostgreSQL itself now and then.

    python tests/faults/server_kills.py [--kills 500] [--seed S] [--database sqlite|postgresql]

Four people sign in over and over, each with a device that approves or denies, and note every answer. After each kill and
restart: what was answered is there, what may count once counted once, and whoever got no answer asks again and gets one.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

import httpx2
from served import PASSWORD, Answered, Browser, Device, Served
from server_under_test import DATABASES, Processes, people_of, processes

from watchword.protocol import messages as m
from watchword.protocol.encoding import sha256
from watchword.protocol.members import Envelope
from watchword_server import users
from watchword_server.store.database import Unavailable

PEOPLE = 4
LONGEST_SECONDS = 1.0  # of work between two kills
DATABASE_TOO = 5  # every fifth kill on PostgreSQL is the database's


class NoAnswer(Exception):
    """The server was killed, or had no database."""


@dataclass
class Person:
    """Signs in over and over, and notes what was answered."""

    served: Served
    name: str
    device: Device
    up: threading.Event
    over: threading.Event
    results: dict[bytes, m.Result] = field(default_factory=dict)  # by the decision's hash
    sent: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)  # and accepted
    redeemed: set[str] = field(default_factory=set)  # login ids
    problems: list[str] = field(default_factory=list)
    logins: int = 0
    retried: int = 0

    def work(self) -> None:
        while not self.over.is_set():
            try:
                self.sign_in(deny=self.logins % 4 == 3)
            except NoAnswer:
                self.up.wait(60)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test must tell
                self.problems.append(f"{self.name}: {error!r}")
                return

    def sign_in(self, *, deny: bool) -> None:
        """One whole login; what was not answered is asked again until it is."""
        with closing(self.served.browser()) as browser:
            self.sign_in_by(browser, deny=deny)

    def sign_in_by(self, browser: Browser, *, deny: bool) -> None:
        with told():
            browser.sign_in(self.name)
        if "/sign-in/waiting" not in str(browser.page.url):
            raise NoAnswer
        code = browser.match_code()
        with told():
            request = self.device.poll()[-1]
        path, envelope = self.device.decision(
            request, "deny" if deny else "approve", "" if deny else code
        )
        result = self.decide(path, envelope)
        digest = sha256(envelope.signed)
        if digest in self.results:
            self.problems.append("one decision, two results")
        self.results[digest] = result
        self.logins += 1
        if result.result == "approved":
            self.redeem(browser, request.login)

    def decide(self, path: str, envelope: Envelope) -> m.Result:
        body = envelope_bytes(envelope)
        for attempt in range(200):
            if attempt:
                self.retried += 1
                self.up.wait(60)
                time.sleep(0.05)
            headers = self.device.signed_headers("POST", path, body)
            try:
                with told():
                    response, _ = self.served.run(
                        lambda headers=headers: self.device.send(
                            "POST", path, body, headers=headers
                        )
                    )
            except NoAnswer:
                continue
            if response.status_code in {401, 503}:  # a nonce too old, or no database: again
                continue
            if response.status_code not in {200, 409}:
                raise Answered(response)
            envelope = Envelope.from_json(response.json())
            result = m.Result.parse(envelope.signed)
            if response.status_code == 200:
                self.sent.append((path, body, headers))
            return result
        raise TimeoutError("no answer to a decision")

    def redeem(self, browser: Browser, login: str) -> None:
        with told():
            browser.finish()
        if "You are inside" in browser.text:
            self.redeemed.add(login)
            with told():
                browser.get("/account")
            if browser.page.url.path == "/sign-in":  # not: a page that said "busy"
                self.problems.append("a session that was given is not there")

    def replay(self) -> None:
        """The last accepted message again, byte for byte: it must not be taken."""
        for path, body, headers in self.sent[-1:]:
            response, _ = self.served.run(
                lambda path=path, body=body, headers=headers: self.device.send(
                    "POST", path, body, headers=headers
                )
            )
            if response.status_code != 401:
                self.problems.append(f"a message was taken twice: {response.status_code}")


class told:  # noqa: N801  # reads as a sentence
    """What goes wrong while a server is killed is no answer."""

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: object
    ) -> None:
        if isinstance(error, httpx2.TransportError):
            raise NoAnswer from error
        if isinstance(error, Answered) and error.response.status_code in {503, 401}:
            raise NoAnswer from error
        if isinstance(error, (IndexError, AssertionError)):
            raise NoAnswer from error  # a page that said "busy"


def envelope_bytes(envelope: Envelope) -> bytes:
    return json.dumps(envelope.to_json()).encode()


def compare(served: Served, people: list[Person], wrong: list[str]) -> None:
    """Everything that was answered is in the database, and nothing is there twice."""
    answers = {row.decision: row for row in served.rows("answers")}
    states = {row.id: row for row in served.rows("logins")}
    for person in people:
        for digest, result in list(person.results.items()):
            kept = answers.get(digest)
            if result.result in {"approved", "denied"} and (
                kept is None or kept.result != result.result
            ):
                wrong.append(f"{person.name}: {result.result} was answered and is lost")
        wrong += [
            f"{person.name}: a login was let in and is {states[login].state}"
            for login in person.redeemed
            if states[login].state != "redeemed"
        ]
        wrong += person.problems
        person.problems.clear()
    redeemed = Counter(row.user_id for row in states.values() if row.state == "redeemed")
    let_in = Counter(row.user_id for row in served.rows("events") if row.kind == "approved")
    if redeemed != let_in:
        wrong.append(f"logins redeemed {redeemed}, let in {let_in}")
    became = Counter(row.became for row in states.values() if row.became)
    wrong += [f"session {each} was begun twice" for each, count in became.items() if count > 1]


def make_people(served: Served, up: threading.Event, over: threading.Event) -> list[Person]:
    people = []
    for number in range(PEOPLE):
        name = f"person {number}"
        served.run(lambda name=name: users.add_user(served.site, name, PASSWORD))
        browser = served.browser()
        browser.sign_in(name)
        people.append(Person(served, name, browser.enrol(), up, over))
    return people


def kill_one(one: Processes, number: int, chance: random.Random) -> None:
    if one.cluster is not None and number % DATABASE_TOO == 0:
        one.cluster.stop("immediate")  # nothing is written any more, as after a kill
        one.cluster.start()
        return
    port = chance.choice(one.ports)
    one.kill(port)
    one.start(port)


def kill_many(kind: str, kills: int, seed: int) -> tuple[list[Person], list[str]]:
    chance = random.Random(seed)
    up, over = threading.Event(), threading.Event()
    wrong: list[str] = []
    with processes(kind, own_cluster=True) as one, people_of(one) as served:
        people = make_people(served, up, over)
        threads = [threading.Thread(target=person.work) for person in people]
        up.set()
        for thread in threads:
            thread.start()
        try:
            for number in range(1, kills + 1):
                time.sleep(chance.random() * LONGEST_SECONDS)
                up.clear()
                kill_one(one, number, chance)
                for port in one.ports:
                    one.wait(port)
                up.set()
        finally:
            over.set()
            up.set()
            for thread in threads:
                thread.join(120)
        again(served)
        if not any(person.logins for person in people):
            wrong.append("nobody signed in between the kills: nothing was tried")
        for person in people:
            before = person.logins
            person.replay()
            person.sign_in(deny=False)
            if person.logins != before + 1:
                wrong.append(f"{person.name} is stuck")
        compare(served, people, wrong)
        if complaints := one.complaints():
            wrong.append(complaints[-4000:])
        return people, wrong


def again(served: Served) -> None:
    """Let our own connections find out that PostgreSQL was started anew."""
    for _ in range(30):
        try:
            served.rows("server")
        except Unavailable:
            time.sleep(0.1)
        else:
            return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=DATABASES)
    arguments = parser.parse_args()
    worst = 0
    for kind in [arguments.database] if arguments.database else DATABASES:
        people, wrong = kill_many(kind, arguments.kills, arguments.seed)
        print(
            f"{kind}, seed {arguments.seed}: {arguments.kills} kills, "
            f"{sum(len(person.results) for person in people)} decisions answered "
            f"({sum(person.retried for person in people)} asked again), "
            f"{sum(len(person.redeemed) for person in people)} let in; "
            f"{len(wrong)} lost, doubled or stuck"
        )
        print("\n".join(wrong[:20]))
        worst |= bool(wrong)
    return worst


if __name__ == "__main__":
    sys.exit(main())
