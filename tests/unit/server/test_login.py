"""From the password to being inside, with a device that answers."""

import pytest
from served import PASSWORD, USER, Answered, Browser, Device, Served

from watchword.protocol import messages as m
from watchword.protocol.version import REDEMPTION_LIFETIME
from watchword_server.devices import write_seen


def asked(served: Served, device: Device) -> tuple[Browser, m.Request]:
    browser = served.browser()
    browser.sign_in()
    (request,) = device.poll()
    return browser, request


def test_without_a_device_the_password_lets_in(served: Served) -> None:
    browser = served.browser()
    browser.sign_in()
    assert "You are inside" in browser.text
    assert "off" in browser.text


def test_enrol_then_approve_a_login(served: Served, browser: Browser, device: Device) -> None:
    browser.get("/security")
    assert "Ana’s desktop" in browser.text
    assert "Two-step sign-in is on" in browser.text
    second = served.browser()
    second.sign_in()
    assert "Approve it in Watchword" in second.text
    (request,) = device.poll()
    assert (request.user, request.service, request.ip) == (USER, "Kalos Club", "203.0.113.7")
    assert request.user_agent == "Firefox on Windows"
    code = second.match_code()
    assert len(code) == 4
    assert code not in request.to_bytes().decode()
    assert second.get("/account").url.path == "/sign-in/waiting"
    result = device.decide(request, "approve", code.lower())
    assert (result.result, result.decided_by) == ("approved", "Ana’s desktop")
    second.finish()
    assert "You are inside" in second.text
    assert device.poll() == []
    second.get("/security")
    assert "Sign-in approved Firefox on Windows · Ana’s desktop" in second.text


@pytest.mark.parametrize("word", ["deny", "not_me"])
def test_denied_means_denied(served: Served, device: Device, word: str) -> None:
    browser, request = asked(served, device)
    result = device.decide(request, word)
    assert (result.result, result.decided) == ("denied", word)
    browser.get("/sign-in/waiting")
    assert ("wasn’t me" if word == "not_me" else "Denied") in browser.text
    assert "Nobody was let in" in browser.text
    assert "inside" not in browser.get("/account").text
    browser.post("/sign-in/code", {"code": device.otp()})
    assert browser.page.url.path == "/sign-in"


def test_a_wrong_code_costs_one_of_three_tries(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    wrong = "ZZZZ" if browser.match_code() != "ZZZZ" else "YYYY"
    first = device.decide(request, "approve", wrong, time=1)
    assert (first.result, first.tries_left) == ("wrong_code", 2)
    # The answer was lost: the same decision again costs nothing.
    assert device.decide(request, "approve", wrong, time=1).tries_left == 2
    assert device.decide(request, "approve", wrong, time=2).tries_left == 1
    third = device.decide(request, "approve", wrong, time=3)
    assert (third.result, third.decided) == ("denied", "")
    assert device.decide(request, "approve", browser.match_code(), time=4).result == (
        "answered_elsewhere"
    )
    browser.get("/sign-in/waiting")
    assert "Three wrong codes" in browser.text


def test_a_decision_after_expiry(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    code = browser.match_code()
    served.clock.advance(121)
    assert device.poll() == []
    assert device.decide(request, "approve", code).result == "expired"
    assert device.decide(request, "deny").result == "expired"
    browser.get("/sign-in/waiting")
    assert "Nobody answered in time" in browser.text


def test_the_first_answer_stands(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    code = browser.match_code()
    approved = device.decide(request, "approve", code)
    again = device.decide(request, "approve", code)
    assert approved.result == again.result == "approved"
    later = device.decide(request, "deny")
    assert (later.result, later.decided) == ("answered_elsewhere", "approve")
    browser.finish()
    assert "You are inside" in browser.text


def test_two_devices_a_deny_after_an_approve_denies(
    served: Served, browser: Browser, device: Device
) -> None:
    notebook = second_device(served, browser, device)
    login = served.browser()
    login.sign_in()
    (one,), (two,) = device.poll(), notebook.poll()
    assert one.id != two.id
    assert one.login == two.login
    assert device.decide(one, "approve", login.match_code()).result == "approved"
    assert notebook.decide(two, "deny").result == "denied"
    login.get("/sign-in/waiting")
    assert "denied on Notebook" in login.text
    late = device.decide(one, "approve", "0000", time=1)
    assert (late.result, late.decided_by) == ("answered_elsewhere", "Notebook")


def test_not_me_ends_a_session_that_is_in(
    served: Served, browser: Browser, device: Device
) -> None:
    notebook = second_device(served, browser, device)
    login = served.browser()
    login.sign_in()
    (one,), (two,) = device.poll(), notebook.poll()
    device.decide(one, "approve", login.match_code())
    login.finish()
    assert notebook.decide(two, "deny").result == "answered_elsewhere"
    assert notebook.decide(two, "not_me").result == "denied"
    assert login.get("/account").url.path == "/sign-in"
    browser.get("/security")
    assert "Denied: it wasn’t you" in browser.text


def second_device(served: Served, browser: Browser, device: Device) -> Device:
    served.clock.advance(330)
    browser.get("/security")
    browser.post("/security/devices")
    assert "Confirm that it is you" in browser.text
    browser.post("/security/devices", {"password": PASSWORD, "code": device.otp()})
    return browser.enrol("Notebook")


def test_only_the_browser_that_began_may_redeem(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    device.decide(request, "approve", browser.match_code())
    browser.get("/sign-in/waiting")
    login = browser.hidden("login")
    thief = served.browser(ip="198.51.100.9")
    thief.sign_in()
    thief.post("/sign-in/finish", {"login": login})
    assert "inside" not in thief.text
    browser.post("/sign-in/finish", {"login": login})
    assert "inside" not in browser.text
    browser.get("/sign-in/waiting")
    assert "another browser tried to use it" in browser.text


def test_an_approval_is_redeemed_within_a_minute_and_once(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    device.decide(request, "approve", browser.match_code())
    browser.get("/sign-in/waiting")
    login = browser.hidden("login")
    served.clock.advance(REDEMPTION_LIFETIME)
    browser.post("/sign-in/finish", {"login": login})
    assert "inside" not in browser.text
    assert "Too late It was approved, but" in browser.text


def test_twenty_browsers_tabs_redeem_once(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    device.decide(request, "approve", browser.match_code())
    browser.get("/sign-in/waiting")
    data = {"form_key": browser.form_key(), "login": browser.hidden("login")}
    answers = served.at_once([lambda: browser.asked("POST", "/sign-in/finish", data=data)] * 20)
    assert (
        sum("watchword-session" in str(one.headers.get_list("set-cookie")) for one in answers) == 1
    )
    assert [row.state for row in served.rows("logins")] == ["redeemed"]


def test_twenty_decisions_at_once_have_one_winner(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    device.poll()
    words = ["approve", "deny"] * 10
    works = []
    for number, word in enumerate(words):
        path, envelope = device.decision(
            request, word, browser.match_code() if word == "approve" else "", time=number
        )
        works.append((path, envelope))

    results = served.at_once(
        [
            lambda path=path, envelope=envelope: device.calling(
                "POST", path, envelope, kind=m.Result
            )
            for path, envelope in works
        ]
    )
    assert sum(one.result in {"approved", "denied"} for one in results) == 1
    assert sum(one.result == "answered_elsewhere" for one in results) == 19


def test_somebody_elses_request(served: Served, browser: Browser, device: Device) -> None:
    notebook = second_device(served, browser, device)
    login = served.browser()
    login.sign_in()
    (mine,) = device.poll()
    with pytest.raises(Answered) as caught:
        notebook.decide(mine, "approve", login.match_code())
    assert caught.value.response.status_code == 404


def test_a_decision_for_other_bytes(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    for changed in ({"request": bytes(32)}, {"via": "link"}, {"handoff": bytes(16)}):
        with pytest.raises(Answered) as caught:
            device.decide(request, "approve", browser.match_code(), **changed)
        assert caught.value.response.status_code == 400


def test_signing_out_ends_the_session_and_cancelling_the_request(
    served: Served, device: Device
) -> None:
    browser, request = asked(served, device)
    browser.post("/sign-out")
    assert browser.page.url.path == "/sign-in"
    assert device.poll() == []
    assert device.decide(request, "approve", "0000").result == "expired"


def test_signing_in_again_withdraws_the_older_request(served: Served, device: Device) -> None:
    browser, request = asked(served, device)
    browser.post("/sign-in/again")
    (newer,) = device.poll()
    assert newer.id != request.id
    assert browser.match_code()


def test_a_poll_writes_nothing_and_that_the_device_was_there_is_written_later(
    browser: Browser, device: Device
) -> None:
    served = browser.served
    before = served.rows("devices")
    device.poll()
    assert served.rows("devices") == before
    served.run(lambda: write_seen(served.site))
    (row,) = served.rows("devices")
    assert row.seen == served.clock.now()
    assert not served.site.seen
    served.run(lambda: write_seen(served.site))  # nothing is left to do
