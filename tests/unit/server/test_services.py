"""Other services: allowed by the person, asked by a key, answered signed and once."""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import httpx2
import pytest
from postgres import cluster
from served import PASSWORD, USER, Browser, Device, Served

from watchword.protocol.members import Envelope
from watchword.protocol.messages import Result
from watchword.protocol.signing import open_envelope
from watchword_server import services, users
from watchword_server.service_logins import ServiceCode, ServiceLogin
from watchword_server.services import Added
from watchword_server.store import sqlite

API = "/api/services/v1"
AGENT = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
BINDING = "what-only-this-browser-has"
NONCE = "nonce-of-sixteen-characters"


class Service:
    """Whoever holds a key."""

    def __init__(self, served: Served, name: str = "Bookshop", *scopes: str) -> None:
        self.served = served
        self.name = name
        self.added: Added = served.run(
            lambda: services.add_service(
                served.site, name, set(scopes or ("logins", "codes")), home="https://books.example"
            )
        )
        self.key = self.added.key
        self.client = served.client("192.0.2.80")
        self.attempts = 0

    async def asking(
        self, method: str, path: str, body: Any = None, **more: str
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more}
        return await self.client.request(method, f"{API}{path}", json=body, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> httpx2.Response:
        return self.served.run(lambda: self.asking(method, path, body, **more))

    def begin(self, user: str = USER, *, attempt: str = "", **more: str) -> httpx2.Response:
        self.attempts += 1
        body = {"user": user, "binding": BINDING, "ip": "198.51.100.4", "user_agent": AGENT}
        key = {"Idempotency-Key": attempt or f"attempt-{self.attempts}"}
        return self.ask("POST", "/logins", {**body, **more}, **key)

    def state(self, login: str, shown: str = "open") -> str:
        return str(self.ask("GET", f"/logins/{login}?is={shown}").json()["state"])

    def result(self, login: str, binding: str = BINDING, nonce: str = NONCE) -> httpx2.Response:
        return self.ask("POST", f"/logins/{login}/result", {"binding": binding, "nonce": nonce})

    def opened(self, answer: httpx2.Response, nonce: str = NONCE) -> ServiceLogin:
        assert answer.status_code == 200, answer.text
        message = open_envelope(
            Envelope.from_json(answer.json()), self.served.site.signing_key.public, ServiceLogin
        )
        return message.expect(aud=self.added.id, nonce=nonce, origin=self.served.site.origin)

    def check(self, code: str, user: str = USER) -> httpx2.Response:
        return self.ask("POST", "/codes/check", {"user": user, "code": code, "nonce": NONCE})


def allow(browser: Browser, service: Service) -> None:
    path = f"/services/{service.added.id}"
    browser.get(path)
    browser.post(f"{path}/allow", {"scopes": browser.hidden("scopes")})
    assert f"{service.name} may ask you" in browser.text, browser.text


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """SQLite, and what may come twice at one moment on both: those tests say so."""
    if getattr(request, "param", "") != "postgresql":
        yield ""
        return
    url = cluster().new_database()
    yield url
    cluster().drop(url)


on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def shop(served: Served, browser: Browser, device: Device) -> Service:
    """A service that the user has allowed."""
    one = Service(served)
    allow(browser, one)
    return one


def events(served: Served) -> list[tuple[str, str]]:
    return [(row.kind, row.service) for row in served.rows("events") if row.service]


@on_both
def test_a_login_from_the_question_to_the_result(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    answer = shop.begin()
    assert answer.status_code == 201
    begun = answer.json()
    assert (begun["state"], begun["match"], begun["expires_in"]) == ("open", "type4", 120)
    (request,) = device.poll()
    assert request.service == request.reported_by == "Bookshop"
    assert (request.ip, request.place) == ("", "")
    assert request.user_agent == "Firefox on Windows · 198.51.100.4"
    assert begun["code"] not in request.to_bytes().decode()
    assert shop.result(begun["id"]).json() == {"error": "open"}
    assert device.decide(request, "approve", begun["code"]).result == "approved"
    assert shop.state(begun["id"]) == "approved"
    result = shop.opened(shop.result(begun["id"]))
    assert (result.login, result.user, result.result) == (begun["id"], USER, "approved")
    again = shop.result(begun["id"], nonce="another-nonce-of-sixteen")
    assert (again.status_code, again.json()) == (409, {"error": "used"})
    assert shop.state(begun["id"]) == "used"
    browser.get("/security")
    assert "Sign-in to Bookshop approved" in browser.text
    assert "reported: Firefox on Windows · 198.51.100.4" in browser.text


def test_an_answer_wakes_who_waits(served: Served, shop: Service, device: Device) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    path, envelope = device.decision(request, "deny")

    async def waiting() -> str:
        answer = await shop.asking("GET", f"/logins/{begun['id']}", Prefer="wait=25")
        return str(answer.json()["state"])

    async def deny() -> str:
        # The one that waits looks first and listens before: whatever comes first, it is told.
        return (await device.calling("POST", path, envelope, kind=Result)).result.value

    assert served.at_once([waiting, deny]) == ["denied", "denied"]


def test_not_me_is_denied_and_an_alarm_that_names_the_service(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    device.decide(request, "not_me")
    assert shop.state(begun["id"]) == "denied"
    assert shop.opened(shop.result(begun["id"])).result == "denied"
    browser.get("/security")
    assert "Denied at Bookshop: it wasn’t you" in browser.text
    assert "Somebody wanted to sign in to Bookshop under your name" in browser.text
    assert "Somebody signed in with your password" not in browser.text


def test_not_me_after_the_result_is_told_to_who_waits_for_it(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    laptop = browser.enrol("Laptop")
    begun = shop.begin().json()
    (mine,), (other,) = device.poll(), laptop.poll()
    device.decide(mine, "approve", begun["code"])
    assert shop.opened(shop.result(begun["id"])).result == "approved"
    assert laptop.decide(other, "not_me").result == "denied"
    assert shop.state(begun["id"], "used") == "denied"


def test_another_browser_gets_a_denial_and_the_owner_an_alarm(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    device.decide(request, "approve", begun["code"])
    stolen = shop.result(begun["id"], binding="what-another-browser-has")
    assert shop.opened(stolen).result == "denied"
    assert shop.opened(shop.result(begun["id"])).result == "denied"
    assert ("stolen_try", "Bookshop") in events(served)
    browser.get("/security")
    assert "Your approval for Bookshop was used from another browser" in browser.text


def test_an_approval_lasts_a_minute_and_a_question_two(
    served: Served, shop: Service, device: Device
) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    device.decide(request, "approve", begun["code"])
    served.clock.advance(60)
    assert shop.opened(shop.result(begun["id"])).result == "expired"
    begun = shop.begin().json()
    served.clock.advance(120)
    assert shop.state(begun["id"]) == "expired"
    assert device.poll() == []


def test_three_wrong_codes_end_it(served: Served, shop: Service, device: Device) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    wrong = "0000" if begun["code"] != "0000" else "1111"
    for number in range(3):
        device.decide(request, "approve", wrong, time=number)
    assert shop.state(begun["id"]) == "denied"
    assert ("wrong_codes", "Bookshop") in events(served)


def test_cancelled_it_goes_from_the_screens(served: Served, shop: Service, device: Device) -> None:
    begun = shop.begin().json()
    for _ in range(2):
        assert shop.ask("DELETE", f"/logins/{begun['id']}").status_code == 204
    assert device.poll() == []
    assert shop.opened(shop.result(begun["id"])).result == "withdrawn"


@on_both
def test_a_lost_answer_rings_once(served: Served, shop: Service, device: Device) -> None:
    first = shop.begin(attempt="the-same-attempt")
    again = shop.begin(attempt="the-same-attempt")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(device.poll()) == 1
    for more in ({"binding": "what-another-browser-has"}, {"ip": "198.51.100.5"}):
        other = shop.begin(attempt="the-same-attempt", **more)
        assert (other.status_code, other.json()) == (409, {"error": "key_reused"})


def test_a_browser_has_one_open_login(served: Served, shop: Service, device: Device) -> None:
    first, second = shop.begin().json(), shop.begin().json()
    assert [request.login for request in device.poll()] == [second["id"]]
    assert shop.state(first["id"]) == "withdrawn"


# Who may ask


@on_both
def test_who_is_not_there_and_who_has_not_allowed_it_are_the_same(
    served: Served, browser: Browser, device: Device
) -> None:
    shop = Service(served)
    served.run(lambda: users.add_user(served.site, "carla", PASSWORD))
    served.run(lambda: users.disable_user(served.site, "carla", disabled=True))
    answers = [
        answer
        for name in (USER, "nobody", "carla", "' OR 1=1 --", "<b>", "ﬁona", "x" * 128)
        for answer in (shop.begin(name), shop.check("000000", name))
    ]
    assert {(one.status_code, one.text) for one in answers} == {
        (403, json.dumps(answers[0].json(), separators=(",", ":")))
    }
    assert answers[0].json() == {
        "error": "not_allowed",
        "allow": f"{served.site.origin}/services/{shop.added.id}",
    }
    assert device.poll() == []
    assert served.rows("logins") == []
    assert served.rows("attempts") == []


def test_another_spelling_of_the_name_is_the_same_user(
    served: Served, shop: Service, device: Device
) -> None:
    begun = shop.begin("  ＡNA@kalos.example ").json()
    device.decide(device.poll()[0], "deny")
    assert shop.opened(shop.result(begun["id"])).user == USER


@pytest.mark.parametrize("end", ["stop", "disable", "user disable", "passwd"])
def test_what_is_open_ends_with_the_permission(
    served: Served, shop: Service, browser: Browser, device: Device, end: str
) -> None:
    begun = shop.begin().json()
    (request,) = device.poll()
    device.decide(request, "approve", begun["code"])
    if end == "stop":
        browser.get("/security")
        browser.post(f"/services/{shop.added.id}/stop")
        assert "Bookshop may not ask you any more" in browser.text
    elif end == "disable":
        served.run(lambda: services.disable_service(served.site, "Bookshop", disabled=True))
    elif end == "passwd":
        served.run(lambda: users.change_password(served.site, USER, "another battery staple"))
    else:
        served.run(lambda: users.disable_user(served.site, USER, disabled=True))
    answer = shop.result(begun["id"])
    if end == "disable":
        assert answer.status_code == shop.begin().status_code == 401
        served.run(lambda: services.disable_service(served.site, "bookshop", disabled=False))
        answer = shop.result(begun["id"])
    assert shop.opened(answer).result == "withdrawn"
    assert shop.begin().status_code == (201 if end in {"disable", "passwd"} else 403)


def test_a_key_that_is_none_gets_one_answer(served: Served, shop: Service) -> None:
    good = shop.key
    other = Service(served, "Wiki")
    bad = [
        "",
        "wwk_",
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:27] + other.key[27:],
        good.upper(),
        "' OR 1=1 --",
        "é" * 70,
    ]
    headers = [[(b"authorization", b"Bearer " + one.encode("latin-1", "replace"))] for one in bad]
    headers += [[], [(b"authorization", b"Basic " + good.encode())]]
    twice = (b"authorization", b"Bearer " + good.encode())
    answers = [
        served.run(lambda one=one: shop.client.get(f"{API}/logins/x", headers=one))
        for one in [*headers, [twice, twice]]
    ]
    assert {(one.status_code, one.text) for one in answers} == {(401, '{"error":"unauthorized"}')}
    assert {one.headers["www-authenticate"] for one in answers} == {"Bearer"}


def test_of_two_live_keys_the_older_one_ends(served: Served, shop: Service) -> None:
    def works(key: str) -> bool:
        shop.key = key
        return shop.ask("GET", f"/logins/{'x' * 22}").status_code == 404

    def new(*, only: bool = False) -> str:
        served.clock.advance(1)
        return served.run(lambda: services.add_key(served.site, "BOOKSHOP", only=only))[0]

    first = shop.key
    second = new()
    assert works(first)
    assert works(second)
    third = new()
    assert [works(key) for key in (first, second, third)] == [False, True, True]
    last = new(only=True)
    assert [works(key) for key in (first, second, third, last)] == [False, False, False, True]


def test_keys_are_kept_as_hashes_only(served: Served, shop: Service) -> None:
    kept = repr([served.rows(table) for table in ("services", "service_keys")])
    assert shop.key not in kept
    assert shop.key[27:] not in kept
    assert shop.key not in repr(shop.added)


def test_a_key_does_what_its_scope_says(served: Served, browser: Browser, device: Device) -> None:
    asks, checks = Service(served, "Asks", "logins"), Service(served, "Checks", "codes")
    allow(browser, asks)
    assert "codes can be typed there" not in browser.text
    allow(browser, checks)
    assert "Your devices ask you" not in browser.text
    assert asks.begin().status_code == 201
    assert checks.check(device.otp()).status_code == 200
    for answer in (asks.check(device.otp()), checks.begin(), checks.result("x" * 22)):
        assert (answer.status_code, answer.json()) == (403, {"error": "scope"})


def test_who_allowed_less_is_asked_anew(served: Served, browser: Browser, device: Device) -> None:
    shop = Service(served, "Bookshop", "logins")
    browser.get(f"/services/{shop.added.id}")
    seen = browser.hidden("scopes")
    shop.key = served.run(lambda: services.add_key(served.site, "Bookshop", {"codes"}))[0]
    browser.post(f"/services/{shop.added.id}/allow", {"scopes": seen})
    assert "Allow Bookshop?" in browser.text  # it can do more than the page had said
    assert served.rows("allowed_services") == []
    browser.post(f"/services/{shop.added.id}/allow", {"scopes": browser.hidden("scopes")})
    assert shop.check(device.otp()).status_code == 200
    shop.key = served.run(lambda: services.add_key(served.site, "Bookshop", {"codes"}, only=True))[
        0
    ]
    assert shop.begin().json() == {"error": "scope"}


def test_a_service_sees_its_own_logins_only(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    other = Service(served, "Wiki")
    allow(browser, other)
    begun = shop.begin().json()
    (request,) = device.poll()
    device.decide(request, "approve", begun["code"])
    path = f"/logins/{begun['id']}"
    for answer in (other.ask("GET", path), other.ask("DELETE", path), other.result(begun["id"])):
        assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})
    assert shop.opened(shop.result(begun["id"])).result == "approved"


# How often


@on_both
def test_a_service_that_rings_too_often_silences_itself_only(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    other = Service(served, "Wiki")
    allow(browser, other)
    for _ in range(3):
        assert shop.begin().status_code == 201
    answer = shop.begin()
    assert (answer.status_code, answer.json()) == (429, {"error": "slow_down"})
    assert 590 < int(answer.headers["retry-after"]) <= 600
    assert other.begin().status_code == 201
    stranger = served.browser(ip="198.51.100.9")
    stranger.sign_in()
    assert "Approve it in Watchword" in stranger.text
    served.clock.advance(601)
    assert shop.begin().status_code == 201


def test_two_denials_silence_the_service_for_a_quarter_of_an_hour(
    served: Served, shop: Service, device: Device
) -> None:
    for _ in range(2):
        shop.begin()
        device.decide(device.poll()[0], "deny")
    assert shop.begin().headers["retry-after"] == "900"
    assert shop.check(device.otp()).status_code == 200


def test_without_a_device_there_is_nobody_to_ask(
    served: Served, shop: Service, device: Device
) -> None:
    device.unlink()
    for answer in (shop.begin(), shop.check("000000")):
        assert (answer.status_code, answer.json()) == (409, {"error": "no_device"})


# Codes


def checked(shop: Service, answer: httpx2.Response) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    key = shop.served.site.signing_key.public
    message = open_envelope(Envelope.from_json(answer.json()), key, ServiceCode)
    message.expect(aud=shop.added.id, nonce=NONCE, user=USER, origin=shop.served.site.origin)
    return message.result, message.kind


def test_a_code_is_right_once_there_or_here(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    code, backup = device.otp(), device.package.backup_codes[0]
    assert checked(shop, shop.check(code)) == ("right", "one-time")
    assert checked(shop, shop.check(code)) == ("wrong", "")
    waiting = served.browser()
    waiting.sign_in()
    waiting.post("/sign-in/code", {"code": code})
    assert "used already" in waiting.text
    assert checked(shop, shop.check(backup.lower())) == ("right", "backup")
    assert checked(shop, shop.check(backup)) == ("wrong", "")
    browser.get("/security")
    assert "Backup code used at Bookshop" in browser.text


def test_guessing_shares_the_accounts_throttle(
    served: Served, shop: Service, browser: Browser, device: Device
) -> None:
    stranger = served.browser(ip="198.51.100.9")
    stranger.sign_in()
    for number in range(2):
        stranger.post("/sign-in/code", {"code": f"{number}00000"})
    for number in range(3):
        assert checked(shop, shop.check(f"{number}11111")) == ("wrong", "")
    answer = shop.check(device.otp())
    assert (answer.status_code, answer.json()) == (429, {"error": "slow_down"})
    assert answer.headers["retry-after"] == "300"
    stranger.post("/sign-in/code", {"code": device.otp()})
    assert stranger.page.status_code == 429
    browser.get("/security")
    assert "Many wrong codes at Bookshop" in browser.text


@on_both
def test_codes_guessed_all_at_once_are_five(served: Served, shop: Service, device: Device) -> None:
    body = {"user": USER, "code": "000000", "nonce": NONCE}
    answers = served.at_once([lambda: shop.asking("POST", "/codes/check", body)] * 20)
    assert sorted(one.status_code for one in answers) == [200] * 5 + [429] * 15


def test_a_clock_set_back_makes_no_code_right_again(
    served: Served, shop: Service, device: Device
) -> None:
    served.clock.advance(-3600)
    earlier = device.otp()
    served.clock.advance(3600)
    assert checked(shop, shop.check(device.otp())) == ("right", "one-time")
    served.clock.advance(-3600)
    assert checked(shop, shop.check(earlier)) == ("wrong", "")


# A database that does not answer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the server starts: SQLite waits for other writers a moment only, not five seconds."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.02)


def test_a_locked_database_is_busy_and_leaves_nothing_half_done(
    impatient: None, served: Served, shop: Service, device: Device
) -> None:
    def is_busy(answer: httpx2.Response) -> bool:
        told = (answer.status_code, answer.headers.get("retry-after"), answer.json())
        return told == (503, "5", {"error": "unavailable"})

    code = device.otp()
    begun = shop.begin().json()
    device.decide(device.poll()[0], "approve", begun["code"])
    before = (served.rows("logins"), served.rows("events"), served.rows("attempts"))
    other = sqlite3.connect(served.site.settings.data / "server.sqlite3", isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        assert is_busy(shop.begin(attempt="the-same-one"))
        assert is_busy(shop.check(code))
        assert is_busy(shop.result(begun["id"]))
        assert is_busy(shop.ask("DELETE", f"/logins/{begun['id']}"))
        # What only reads goes on.
        assert shop.state(begun["id"]) == "approved"
        assert (served.rows("logins"), served.rows("events"), served.rows("attempts")) == before
        other.execute("ROLLBACK")
    assert shop.opened(shop.result(begun["id"])).result == "approved"
    assert checked(shop, shop.check(code)) == ("right", "one-time")
    assert checked(shop, shop.check(code)) == ("wrong", "")
    first, again = (shop.begin(attempt="the-same-one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_after_postgresql_hung_up_each_is_answered_once(
    served: Served, shop: Service, device: Device
) -> None:
    async def hang_up() -> None:
        connection = await asyncpg.connect(served.site.settings.database)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()

    code = device.otp()
    begun = shop.begin().json()
    device.decide(device.poll()[0], "approve", begun["code"])
    served.run(hang_up)

    def answered(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Try again while it says so: for each connection that it still held, at most."""
        for _ in range(20):
            answer = ask()
            if answer.status_code != 503:
                return answer
            assert (answer.headers["retry-after"], answer.json()["error"]) == ("5", "unavailable")
        raise AssertionError

    assert shop.opened(answered(lambda: shop.result(begun["id"]))).result == "approved"
    assert answered(lambda: shop.result(begun["id"])).json() == {"error": "used"}
    served.run(hang_up)
    assert checked(shop, answered(lambda: shop.check(code))) == ("right", "one-time")
    assert checked(shop, shop.check(code)) == ("wrong", "")


# What is broken


def spoiled() -> list[tuple[str, bytes]]:
    good = {"user": USER, "binding": BINDING}
    bodies: list[Any] = [
        {},
        [],
        None,
        "x",
        {"user": USER},
        {**good, "more": 1},
        {**good, "user": 1},
        {**good, "user": ""},
        {**good, "user": "x" * 129},
        {**good, "user": "a\0b"},
        {**good, "user": "a\nb"},
        {**good, "user": "\ud800"},
        {**good, "binding": "short"},
        {**good, "binding": "x" * 129},
        {**good, "binding": "sixteen letters and a blank"},
        {**good, "binding": [BINDING]},
        {**good, "ip": "127.1"},
        {**good, "ip": "fe80::1%eth0"},
        {**good, "ip": "<script>"},
        {**good, "user_agent": "x" * 1025},
        {**good, "user_agent": None},
        {**good, "user": 1e400},
    ]
    return [
        *((json.dumps(body)[:60], json.dumps(body).encode()) for body in bodies),
        ("nothing", b""),
        ("not UTF-8", b'{"user":"\xff"}'),
        ("twice", b'{"user":"a","user":"b"}'),
        ("deep", b"[" * 50_000),
        ("an object, deep", b'{"user":' * 2000),
    ]


@on_both
def test_broken_bodies_get_400_and_change_nothing(
    served: Served, shop: Service, device: Device
) -> None:
    for why, body in spoiled():
        headers = {"Authorization": f"Bearer {shop.key}", "Idempotency-Key": "attempt-of-mine"}
        answer = served.run(
            lambda body=body, headers=headers: shop.client.post(
                f"{API}/logins", content=body, headers=headers
            )
        )
        assert answer.status_code == 400, why
        assert answer.json()["error"] == "bad_request", why
    for attempt in ("", "short", "x" * 65, "with a blank", "é" * 9):
        headers = [
            (b"authorization", f"Bearer {shop.key}".encode()),
            *([(b"idempotency-key", attempt.encode())] if attempt else []),
        ]
        good = {"user": USER, "binding": BINDING}
        answer = served.run(
            lambda good=good, headers=headers: shop.client.post(
                f"{API}/logins", json=good, headers=headers
            )
        )
        assert answer.status_code == 400, attempt
    assert served.rows("logins") == []
    assert device.poll() == []


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/logins", 405, "bad_request"),
        ("PUT", "/logins/x", 405, "bad_request"),
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/logins/x", 404, "not_found"),
        ("GET", "/logins/%00", 404, "not_found"),
        ("DELETE", "/logins/..%2f..", 404, "not_found"),
        ("GET", f"/logins/{'x' * 22}?is=maybe", 400, "bad_request"),
        ("GET", f"/logins/{'x' * 22}?is=open&is=used", 400, "bad_request"),
    ],
)
def test_other_addresses_and_methods(
    served: Served, shop: Service, method: str, path: str, status: int, word: str
) -> None:
    answer = shop.ask(method, path)
    assert (answer.status_code, answer.json()["error"]) == (status, word)


def test_what_is_too_much_or_misdirected(served: Served, shop: Service) -> None:
    answer = shop.begin(user_agent="x" * 70_000)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})
    answer = shop.ask("GET", "/logins/x", Host="evil.example")
    assert (answer.status_code, answer.json()) == (421, {"error": "wrong_host"})


# The page


def test_who_is_not_signed_in_is_led_there_and_back(
    served: Served, browser: Browser, device: Device
) -> None:
    shop = Service(served)
    other = served.browser()
    other.get(f"/services/{shop.added.id}")
    assert other.page.url.path == "/sign-in"
    other.post("/sign-in", {"name": USER, "password": PASSWORD})
    other.post("/sign-in/code", {"code": device.otp()})
    assert other.page.url.path == f"/services/{shop.added.id}"
    assert "Allow Bookshop?" in other.text
    other.post(f"/services/{shop.added.id}/allow", {"scopes": other.hidden("scopes")})
    assert 'href="https://books.example/"' in other.page.text
    other.post("/sign-out")
    other.sign_in()
    other.post("/sign-in/backup-code", {"code": device.package.backup_codes[0]})
    assert other.page.url.path == "/account"  # it was led there once


@pytest.mark.parametrize("wanted", ["%C4%80", "x", "a%3B%20b%0D%0A", "x" * 4000])
def test_an_address_that_is_no_service_leads_to_the_sign_in_and_no_further(
    served: Served, wanted: str
) -> None:
    other = served.browser()
    other.get(f"/services/{wanted}")
    assert (other.page.status_code, other.page.url.path) == (200, "/sign-in")
    assert "watchword-service" not in other.client.cookies


@pytest.mark.parametrize("wanted", ["//evil.example", "x" * 21, "../../account", "x" * 22 + "%0d"])
def test_a_cookie_of_others_leads_nowhere(served: Served, wanted: str) -> None:
    other = served.browser()
    other.client.cookies.set("watchword-service", wanted)
    other.sign_in()
    assert other.page.url.path == "/account"


def test_allowing_wants_password_and_code_and_our_own_form(
    served: Served, browser: Browser, device: Device
) -> None:
    shop = Service(served)
    path = f"/services/{shop.added.id}"
    served.clock.advance(301)
    browser.get(path)
    scopes = browser.hidden("scopes")
    assert browser.post(f"{path}/allow", {"scopes": scopes, "form_key": "x"}).status_code == 403
    browser.get(path)
    browser.post(f"{path}/allow", {"scopes": scopes})
    assert "Confirm that it is you" in browser.text
    browser.post(f"{path}/allow", {"scopes": scopes, "password": PASSWORD, "code": "000000"})
    assert "That was not right" in browser.text
    assert served.rows("allowed_services") == []
    browser.post(f"{path}/allow", {"scopes": scopes, "password": PASSWORD, "code": device.otp()})
    assert "Bookshop may ask you" in browser.text
    assert events(served) == [("service_allowed", "Bookshop")]


def test_a_service_that_is_none(served: Served, browser: Browser) -> None:
    shop = Service(served)
    served.run(lambda: services.disable_service(served.site, "Bookshop", disabled=True))
    for one in (shop.added.id, "x" * 22, "x"):
        assert browser.get(f"/services/{one}").status_code == 404
        assert "There is no such service" in browser.text
        assert browser.post(f"/services/{one}/allow").status_code == 404
        browser.get("/security")
        browser.post(f"/services/{one}/stop")
    browser.get("/security")
    assert "Services" not in browser.text


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "Büch\"er & Söhne'", "عربي", "x" * 128]
)
def test_names_are_shown_as_they_are(
    served: Served, browser: Browser, device: Device, name: str
) -> None:
    shop = Service(served, name)
    allow(browser, shop)
    shop.begin()
    (request,) = device.poll()
    assert request.service == name
    device.decide(request, "not_me")
    browser.get("/security")
    assert f"Denied at {name}: it wasn’t you" in browser.text
    assert "<img" not in browser.page.text


@pytest.mark.parametrize(
    "name", ["", "a\nb", "x" * 129, "a\u202eb", "Kalos Club", "ＫALOS club", "BOOKSHOP"]
)
def test_names_that_mislead_are_refused(served: Served, name: str) -> None:
    Service(served)
    with pytest.raises(services.Refused):
        Service(served, name)
