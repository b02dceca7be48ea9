"""Sign in from this computer, the server's half: a consent becomes one enrolment of this browser."""

import re
from typing import Any

import pytest
from protocol_material import fixed
from served import PASSWORD, USER, Browser, Device, Served

from watchword.protocol import authorisation as oauth
from watchword.protocol.encoding import to_base64url
from watchword.protocol.enrol_link import EnrolLink

VERIFIER = to_base64url(fixed("verifier"))
OTHER = to_base64url(fixed("another verifier"))
STATE = to_base64url(fixed("state"))
EXCHANGE = "/api/v1/authorised"
BACK = "http://127.0.0.1:50123/"


@pytest.fixture
def database() -> str:
    """SQLite: the one thing that is raced for, the code, is raced for in tests/faults on both."""
    return ""


def question(name: str = "Ana’s desktop") -> oauth.Question:
    return oauth.Question(
        port=50123, state=STATE, challenge=oauth.challenge_of(VERIFIER), device_name=name
    )


def ask(browser: Browser, asked: oauth.Question | None = None) -> None:
    browser.get(f"/authorise?{(asked or question()).to_query()}")


def press(browser: Browser, path: str = "/authorise", **fields: str) -> Any:
    """Press a button of the consent; return the answer, not followed."""
    shown = browser.page.text
    fields = {"form_key": browser.form_key(), "question": browser.hidden("question"), **fields}
    fields["question"] = fields["question"].replace("&amp;", "&")
    assert f'action="{path}"' in shown
    browser.page = browser.served.run(lambda: browser.asked("POST", path, data=fields))
    return browser.page


def code_of(answer: Any) -> str:
    assert answer.status_code == 303
    target = answer.headers["location"].removeprefix(BACK.rstrip("/"))
    assert target.startswith("/?"), answer.headers["location"]
    found = re.search(r"code=([A-Za-z0-9_-]{43})&", target)
    assert found is not None
    return found[1]


def exchange(served: Served, code: str, verifier: str = VERIFIER, **changed: Any) -> Any:
    body = oauth.exchange_body(question(), code=code, verifier=verifier)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    more = {"content": body, "headers": headers, **changed}
    client = served.client()
    return served.run(lambda: client.post(EXCHANGE, **more))


def authorised(browser: Browser) -> str:
    ask(browser)
    return code_of(press(browser))


def link_of(served: Served, answer: Any) -> EnrolLink:
    assert answer.status_code == 200, answer.text
    return oauth.read_enrolment(answer.content, served.site.settings.origin)


def test_the_whole_way(served: Served, browser: Browser) -> None:
    found = served.run(lambda: browser.asked("GET", oauth.DISCOVERY))
    endpoints = oauth.read_discovery(found.content, served.site.settings.origin)
    browser.get(question().to_url(endpoints))
    assert browser.page.url.path == "/authorise"
    assert not browser.page.url.query  # the state does not stay in the address line
    assert "“Ana’s desktop” wants to join" in browser.text
    assert USER in browser.text
    # The page's form may lead to the program that asked, and nowhere else.
    policy = browser.page.headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:50123;" in policy
    answer = press(browser)
    target = answer.headers["location"].removeprefix("http://127.0.0.1:50123")
    code = oauth.read_callback(target, state=STATE, origin=served.site.settings.origin)
    assert answer.headers["referrer-policy"] == "same-origin"

    browser.get("/security/joining")
    assert "“Ana’s desktop” is on its way" in browser.text
    browser.get("/security")
    assert "is on its way" in browser.text
    assert "<svg" not in browser.page.text.split('id="join"')[1]  # it is no link to be scanned
    given = exchange(served, code)
    assert given.headers["cache-control"] == "no-store"
    device = Device(served, link_of(served, given))
    device.offer()
    browser.get("/security/joining")
    assert "wants to join" in browser.text
    assert device.short_code[:4] not in browser.page.text
    fields = {"enrolment": device.link.id, "alone": "yes"}
    wrong = "ZZZZ" if not device.short_code.startswith("ZZZZ") else "YYYY"
    browser.post("/security/joining/confirm", {**fields, "code": wrong})
    assert "Those are not the characters that Watchword shows. 2 tries left." in browser.text
    assert 'data-page="/security/joining"' in browser.page.text
    browser.post("/security/joining/confirm", {**fields, "code": device.short_code[:4]})
    assert browser.page.url.path == "/security/joining"
    assert "Almost there" in browser.text
    device.fetch_package()
    device.acknowledge()
    browser.get("/security/joining")
    assert "has joined" in browser.text


def test_who_has_to_sign_in_first_comes_back_to_the_question(served: Served) -> None:
    browser = served.browser()
    ask(browser)
    assert browser.page.url.path == "/sign-in"
    browser.post("/sign-in", {"name": USER, "password": PASSWORD})
    assert browser.page.url.path == "/authorise"
    # Another language, and it is still asked.
    browser.post("/preferences", {"language": "de", "path": browser.hidden("path")})
    assert "möchte dazukommen" in browser.text
    assert link_of(served, exchange(served, code_of(press(browser))))
    # It is answered: the next sign-in leads to the account.
    browser.post("/sign-out")
    browser.get("/sign-in")
    browser.post("/sign-in", {"name": USER, "password": PASSWORD})
    assert browser.page.url.path == "/account"


def test_with_a_device_the_second_step_comes_before_it(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.post("/sign-out")
    served.clock.advance(60)
    ask(browser)
    browser.post("/sign-in", {"name": USER, "password": PASSWORD})
    assert browser.page.url.path == "/sign-in/waiting"
    browser.get("/authorise")
    assert browser.page.url.path == "/sign-in/waiting"
    browser.post("/sign-in/code", {"code": device.otp()})
    assert browser.page.url.path == "/authorise"
    assert link_of(served, exchange(served, code_of(press(browser))))


def test_it_asks_for_password_and_code_as_adding_by_qr_does(
    served: Served, browser: Browser, device: Device
) -> None:
    served.clock.advance(301)
    name = "\N{GRINNING FACE}" * 64  # the longest question there is
    ask(browser, question(name))
    assert press(browser).status_code == 200
    assert "Confirm that it is you" in browser.text
    assert name in browser.text
    assert served.rows("authorisations") == []
    assert press(browser, password=PASSWORD, code="123").status_code == 403
    assert (
        "form-action 'self' http://127.0.0.1:50123;"
        in (browser.page.headers["content-security-policy"])
    )
    old = dict(browser.client.cookies)
    answer = press(browser, password=PASSWORD, code=device.otp())
    assert link_of(served, exchange(served, code_of(answer)))
    # The session that has grown is another one, and the enrolment is its own.
    assert dict(browser.client.cookies) != old
    browser.get("/security/joining")
    assert "is on its way" in browser.text


def test_no_says_no(served: Served, browser: Browser) -> None:
    ask(browser)
    target = press(browser, "/authorise/no").headers["location"]
    assert target == question().answer(served.site.settings.origin)
    assert served.rows("enrolments") == []
    browser.get("/security/joining")
    assert "No device is joining" in browser.text
    browser.get("/authorise")  # answered, and not asked again
    assert "Please begin again in Watchword" in browser.text


def test_a_name_is_a_name_and_nothing_else(browser: Browser) -> None:
    ask(browser, question("<b>\u202eAna</b>"))
    assert "“<b>Ana</b>” wants to join" in browser.text
    assert "<b>Ana" not in browser.page.text


def test_nothing_was_asked(served: Served, browser: Browser) -> None:
    answer = browser.get("/authorise")
    assert answer.status_code == 400
    assert "Please begin again in Watchword" in browser.text
    browser.get("/account")
    fields = {"form_key": browser.form_key(), "question": question("").to_query()}
    for path in ("/authorise", "/authorise/no"):
        answer = served.run(lambda path=path: browser.asked("POST", path, data=fields))
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_a_form_of_another_page_authorises_nothing(served: Served, browser: Browser) -> None:
    ask(browser)
    data = {"form_key": "x", "question": question().to_query()}
    good = {**data, "form_key": browser.form_key()}
    for sent, headers in (
        (data, {}),
        (good, {"Origin": "http://127.0.0.1:50123"}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = served.run(
            lambda sent=sent, headers=headers: browser.asked(
                "POST", "/authorise", data=sent, headers=headers
            )
        )
        assert answer.status_code == 403
    assert served.rows("authorisations") == []


@pytest.mark.parametrize(
    "why", ["another verifier", "no verifier's shape", "another port", "too late"]
)
def test_the_wrong_use_of_a_code_burns_it(served: Served, browser: Browser, why: str) -> None:
    code = authorised(browser)
    body = oauth.exchange_body(question(), code=code, verifier=VERIFIER)
    if why == "another verifier":
        body = oauth.exchange_body(question(), code=code, verifier=OTHER)
    elif why == "no verifier's shape":
        body = body.replace(VERIFIER.encode(), b"x")
    elif why == "another port":
        body = body.replace(b"50123", b"50124")
    else:
        served.clock.advance(60)
    answer = exchange(served, code, content=body)
    assert answer.status_code == 400
    if why == "no verifier's shape":  # no form of ours: it has used nothing up
        assert answer.json() == {"error": "invalid_request"}
        assert link_of(served, exchange(served, code))
        return
    assert answer.json() == {"error": "invalid_grant"}
    assert exchange(served, code).json() == {"error": "invalid_grant"}
    (row,) = served.rows("enrolments")
    assert (row.state, row.link_key) == ("refused", None)


def test_a_second_use_of_a_code_burns_the_enrolment(served: Served, browser: Browser) -> None:
    code = authorised(browser)
    device = Device(served, link_of(served, exchange(served, code)))
    device.offer()
    assert exchange(served, code).json() == {"error": "invalid_grant"}
    assert device.state().state == "refused"
    browser.get("/security/joining")
    assert "No device is joining" in browser.text


def test_a_code_that_was_never_given_is_no_code(served: Served, browser: Browser) -> None:
    authorised(browser)
    assert exchange(served, OTHER).json() == {"error": "invalid_grant"}
    (row,) = served.rows("authorisations")
    assert row.uses == 0
    plain = {"headers": {"Content-Type": "text/plain"}}
    for more in (plain, {"content": b""}, {"content": b"\xff"}):
        answer = exchange(served, OTHER, **more)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_what_is_kept_gives_no_code_away(served: Served, browser: Browser) -> None:
    code = authorised(browser)
    assert code not in repr(served.rows("authorisations"))
    assert VERIFIER not in repr(served.rows("authorisations"))


def test_the_page_says_when_nobody_came_for_it(served: Served, browser: Browser) -> None:
    authorised(browser)
    served.clock.advance(60)
    browser.get("/security/joining")
    assert "The time to join is over" in browser.text
    assert browser.get("/security/joining/state?is=asked").json() == {"state": "expired"}


def test_only_the_browser_that_authorised_may_confirm(served: Served, browser: Browser) -> None:
    device = Device(served, link_of(served, exchange(served, authorised(browser))))
    device.offer()
    other = served.browser()
    other.sign_in()
    other.get("/security/joining")
    assert "No device is joining" in other.text
    fields = {"enrolment": device.link.id, "alone": "yes", "code": device.short_code[:4]}
    other.post("/security/joining/confirm", fields)
    assert device.state().state == "waiting"
    browser.get("/security/joining")
    browser.post("/security/joining/refuse", fields)
    assert "No device is joining" in browser.text
    assert device.state().state == "refused"


def test_only_so_many_in_ten_minutes(served: Served, browser: Browser) -> None:
    for _ in range(20):
        authorised(browser)
    ask(browser)
    answer = press(browser)
    assert answer.status_code == 429
    assert "location" not in answer.headers
    assert "Too many codes were made. Wait ten minutes." in browser.text
