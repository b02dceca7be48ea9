"""An answer by the waiting page's link lets in the browser that began, and no other (§9)."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from served import PASSWORD, Browser, Device, Served

from watchword.protocol import messages as m
from watchword.protocol.encoding import to_base64url
from watchword.protocol.request_link import RequestLink
from watchword.protocol.version import REDEMPTION_LIFETIME


def asked(served: Served, device: Device, **more: Any) -> tuple[Browser, m.Request, RequestLink]:
    browser = served.browser(**more)
    browser.sign_in()
    request = device.poll()[-1]
    link = browser.request_link()
    assert (str(link.origin), link.login) == (request.origin, request.login)
    return browser, request, link


def approve(device: Device, request: m.Request, handoff: bytes, **more: Any) -> m.Result:
    return device.decide(request, "approve", via=m.Via.LINK, handoff=handoff, **more)


def path_of(result: m.Result) -> str:
    assert (result.result, len(result.ticket)) == ("approved", 16)
    return f"/continue/{to_base64url(result.ticket)}"


def states(served: Served) -> list[str]:
    return [row.state for row in served.rows("logins")]


def alarms(served: Served) -> list[str]:
    return [row.kind for row in served.rows("events") if row.kind == "stolen_try"]


def test_the_browser_that_began_is_let_in(served: Served, device: Device) -> None:
    browser, request, link = asked(served, device)
    assert "Approve on this computer" in browser.text
    assert browser.match_code() not in str(link)
    path = path_of(approve(device, request, link.handoff))
    answer = browser.served.run(lambda: browser.asked("GET", path))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    browser.get("/account")
    assert "You are inside" in browser.text
    # The same address again, from the browser's history: nothing more happens.
    assert browser.get(path).url.path == "/account"
    assert (states(served), alarms(served)) == (["redeemed"], [])
    browser.get("/security")
    assert "Sign-in approved Firefox on Windows · Ana’s desktop" in browser.text


def test_a_lost_answer_is_repeated_with_the_same_ticket(served: Served, device: Device) -> None:
    _, request, link = asked(served, device)
    first = approve(device, request, link.handoff, time=1)
    assert approve(device, request, link.handoff, time=1).ticket == first.ticket
    later = approve(device, request, link.handoff, time=2)
    assert (later.result, later.ticket) == ("answered_elsewhere", b"")


def test_a_wrong_hand_off_is_a_wrong_code(served: Served, device: Device) -> None:
    _, request, link = asked(served, device)
    for number, left in enumerate((2, 1), 1):
        wrong = approve(device, request, bytes(16), time=number)
        assert (wrong.result, wrong.tries_left, wrong.ticket) == ("wrong_code", left, b"")
    assert approve(device, request, bytes(16), time=3).result == "denied"
    late = approve(device, request, link.handoff, time=4)
    assert (late.result, late.ticket) == ("answered_elsewhere", b"")
    assert states(served) == ["burnt"]


def test_a_typed_code_gets_no_ticket(served: Served, device: Device) -> None:
    browser, request, _ = asked(served, device)
    assert device.decide(request, "approve", browser.match_code()).ticket == b""
    browser.finish()
    assert "You are inside" in browser.text


@pytest.mark.parametrize("victim", ["signed out", "signed in", "waiting"])
def test_a_link_opened_in_another_browser_never_lets_its_owner_in(
    served: Served, device: Device, victim: str
) -> None:
    """Whoever has the password begins a login, and gets its owner to open the link and approve."""
    mine = served.browser()
    if victim != "signed out":
        mine.sign_in()
    if victim == "signed in":
        mine.post("/sign-in/code", {"code": device.otp()})
        assert "You are inside" in mine.text
    attacker, request, link = asked(served, device, ip="198.51.100.9")
    assert request.ip == "198.51.100.9"
    path = path_of(approve(device, request, link.handoff))
    # The attacker's page knows, and can do nothing with it.
    attacker.get("/sign-in/waiting")
    assert "Continue in the browser that Watchword opens." in attacker.text
    attacker.post("/sign-in/finish", {"login": request.login})
    assert attacker.get("/account").url.path == "/sign-in/waiting"
    # The app opens it in the owner's browser.
    mine.get(path)
    assert (mine.page.status_code, mine.page.url.path) == (403, "/continue")
    assert "somebody else did, with your password" in mine.text
    attacker.get("/sign-in/waiting")
    assert "another browser tried to use it" in attacker.text
    assert attacker.get(path).url.path == "/sign-in/waiting"
    assert attacker.get("/account").url.path == "/sign-in/waiting"
    assert next(row.state for row in served.rows("logins") if row.id == request.login) == "denied"
    assert alarms(served) == ["stolen_try"]
    (event,) = (row for row in served.rows("events") if row.kind == "stolen_try")
    assert event.ip == "198.51.100.9"


def test_in_a_minute_or_not_at_all(served: Served, device: Device) -> None:
    browser, request, link = asked(served, device)
    path = path_of(approve(device, request, link.handoff))
    served.clock.advance(REDEMPTION_LIFETIME)
    browser.get(path)
    assert browser.page.url.path == "/sign-in/waiting"
    assert "this browser did not continue within a minute" in browser.text
    assert browser.get("/account").url.path == "/sign-in/waiting"


@pytest.mark.parametrize("word", ["deny", "not_me"])
def test_another_devices_no_comes_before_the_browser(
    served: Served, browser: Browser, device: Device, word: str
) -> None:
    served.clock.advance(330)
    browser.get("/security")
    browser.post("/security/devices")
    browser.post("/security/devices", {"password": PASSWORD, "code": device.otp()})
    notebook = browser.enrol("Notebook")
    waiting, request, link = asked(served, device)
    (theirs,) = notebook.poll()
    path = path_of(approve(device, request, link.handoff))
    assert notebook.decide(theirs, word).result == "denied"
    waiting.get(path)
    assert waiting.get("/account").url.path == "/sign-in/waiting"


def heads(browser: Browser, path: str) -> Sequence[httpx2.Response]:
    async def ask() -> list[httpx2.Response]:
        return [
            await browser.asked("HEAD", path),
            await browser.asked("GET", path, headers={"Sec-Purpose": "prefetch"}),
            await browser.asked("GET", path, headers={"Sec-Purpose": "prefetch;prerender"}),
            await browser.asked("GET", path, headers={"Purpose": "prefetch"}),
        ]

    return browser.served.run(ask)


def test_what_only_looks_ahead_uses_nothing_up(served: Served, device: Device) -> None:
    browser, request, link = asked(served, device)
    path = path_of(approve(device, request, link.handoff))
    for one in (browser, served.browser()):
        assert [answer.status_code for answer in heads(one, path)] == [405, 503, 503, 503]
    assert (states(served), alarms(served)) == (["awaiting"], [])
    browser.get(path)
    assert "You are inside" in browser.text


def test_a_ticket_that_nobody_gave(served: Served, device: Device) -> None:
    browser, _, _ = asked(served, device)
    for ticket in (to_base64url(bytes(16)), "short", "A" * 300, "%00"):
        answer = browser.get(f"/continue/{ticket}")
        assert "inside" not in browser.text
        assert answer.status_code in {403, 404}
    assert (states(served), alarms(served)) == (["open"], [])


def test_twenty_other_browsers_raise_one_alarm(served: Served, device: Device) -> None:
    _, request, link = asked(served, device)
    path = path_of(approve(device, request, link.handoff))
    stranger = served.browser()
    served.at_once([lambda: stranger.asked("GET", path)] * 20)
    assert (states(served), alarms(served)) == (["denied"], ["stolen_try"])


def test_a_code_ends_the_waiting_for_the_browser(served: Served, device: Device) -> None:
    browser, request, link = asked(served, device)
    path = path_of(approve(device, request, link.handoff))
    browser.get("/sign-in/waiting")
    browser.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in browser.text
    assert states(served) == ["withdrawn"]
    assert served.browser().get(path).status_code == 403
    assert alarms(served) == []
