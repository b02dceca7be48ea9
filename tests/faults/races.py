"""Fifty at one moment use each thing that may be used once, by HTTP, on a server as it is installed.

    python tests/faults/races.py [--rounds 200] [--database sqlite|postgresql]

A round is the life of one device: authorised, offered, confirmed, acknowledged, asked, redeemed, re-keyed, unlinked;
and each step is taken fifty times at once (on PostgreSQL through two processes). Exactly one may win.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

from served import PASSWORD, Browser, Device, Served
from server_under_test import (
    DATABASES,
    Answer,
    Processes,
    at_once,
    form,
    get,
    message,
    people_of,
    processes,
    signed,
)

from watchword.protocol import authorisation as oauth
from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.key_changes import countersign
from watchword.protocol.key_messages import Rekey
from watchword.protocol.members import Envelope
from watchword_server import services, users

MANY = 50


class Races:
    """One server, and what was won."""

    def __init__(self, one: Processes, served: Served) -> None:
        self.one = one
        self.served = served
        self.races: Counter[str] = Counter()
        self.wrong: list[str] = []

    def at_once(self, requests: list[bytes]) -> list[Answer]:
        return at_once(self.one.ports, requests)

    def expect(self, name: str, found: Any, wanted: Any) -> None:
        self.races[name] += 1
        if found != wanted:
            self.wrong.append(f"{name}: {found} instead of {wanted}")

    def statuses(self, answers: list[Answer]) -> dict[int, int]:
        return dict(Counter(answer.status for answer in answers))

    def of_user(self, table: str, user_id: str, **values: Any) -> int:
        return sum(
            row.user_id == user_id
            and all(getattr(row, name) == value for name, value in values.items())
            for row in self.served.rows(table)
        )

    def life(self, number: int) -> None:
        """Everything that is used once, in the order of a device's life."""
        name = f"user {number}"
        user_id = self.served.run(lambda: users.add_user(self.served.site, name, PASSWORD))
        browser = self.served.browser()
        browser.sign_in(name)
        self.authorise(browser, user_id)
        device = self.offer(browser)
        self.confirm(browser, device, user_id)
        self.acknowledge(device, user_id)
        self.wrong_codes(device, name)
        self.decide(device, name, user_id)
        self.at_service(browser, device, name, user_id)
        self.codes(device, name)
        self.rekey(device, user_id)
        self.unlink(device, user_id)

    def authorise(self, browser: Browser, user_id: str) -> None:
        verifier = oauth.new_secret()
        question = oauth.Question(
            port=50123,
            state=oauth.new_secret(),
            challenge=oauth.challenge_of(verifier),
            device_name="Another computer",
        )
        browser.get(f"/authorise?{question.to_query()}")
        fields = {"form_key": browser.form_key(), "question": question.to_query()}
        answer = self.served.run(lambda: browser.asked("POST", "/authorise", data=fields))
        code = oauth.read_callback(
            answer.headers["location"].removeprefix(question.redirect_uri[:-1]),
            state=question.state,
            origin=self.served.site.settings.origin,
        )
        values = dict(parse_qsl(oauth.exchange_body(question, code=code, verifier=verifier)))
        posted = form(
            browser, "/api/v1/authorised", {k.decode(): v.decode() for k, v in values.items()}
        )
        found = self.statuses(self.at_once([posted] * MANY))
        # One gets the link; the second use has burnt it, whoever that was.
        burnt = self.of_user("enrolments", user_id, state="refused", link_key=None)
        self.expect("authorisation", (found, burnt), ({200: 1, 400: MANY - 1}, 1))

    def offer(self, browser: Browser) -> Device:
        browser.get("/security")
        link = browser.begin_enrolment()
        first = Device(self.served, link)
        offer = m.EnrolOffer.parse(Envelope.from_json(first.make_offer()).signed)
        devices, requests = [], []
        for number in range(MANY):
            device = Device(
                self.served, link, name=f"Device {number}", server_key=first.server_key
            )
            values = {each: getattr(offer, each) for each in ("origin", "e", "f", "tls_pin")}
            envelope = device.key.seal(
                m.EnrolOffer(
                    **values,
                    device_key=device.key.public,
                    seal_key=device.seal.public,
                    nonce_c=offer.nonce_c,
                    nonce_s=offer.nonce_s,
                    name=device.name,
                    platform=offer.platform,
                    exp=offer.exp,
                )
            )
            device.offered = envelope.signed
            mac = signing.offer_mac(link.key, sha256(envelope.signed))
            body = {**envelope.to_json(), "mac": to_base64url(mac)}
            requests.append(message(self.served, f"/api/v1/enrol/{link.id}/offer", body))
            devices.append(device)
        answers = self.at_once(requests)
        self.expect("enrolment", self.statuses(answers), {200: 1, 409: MANY - 1})
        winner = next(n for n, answer in enumerate(answers) if answer.status == 200)
        device = devices[winner]
        envelope = Envelope.from_json(json.loads(answers[winner].body))
        device.taken = signing.open_envelope(envelope, device.server_key, m.EnrolTaken)
        device.nonce = answers[winner].headers["watchword-nonce"]
        return device

    def confirm(self, browser: Browser, device: Device, user_id: str) -> None:
        browser.get("/security")
        values = {"enrolment": device.link.id, "code": device.short_code[:4]}
        self.at_once([form(browser, "/security/joining/confirm", values)] * MANY)
        made = (
            self.of_user("devices", user_id),
            self.of_user("backup_codes", user_id),
            [row.tries for row in self.served.rows("enrolments") if row.id == device.link.id],
        )
        self.expect("short code", made, (1, 10, [1]))

    def acknowledge(self, device: Device, user_id: str) -> None:
        package = device.fetch_package()
        said = m.Acknowledge(
            e=device.link.id, device_id=package.device_id, package=sha256(device.package_bytes)
        )
        path = f"/api/v1/enrol/{device.link.id}/acknowledge"
        same = signed(device, path, device.key.seal(said))
        self.expect(
            "signed request", self.statuses(self.at_once([same] * MANY)), {200: 1, 401: MANY - 1}
        )
        joined = self.of_user("events", user_id, kind="device_added")
        self.expect("joining", joined, 1)

    def ask(self, device: Device, name: str) -> tuple[Browser, m.Request]:
        browser = self.served.browser()
        browser.sign_in(name)
        (request,) = device.poll()
        return browser, request

    def results(self, device: Device, answers: list[Answer]) -> dict[str, int]:
        found: Counter[str] = Counter()
        for answer in answers:
            if answer.status not in {200, 409}:
                found[str(answer.status)] += 1
                continue
            envelope = Envelope.from_json(json.loads(answer.body))
            result = signing.open_envelope(envelope, device.server_key, m.Result)
            found[result.result.value] += 1
        return dict(found)

    def decisions(
        self, device: Device, request: m.Request, words: list[tuple[str, str]]
    ) -> dict[str, int]:
        requests = [
            signed(device, *device.decision(request, word, code, reason=f"{number}"))
            for number, (word, code) in enumerate(words)
        ]
        return self.results(device, self.at_once(requests))

    def wrong_codes(self, device: Device, name: str) -> None:
        browser, request = self.ask(device, name)
        code = "0000" if browser.match_code() != "0000" else "1111"
        found = self.decisions(device, request, [("approve", code)] * MANY)
        wanted = {"wrong_code": 2, "denied": 1, "answered_elsewhere": MANY - 3}
        self.expect("tries of a match code", found, wanted)

    def decide(self, device: Device, name: str, user_id: str) -> None:
        browser, request = self.ask(device, name)
        both = [("approve", browser.match_code()), ("deny", "")] * (MANY // 2)
        found = self.decisions(device, request, both)
        (first,) = {word for word in found if word != "answered_elsewhere"} or {"nobody"}
        self.expect("decision", found, {first: 1, "answered_elsewhere": MANY - 1})

        browser, request = self.ask(device, name)
        found = self.decisions(device, request, [("approve", browser.match_code())] * MANY)
        self.expect("approval", found, {"approved": 1, "answered_elsewhere": MANY - 1})

        before = self.of_user("sessions", user_id, stage="in")
        browser.get("/sign-in/waiting")
        values = {"login": browser.hidden("login")}
        answers = self.at_once([form(browser, "/sign-in/finish", values)] * MANY)
        inside = self.of_user("sessions", user_id, stage="in") - before
        approved = self.of_user("events", user_id, kind="approved")
        self.expect("redemption", (let_in(answers), inside, approved), (1, 1, 1))

        self.come_back(device, name, user_id)

    def at_service(self, browser: Browser, device: Device, name: str, user_id: str) -> None:
        """A login at another service's page: begun once for an attempt, its result given once."""
        added = self.served.run(
            lambda: services.add_service(self.served.site, f"Service of {name}", {"logins"})
        )
        page = f"/services/{added.id}"
        browser.get(page)
        browser.post(f"{page}/allow", {"scopes": browser.hidden("scopes")})
        key = {"Authorization": f"Bearer {added.key}"}
        logins = "/api/services/v1/logins"
        body = {"user": name, "binding": "what-only-this-browser-has"}
        same = message(self.served, logins, body, **key, **{"Idempotency-Key": "attempt-1"})
        answers = self.at_once([same] * MANY)
        # The seconds that are left may differ.
        begun = {(one["id"], one["code"]) for one in (json.loads(each.body) for each in answers)}
        asked = self.of_user("logins", user_id, service_id=added.id)
        statuses = self.statuses(answers)
        self.expect("attempt", (statuses, len(begun), asked), ({201: 1, 200: MANY - 1}, 1, 1))
        login = json.loads(answers[0].body)
        (request,) = device.poll()
        device.decide(request, "approve", login["code"])
        questions = [
            {"binding": body["binding"], "nonce": f"nonce-of-question-{number}"}
            for number in range(MANY)
        ]
        path = f"{logins}/{login['id']}/result"
        answers = self.at_once([message(self.served, path, one, **key) for one in questions])
        told = self.of_user("events", user_id, kind="approved", service=f"Service of {name}")
        self.expect(
            "service's result", (self.statuses(answers), told), ({200: 1, 409: MANY - 1}, 1)
        )

    def come_back(self, device: Device, name: str, user_id: str) -> None:
        browser, request = self.ask(device, name)
        handoff = browser.request_link().handoff
        ticket = device.decide(request, "approve", via=m.Via.LINK, handoff=handoff).ticket
        before = self.of_user("sessions", user_id, stage="in")
        come = get(browser, f"/continue/{to_base64url(ticket)}")
        answers = self.at_once([come] * MANY)
        inside = self.of_user("sessions", user_id, stage="in") - before
        self.expect("ticket", (let_in(answers), inside), (1, 1))

    def codes(self, device: Device, name: str) -> None:
        for kind, code, path in (
            ("backup code", device.package.backup_codes[0], "/sign-in/backup-code"),
            ("one-time code", device.otp(), "/sign-in/code"),
        ):
            waiting = [self.served.browser() for _ in range(2)]
            for browser in waiting:
                browser.sign_in(name)
            requests = [form(browser, path, {"code": code}) for browser in waiting] * (MANY // 2)
            self.expect(kind, let_in(self.at_once(requests)), 1)

    def rekey(self, device: Device, user_id: str) -> None:
        news = [signing.SigningKey.generate() for _ in range(MANY)]
        requests = []
        for new in news:
            said = Rekey(
                device_id=device.package.device_id,
                new_key=new.public,
                name="Moved",
                time=int(time.time()),
            )
            twice = countersign(said, device.key, new)
            requests.append(signed(device, "/api/v1/device/rekey", twice))
        answers = self.at_once(requests)
        self.expect("re-key", self.statuses(answers), {200: 1, 403: MANY - 1})
        winner = next((n for n, answer in enumerate(answers) if answer.status == 200), 0)
        device.key = news[winner]
        device.poll()
        moved = self.of_user("events", user_id, kind="device_moved")
        self.expect("moving", moved, 1)

    def unlink(self, device: Device, user_id: str) -> None:
        said = m.Unlink(device_id=device.package.device_id, time=int(time.time()))
        envelope = device.key.seal(said)
        requests = [signed(device, "/api/v1/device/unlink", envelope) for _ in range(MANY)]
        self.expect("unlinking", self.statuses(self.at_once(requests)), {200: 1, 403: MANY - 1})
        told = self.of_user("events", user_id, kind="device_unlinked")
        self.expect("removal", (told, self.of_user("backup_codes", user_id)), (1, 0))


def let_in(answers: list[Answer]) -> int:
    return sum(
        answer.status == 303
        and answer.headers.get("location") == "/account"
        and "session" in answer.headers.get("set-cookie", "")
        for answer in answers
    )


def race(kind: str, rounds: int) -> Races:
    with processes(kind) as one, people_of(one) as served:
        races = Races(one, served)
        for number in range(rounds):
            races.life(number)
        if complaints := one.complaints():
            races.wrong.append(complaints)
        return races


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", choices=DATABASES)
    arguments = parser.parse_args()
    worst = 0
    for kind in [arguments.database] if arguments.database else DATABASES:
        races = race(kind, arguments.rounds)
        print(
            f"{kind}: {arguments.rounds} rounds, {sum(races.races.values())} races of {MANY} over "
            f"{len(races.races)} things; {len(races.wrong)} not won by exactly one"
        )
        print("\n".join(races.wrong[:20]))
        worst |= bool(races.wrong)
    return worst


if __name__ == "__main__":
    sys.exit(main())
