"""One's own security page: codes, names, sessions, alarms, activity, password."""

import re

import pytest
from served import PASSWORD, USER, Browser, Device, Served

from watchword_server import users

NEW = "four quiet herons wading"
STRANGER = "198.51.100.9"


def waiting(served: Served, **more: str) -> Browser:
    browser = served.browser(**more)
    browser.sign_in()
    return browser


def new_codes(browser: Browser, **fields: str) -> list[str]:
    browser.get("/security")
    browser.post("/security/backup-codes", {"generation": browser.hidden("generation"), **fields})
    return re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", browser.page.text)


def in_by_code(served: Served, device: Device, **more: str) -> Browser:
    served.clock.advance(30)
    browser = waiting(served, **more)
    browser.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in browser.text
    return browser


def test_new_backup_codes_are_shown_once_and_the_old_ones_are_nothing(
    served: Served, browser: Browser, device: Device
) -> None:
    old = device.package.backup_codes[0]
    browser.get("/security")
    generation = browser.hidden("generation")
    codes = new_codes(browser)
    assert len(set(codes)) == 10
    assert browser.page.headers["cache-control"] == "no-store"
    rows = served.rows("backup_codes")
    assert len(rows) == 10
    assert not any(code.replace("-", "").encode() in row.hash for code in codes for row in rows)
    # Loaded again (the same form is sent again), the page draws no others.
    browser.post("/security/backup-codes", {"generation": generation})
    assert browser.page.status_code == 409
    assert "shown already" in browser.text
    assert served.rows("backup_codes") == rows
    login = waiting(served)
    login.post("/sign-in/backup-code", {"code": old})
    assert login.page.status_code == 403
    login.post("/sign-in/backup-code", {"code": codes[7].lower()})
    assert "You are inside" in login.text
    browser.get("/security")
    assert "9 of 10 left" in browser.text
    assert "New backup codes made" in browser.text


def test_twenty_renewals_at_once_draw_one_set(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.get("/security")
    data = {"form_key": browser.form_key(), "generation": browser.hidden("generation")}
    answers = served.at_once(
        [lambda: browser.asked("POST", "/security/backup-codes", data=data)] * 20
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert len(served.rows("backup_codes")) == 10


def test_codes_as_a_file_and_nothing_else_as_one(browser: Browser, device: Device) -> None:
    codes = new_codes(browser)
    answer = browser.post("/security/backup-codes/file", {"codes": " ".join(codes)})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert set(codes) <= set(answer.text.splitlines())
    assert USER in answer.text
    browser.get("/security")
    for bad in ("", "<script>", " ".join(codes[:9]), " ".join([*codes, "\nX"])):
        assert browser.post("/security/backup-codes/file", {"codes": bad}).status_code == 403
        browser.get("/security")


def test_new_codes_need_a_factor_and_the_question_leads_on(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    assert new_codes(browser) == []
    assert "Confirm that it is you" in browser.text
    fields = {"generation": browser.hidden("generation"), "password": PASSWORD}
    browser.post("/security/backup-codes", {**fields, "code": "123"})
    assert "That was not right" in browser.text
    browser.post("/security/backup-codes", {**fields, "code": device.otp()})
    assert "Your backup codes" in browser.text


def test_confirming_changes_the_session_and_leaves_a_copied_one_behind(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    thief = served.browser()
    thief.client.cookies.update(browser.client.cookies)
    assert thief.get("/account").url.path == "/account"
    browser.get("/security")
    browser.post("/security/devices", {"password": PASSWORD, "code": device.otp()})
    assert "Scan this in Watchword" in browser.text
    assert thief.get("/account").url.path == "/sign-in"
    # What belongs to the session came along: the enrolment goes on.
    notebook = Device(served, served.open_link(), name="Notebook")
    notebook.offer()
    browser.get("/security")
    assert "“Notebook” wants to join" in browser.text


def test_not_me_ends_a_session_that_confirmed_since(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    browser.get("/security")
    browser.post("/security/devices", {"password": PASSWORD, "code": device.otp()})
    notebook = browser.enrol("Notebook")
    login = waiting(served)
    (one,), (two,) = device.poll(), notebook.poll()
    device.decide(one, "approve", login.match_code())
    login.finish()
    served.clock.advance(301)
    login.get("/security")
    login.post("/security/devices", {"password": PASSWORD, "code": device.otp()})
    assert "Scan this in Watchword" in login.text
    assert notebook.decide(two, "not_me").result == "denied"
    assert login.get("/account").url.path == "/sign-in"
    browser.get("/security")
    assert "Whoever it was is not inside any more." in browser.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("Kitchen", "Kitchen"), ("  a\u202eb\n ", "ab"), ("x" * 100, "x" * 63 + "…"), ("<b>", "<b>")],
)
def test_a_device_gets_another_name(
    served: Served, browser: Browser, device: Device, typed: str, shown: str
) -> None:
    browser.get("/security")
    browser.post(f"/security/devices/{device.package.device_id}/rename", {"name": typed})
    (row,) = served.rows("devices")
    assert row.name == shown
    assert "Device renamed" in browser.text
    assert "<b><b>" not in browser.page.text


def test_nobody_renames_anothers_device_and_none_is_nameless(
    served: Served, browser: Browser, device: Device
) -> None:
    path = f"/security/devices/{device.package.device_id}/rename"
    browser.get("/security")
    browser.post(path, {"name": " \u200b "})
    served.run(lambda: users.add_user(served.site, "bob", PASSWORD))
    bob = served.browser()
    bob.sign_in("bob")
    bob.get("/security")
    bob.post(path, {"name": "Mine"})
    assert served.rows("devices")[0].name == "Ana’s desktop"


def test_where_one_is_signed_in(served: Served, browser: Browser, device: Device) -> None:
    phone = in_by_code(served, device, ip="192.0.2.44", agent="Mozilla/5.0 (iPhone) Safari/605")
    laptop = in_by_code(
        served, device, ip="192.0.2.45", agent="Mozilla/5.0 (X11; Linux) Firefox/140.0"
    )
    browser.get("/security")
    assert "Safari on iPhone 192.0.2.44 · since today" in browser.text
    assert "Firefox on Linux 192.0.2.45" in browser.text
    (row,) = [one for one in served.rows("sessions") if one.ip == "192.0.2.44"]
    browser.post("/security/sessions", {"session": row.id})
    assert phone.get("/account").url.path == "/sign-in"
    assert laptop.get("/account").url.path == "/account"
    guessing = waiting(served, ip=STRANGER)
    browser.get("/security")
    browser.post("/security/sessions")
    assert laptop.get("/account").url.path == "/sign-in"
    assert guessing.get("/sign-in/waiting").url.path == "/sign-in"
    assert device.poll() == []  # what it waited for is asked no more
    assert browser.get("/account").url.path == "/account"
    browser.get("/security")
    assert "Signed out elsewhere" in browser.text


def test_nobody_ends_anothers_session(served: Served, browser: Browser) -> None:
    (row,) = served.rows("sessions")
    served.run(lambda: users.add_user(served.site, "bob", PASSWORD))
    bob = served.browser()
    bob.sign_in("bob")
    bob.get("/security")
    bob.post("/security/sessions", {"session": row.id})
    bob.post("/security/sessions")
    assert browser.get("/account").url.path == "/account"


def test_not_me_is_an_alarm_until_it_is_seen(
    served: Served, browser: Browser, device: Device
) -> None:
    waiting(served, ip=STRANGER)
    (request,) = device.poll()
    device.decide(request, "not_me")
    browser.get("/account")
    assert "Somebody else may have tried to get in" in browser.text
    browser.get("/security")
    assert "Was this you?" in browser.text
    assert "on Ana’s desktop it was said that it wasn’t you" in browser.text
    assert STRANGER in browser.text
    last = browser.hidden("last")
    # Another alarm that comes while the page is read stays.
    served.clock.advance(901)
    waiting(served, ip=STRANGER)
    (request,) = device.poll()
    device.decide(request, "not_me")
    browser.post("/security/alarms", {"last": last})
    assert "Was this you?" in browser.text
    browser.post("/security/alarms", {"last": browser.hidden("last")})
    assert "Was this you?" not in browser.text
    assert "Denied: it wasn’t you" in browser.text  # in the activity it stays
    assert "may have tried" not in browser.get("/account").text


def test_a_strangers_redemption_is_an_alarm(
    served: Served, browser: Browser, device: Device
) -> None:
    login = waiting(served)
    (request,) = device.poll()
    device.decide(request, "approve", login.match_code())
    login.get("/sign-in/waiting")
    stolen = login.hidden("login")
    thief = served.browser(ip=STRANGER)
    served.run(lambda: users.add_user(served.site, "eve", PASSWORD))
    thief.sign_in("eve")
    thief.get("/security")
    thief.post("/sign-in/finish", {"login": stolen})
    browser.get("/security")
    assert "Was this you?" in browser.text
    assert "used from another browser, and stopped" in browser.text


def test_one_wrong_code_after_another_is_one_alarm(
    served: Served, browser: Browser, device: Device
) -> None:
    guessing = waiting(served, ip=STRANGER)
    for number in range(4):
        guessing.post("/sign-in/code", {"code": f"{number}00000"})
    assert [row.kind for row in served.rows("events")].count("guessed_codes") == 0
    for number in range(5):
        guessing.post("/sign-in/backup-code", {"code": f"AAAAA-0000{number}"})
    assert [row.kind for row in served.rows("events")].count("guessed_codes") == 1
    browser.get("/security")
    assert "Many wrong codes, with the right password" in browser.text
    assert f"{STRANGER}" in browser.text


def test_alarms_of_others_are_not_mine_to_silence(
    served: Served, browser: Browser, device: Device
) -> None:
    waiting(served, ip=STRANGER)
    (request,) = device.poll()
    device.decide(request, "not_me")
    served.run(lambda: users.add_user(served.site, "bob", PASSWORD))
    bob = served.browser()
    bob.sign_in("bob")
    bob.get("/security")
    for last in ("999999", "", "x", "-1", "9" * 40, "²"):
        bob.post("/security/alarms", {"last": last})
        assert bob.page.status_code == 200
    browser.get("/security")
    assert "Was this you?" in browser.text


def test_all_activity_page_by_page(served: Served, browser: Browser) -> None:
    for _ in range(44):
        served.clock.advance(60)
        served.browser().sign_in()
    numbers: list[str] = []
    browser.get("/security")
    assert "All activity" in browser.text
    path = "/security/activity"
    for expected in (20, 20, 5):
        page = browser.get(path).text
        found = re.findall(r'data-at="(\d+)"', page)
        assert len(found) == expected
        numbers += found
        older = re.search(r'href="(/security/activity\?before=\d+)"', page)
        path = older[1] if older else ""
    assert path == ""
    assert len(set(numbers)) == 45
    assert numbers == sorted(numbers, reverse=True)
    for before in ("x", "-1", "9" * 30, "1;drop", "²", "0"):
        assert browser.get(f"/security/activity?before={before}").status_code == 200


def change(browser: Browser, **fields: str) -> None:
    browser.get("/security/password")
    given = {"password": PASSWORD, "new": NEW, "again": NEW, **fields}
    browser.post("/security/password", given)


def test_a_new_password_ends_the_other_sessions(
    served: Served, browser: Browser, device: Device
) -> None:
    other = in_by_code(served, device)
    guessing = waiting(served, ip=STRANGER)
    before = browser.client.cookies["watchword-session"]
    change(browser)
    assert "The password is changed" in browser.text
    assert browser.client.cookies["watchword-session"] != before
    assert browser.get("/account").url.path == "/account"
    assert other.get("/account").url.path == "/sign-in"
    assert guessing.get("/sign-in/waiting").url.path == "/sign-in"
    assert served.browser().sign_in().status_code == 403
    served.browser().sign_in(USER, NEW)
    assert served.rows("devices")[0].state == "active"
    assert "Password changed" in browser.get("/security").text


def test_a_new_password_needs_the_old_one_and_a_factor(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    change(browser)
    assert "That was not right" in browser.text
    change(browser, code="000000")
    assert "That was not right" in browser.text
    change(browser, password="wrong", code=device.otp())
    assert "That was not right" in browser.text
    change(browser, code=device.otp())
    assert "The password is changed" in browser.text


@pytest.mark.parametrize(
    ("new", "again", "why"),
    [
        (NEW, NEW + "x", "differ"),
        ("short", "short", "8 to 1024"),
        ("y" * 1030, "y" * 1030, "8 to 1024"),
        ("password1", "password1", "easy to guess"),
        (USER, USER, "easy to guess"),
    ],
)
def test_new_passwords_that_cannot_be(browser: Browser, new: str, again: str, why: str) -> None:
    change(browser, new=new, again=again)
    assert why in browser.text
    browser.post("/sign-out")
    browser.sign_in()
    assert "You are inside" in browser.text


def test_guessing_the_password_of_a_session_left_open_is_slowed_down(
    served: Served, browser: Browser
) -> None:
    for number in range(5):
        change(browser, password=f"guess {number}")
        assert browser.page.status_code == 403
    change(browser)
    assert browser.page.status_code == 429
    assert "Too many attempts" in browser.text


def test_removing_the_last_device_says_that_two_steps_go_off(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.get("/security")
    assert "It is the last one: two-step sign-in goes off" in browser.text
    browser.post(f"/security/devices/{device.package.device_id}/remove")
    assert "Two-step sign-in is off" in browser.text
    served.browser().sign_in()
    assert "You are inside" in browser.get("/account").text


def test_what_nobody_can_tell_from_outside(served: Served, device: Device) -> None:
    """A user that is none, a wrong password, a disabled user: one answer."""
    served.run(lambda: users.add_user(served.site, "off", PASSWORD))
    served.run(lambda: users.disable_user(served.site, "off", disabled=True))
    answers = set()
    for name, password in (("nobody", PASSWORD), (USER, "wrong one"), ("off", PASSWORD)):
        page = served.browser().sign_in(name, password)
        body = re.sub(r'(name="form_key" value=")[^"]+', r"\1", page.text).replace(name, "NAME")
        answers.add((page.status_code, body))
    assert len(answers) == 1
