"""What whoever knows the password, or is merely quick, must not get by it."""

import dataclasses

import pytest
from served import PASSWORD, USER, Browser, Device, Served
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from starlette.types import Message

from watchword_server import challenges, sessions, users
from watchword_server.application import create_application, sweep
from watchword_server.passwords import Passwords
from watchword_server.store import tables

OTHER_PASSWORD = "another battery staple"


def signed_in(served: Served, ip: str = "203.0.113.7") -> Browser:
    browser = served.browser(ip=ip)
    browser.sign_in()
    return browser


def test_passwords_guessed_all_at_once_are_ten(served: Served) -> None:
    browser = served.browser()
    browser.get("/sign-in")
    data = {"form_key": browser.form_key(), "name": USER, "password": "wrong password"}
    answers = served.at_once([lambda: browser.asked("POST", "/sign-in", data=data)] * 30)
    assert sorted(answer.status_code for answer in answers) == [403] * 10 + [429] * 20


def test_right_passwords_are_not_counted(served: Served) -> None:
    for _ in range(12):
        browser = signed_in(served)
        assert "You are inside" in browser.text
    assert served.rows("attempts") == []


def test_neighbours_of_one_address_do_not_keep_a_known_browser_out(served: Served) -> None:
    owner = signed_in(served)
    owner.post("/sign-out")
    stranger = served.browser()
    for number in range(60):
        stranger.sign_in(f"nobody {number}", "wrong password")
    assert stranger.sign_in("one more", "wrong password").status_code == 429
    owner.sign_in()
    assert "You are inside" in owner.text


def test_the_other_addresses_of_one_ipv6_network_are_one_source(served: Served) -> None:
    for number in range(60):
        browser = served.browser(ip=f"2001:db8:1:2::{number:x}")
        browser.sign_in(f"nobody {number}", "wrong password")
        assert browser.page.status_code == 403
    browser = served.browser(ip="2001:db8:1:2:ffff::1")
    assert browser.sign_in("one more", "wrong password").status_code == 429
    browser = served.browser(ip="2001:db8:1:3::1")
    assert browser.sign_in("one more", "wrong password").status_code == 403


def test_a_link_made_without_a_factor_adds_no_device_beside_another(served: Served) -> None:
    thief = signed_in(served, ip="198.51.100.9")
    intruder = Device(served, thief.begin_enrolment(), name="Mallory")
    intruder.offer()
    owner = signed_in(served)
    thief_link = {"enrolment": intruder.link.id, "code": intruder.short_code[:4]}
    thief.get("/security")
    owner.enrol()
    thief.post("/security/joining/confirm", thief_link)
    assert intruder.state().state == "refused"
    assert [row.name for row in served.rows("devices")] == ["Ana’s desktop"]


def test_a_second_device_by_the_one_who_showed_a_factor(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.enrol("Laptop")
    assert [row.state for row in served.rows("devices")] == ["active", "active"]


@pytest.mark.parametrize("what", ["passwd", "disable"])
def test_a_new_password_ends_what_waits_for_approval(
    served: Served, device: Device, what: str
) -> None:
    browser = signed_in(served)
    code = browser.match_code()
    (request,) = device.poll()
    if what == "passwd":
        served.run(lambda: users.change_password(served.site, USER, OTHER_PASSWORD))
    else:
        served.run(lambda: users.disable_user(served.site, USER, disabled=True))
    assert device.poll() == []
    assert device.decide(request, "approve", code).result == "expired"


def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(served: Served) -> None:
    site = served.site

    class Slow(Passwords):
        async def verify(self, stored: str | None, password: str) -> bool:
            right = await super().verify(stored, password)
            await users.change_password(site, USER, OTHER_PASSWORD)
            return right

    served.app = create_application(dataclasses.replace(site, passwords=Slow(1024, 1)))
    browser = signed_in(served)
    assert browser.page.status_code == 403
    assert served.rows("sessions") == []


def test_a_session_that_ended_meanwhile_is_not_let_in(served: Served, device: Device) -> None:
    signed_in(served)
    (waiting,) = [row for row in served.rows("sessions") if row.stage == "waiting"]

    async def let_in() -> str | None:
        async with served.site.database.write() as connection:
            await sessions.end(connection, waiting.id)
            return await challenges.let_in(served.site, connection, waiting, served.clock.now())

    assert served.run(let_in) is None
    assert waiting.id not in {row.id for row in served.rows("sessions")}


def test_one_wrong_confirmation_is_one_try(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    browser.get("/security")
    browser.post("/security/devices")
    for wrong in ("000000", "AAAAA-AAAAA"):
        browser.post("/security/devices", {"password": PASSWORD, "code": wrong})
    assert len(served.rows("attempts")) == 2
    right = {"password": PASSWORD, "code": device.package.backup_codes[0]}
    browser.post("/security/devices", right)
    assert len(served.rows("attempts")) == 2
    assert "Scan this in Watchword" in browser.text


def test_activity_is_not_kept_for_ever(served: Served, device: Device) -> None:
    assert served.rows("events")
    served.clock.advance(366 * 86_400)
    served.run(lambda: sweep(served.site))
    assert served.rows("events") == []


def test_an_error_of_the_database_names_no_values(served: Served) -> None:
    values = {"keyid": "k", "nonce": "what-nobody-may-read", "expires": 1.0}

    async def twice() -> None:
        async with served.site.database.write() as connection:
            await connection.execute(insert(tables.nonces).values(values))
            await connection.execute(insert(tables.nonces).values(values))

    with pytest.raises(IntegrityError) as caught:
        served.run(twice)
    assert "what-nobody-may-read" not in str(caught.value)


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/enrol/x/info", "/api/v1/requests"])
def test_who_hangs_up_leaves_no_error(served: Served, path: str) -> None:
    method = "GET" if path.endswith("requests") else "POST"
    headers = [
        (b"host", b"127.0.0.1:8765"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", b"500"),
    ]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.7", 5000),
    }

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        pass

    async def hang_up() -> None:
        assert served.app is not None
        await served.app(scope, receive, send)

    served.run(hang_up)
