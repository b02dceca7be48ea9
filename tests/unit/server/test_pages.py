"""What browsers get, and what they cannot be tricked into (HOSTILE-INPUTS D6, D7, D9)."""

import re
from pathlib import Path

import pytest
from served import PASSWORD, USER, Browser, Device, Served, serving

from watchword_server import users
from watchword_server.application import sweep
from watchword_server.errors import Refused

POSTS = [
    "/sign-in", "/sign-in/finish", "/sign-in/code", "/sign-in/backup-code", "/sign-in/again",
    "/sign-out", "/security/devices", "/security/devices/x/remove", "/security/devices/x/rename",
    "/security/joining/confirm", "/security/joining/refuse", "/security/alarms",
    "/security/sessions", "/security/password", "/security/backup-codes",
    "/security/backup-codes/file", "/preferences",
]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/account", "/security", "/nowhere", "/healthz"]
)
def test_every_answer_has_strict_headers(served: Served, path: str) -> None:
    answer = served.browser().get(path)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_page_needs_anything_the_policy_forbids(
    served: Served, browser: Browser, device: Device
) -> None:
    waiting = served.browser()
    waiting.sign_in()
    pages = [waiting.page.text, browser.get("/account").text]
    browser.begin_enrolment()
    pages.append(browser.page.text)
    for page in pages:
        # The only address that is no path of ours is the app's link, which names this origin.
        plain = re.sub(r'href="watchword://request/1\?[^"]+"', "", page)
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|https?://", plain)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("form_key", ["", "A" * 27, "é"])
def test_a_form_that_is_not_ours_does_nothing(
    browser: Browser, device: Device, path: str, form_key: str
) -> None:
    answer = browser.post(path, {"form_key": form_key, "name": USER, "password": PASSWORD})
    assert answer.status_code == 403
    assert "Nothing was changed" in browser.text
    assert browser.served.rows("devices")[0].state == "active"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=str,
)
def test_a_form_sent_from_elsewhere(browser: Browser, headers: dict[str, str]) -> None:
    browser.get("/security")
    assert browser.post("/security/devices", headers=headers).status_code == 403


def test_another_browsers_form_value(served: Served, browser: Browser) -> None:
    other = served.browser()
    other.sign_in()
    other.get("/security")
    value = other.form_key()
    browser.get("/security")
    assert browser.post("/security/devices", {"form_key": value}).status_code == 403


def test_a_session_set_by_somebody_else_is_worth_nothing(served: Served) -> None:
    browser = served.browser()
    browser.client.cookies.set("watchword-session", "A" * 43)
    browser.sign_in()
    assert "You are inside" in browser.text
    thief = served.browser()
    thief.client.cookies.set("watchword-session", "A" * 43)
    assert thief.get("/account").url.path == "/sign-in"


def test_the_session_changes_when_it_is_let_in(served: Served, device: Device) -> None:
    browser = served.browser()
    browser.sign_in()
    before = browser.client.cookies["watchword-session"]
    browser.post("/sign-in/code", {"code": device.otp()})
    after = browser.client.cookies["watchword-session"]
    assert before != after
    old = served.browser()
    old.client.cookies.set("watchword-session", before)
    assert old.get("/account").url.path == "/sign-in"


def test_waiting_is_not_inside(served: Served, device: Device) -> None:
    browser = served.browser()
    browser.sign_in()
    for path in ("/", "/account", "/security"):
        assert browser.get(path).url.path == "/sign-in/waiting"
    assert browser.get("/security/joining/state").json() == {"state": "gone"}
    browser.get("/sign-in/waiting")
    browser.post("/security/devices")
    assert served.rows("enrolments")[0].state == "done"
    assert len(served.rows("enrolments")) == 1


def test_sessions_end_by_time(served: Served, browser: Browser, device: Device) -> None:
    waiting = served.browser()
    waiting.sign_in()
    served.clock.advance(601)
    assert waiting.get("/sign-in/waiting").url.path == "/sign-in"
    assert browser.get("/account").url.path == "/account"
    served.clock.advance(12 * 3600)
    assert browser.get("/account").url.path == "/sign-in"


def test_a_foreign_host_is_led_to_ours_and_the_api_refuses_it(served: Served) -> None:
    browser = served.browser()
    for name in ("evil.example", "localhost:8765", "127.0.0.1"):
        answer = served.run(
            lambda name=name: browser.asked("GET", "//evil.example/x", headers={"Host": name})
        )
        assert answer.headers["location"] == "http://127.0.0.1:8765/"
        answer = served.run(
            lambda name=name: browser.asked("GET", "/api/v1/requests", headers={"Host": name})
        )
        assert answer.status_code == 421


def test_next_leads_nowhere(served: Served) -> None:
    browser = served.browser()
    browser.get("/sign-in?next=//evil.example")
    browser.post("/sign-in?next=https://evil.example", {"name": USER, "password": PASSWORD})
    assert str(browser.page.url) == "http://127.0.0.1:8765/account"


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/enrol/x/info"])
def test_a_large_body_is_refused(served: Served, path: str) -> None:
    browser = served.browser()
    answer = served.run(lambda: browser.asked("POST", path, content=b"x" * 70_000))
    assert answer.status_code == 413

    async def endless() -> object:
        async def chunks() -> object:
            for _ in range(100):
                yield b"x" * 1000

        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await browser.asked("POST", path, content=chunks(), headers=headers)

    assert served.run(endless).status_code == 413


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/enrol/x", "/api/v2/requests"])
def test_unknown_places_of_the_api(served: Served, path: str) -> None:
    answer = served.browser().get(path)
    assert answer.status_code in {401, 404}
    assert "<" not in answer.text or not path.startswith("/api/v1")


def test_a_used_code_is_not_drawn_again(served: Served, browser: Browser) -> None:
    device = Device(served, browser.begin_enrolment())
    device.offer()
    browser.get("/security")
    assert '<svg class="qr"' not in browser.page.text
    assert "wants to join" in browser.text


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u202eb", "\u200b", "x" * 129])
def test_user_names_that_cannot_be(served: Served, name: str) -> None:
    with pytest.raises(Refused):
        served.run(lambda: users.add_user(served.site, name, PASSWORD))


@pytest.mark.parametrize(
    "name", ["ANA@kalos.example", " ana@kalos.example ", "ａna@kalos.example"]
)
def test_names_that_look_alike_are_one(served: Served, name: str) -> None:
    with pytest.raises(Refused):
        served.run(lambda: users.add_user(served.site, name, PASSWORD))
    browser = served.browser()
    browser.sign_in(name)
    assert "You are inside" in browser.text


def test_a_disabled_user_is_nobody(served: Served, browser: Browser) -> None:
    served.run(lambda: users.disable_user(served.site, USER, disabled=True))
    assert browser.get("/account").url.path == "/sign-in"
    assert browser.sign_in().status_code == 403
    assert "The user name or the password is not right" in browser.text


def test_a_new_password_ends_every_session(served: Served, browser: Browser) -> None:
    served.run(lambda: users.change_password(served.site, USER, "another battery staple"))
    assert browser.get("/account").url.path == "/sign-in"
    assert browser.sign_in().status_code == 403
    browser.sign_in(USER, "another battery staple")
    assert "You are inside" in browser.text


def test_removing_a_device_later_asks_who_it_is(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    browser.get("/security")
    browser.post(f"/security/devices/{device.package.device_id}/remove")
    assert "Confirm that it is you" in browser.text
    remove = f"/security/devices/{device.package.device_id}/remove"
    browser.post(remove, {"password": PASSWORD, "code": "000000"})
    assert "That was not right" in browser.text
    browser.post(remove, {"password": "wrong", "code": device.otp()})
    assert "That was not right" in browser.text
    assert served.rows("devices")[0].state == "active"
    browser.post(remove, {"password": PASSWORD, "code": device.otp()})
    assert served.rows("devices")[0].state == "revoked"
    assert served.rows("devices")[0].seed is None
    assert served.rows("backup_codes") == []


def test_nobody_removes_anothers_device(served: Served, device: Device) -> None:
    served.run(lambda: users.add_user(served.site, "bob", PASSWORD))
    bob = served.browser()
    bob.sign_in("bob")
    bob.get("/security")
    bob.post(f"/security/devices/{device.package.device_id}/remove")
    assert served.rows("devices")[0].state == "active"


def test_behind_tls_cookies_are_for_this_host_alone(tmp_path: Path) -> None:
    with serving(tmp_path / "data", origin="https://login.example") as served:
        browser = served.browser()
        browser.get("/sign-in")
        data = {"form_key": browser.form_key(), "name": USER, "password": PASSWORD}
        answer = served.run(lambda: browser.asked("POST", "/sign-in", data=data))
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        for cookie in cookies:
            assert cookie.startswith("__Host-watchword-")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "max-age" in answer.headers["strict-transport-security"]


def test_links_are_not_made_without_end(browser: Browser) -> None:
    browser.get("/security")
    data = {"form_key": browser.form_key()}
    browser.served.at_once([lambda: browser.asked("POST", "/security/devices", data=data)] * 25)
    assert len(browser.served.rows("enrolments")) == 20
    assert browser.post("/security/devices").status_code == 429
    assert "Wait ten minutes" in browser.text


def test_what_has_run_out_is_swept(served: Served, device: Device) -> None:
    waiting = served.browser()
    waiting.sign_in()
    (request,) = device.poll()
    device.decide(request, "deny")
    served.clock.advance(7201)
    served.run(lambda: sweep(served.site))
    for table in ("logins", "requests", "answers", "nonces", "enrolments"):
        assert served.rows(table) == [], table
    assert len(served.rows("devices")) == 1
    assert len(served.rows("events")) == 3
