"""docs/examples/protected_page.py as it stands, against the real server: approved, denied, stolen."""

import importlib.util
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from served import USER, Browser, Device, Served
from server_scenes import live

from watchword.protocol.encoding import to_base64url
from watchword_server import services

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "protected_page.py"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with live(tmp_path / "data") as one:
        yield one


@pytest.fixture
def page(served: Served, browser: Browser, device: Device) -> Iterator[ThreadingHTTPServer]:
    """The example's own server; nobody has allowed it anything yet."""
    spec = importlib.util.spec_from_file_location("protected_page", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    site = served.site
    added = served.run(lambda: services.add_service(site, "The page", {"logins"}))
    key = to_base64url(site.signing_key.public)
    one: ThreadingHTTPServer = example.page_server(
        example.Watchword(site.origin, added.id, key, added.key), port=0
    )
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.shutdown()
    one.server_close()
    thread.join()


@pytest.fixture
def visitor(page: ThreadingHTTPServer) -> Iterator[httpx2.Client]:
    with visiting(page) as one:
        yield one


def visiting(page: ThreadingHTTPServer) -> httpx2.Client:
    host, port = page.server_address[:2]
    return httpx2.Client(base_url=f"http://{host!s}:{port}", follow_redirects=True, timeout=40)


def sign_in(visitor: httpx2.Client) -> str:
    """Send the form and return where it led and what it says; waits for nothing."""
    form = {"user": USER, "password": "demo"}
    return visitor.post("/", data=form, follow_redirects=False).text


def allow(browser: Browser, page: ThreadingHTTPServer) -> None:
    path = f"/services/{page.RequestHandlerClass.watchword.service}"  # type: ignore[attr-defined]
    browser.get(path)
    browser.post(f"{path}/allow", {"scopes": browser.hidden("scopes")})


def answered(device: Device, page: ThreadingHTTPServer, word: str) -> None:
    """What the person does: read the code on the page, answer in Watchword."""
    (session,) = [
        one
        for one in page.RequestHandlerClass.sessions.values()  # type: ignore[attr-defined]
        if "login" in one
    ]
    (request,) = device.poll()
    device.decide(request, word, session["code"] if word == "approve" else "")


def test_nobody_is_asked_who_has_not_allowed_it(
    served: Served, device: Device, visitor: httpx2.Client
) -> None:
    assert re.search(rf"{served.site.origin}/services/[\w-]{{22}}", sign_in(visitor))
    assert device.poll() == []
    assert "You are" not in visitor.get("/").text


def test_a_wrong_password_asks_nobody(
    browser: Browser, device: Device, page: ThreadingHTTPServer, visitor: httpx2.Client
) -> None:
    allow(browser, page)
    assert visitor.post("/", data={"user": USER, "password": "guess"}).status_code == 403
    assert device.poll() == []


def test_the_page_is_shown_when_a_device_approves_and_to_this_browser_alone(
    browser: Browser, device: Device, page: ThreadingHTTPServer, visitor: httpx2.Client
) -> None:
    allow(browser, page)
    sign_in(visitor)
    cookie = visitor.cookies["page"]
    assert "You are" not in visitor.get("/").text
    answered(device, page, "approve")
    with visiting(page) as other:
        assert "You are" not in other.get("/wait").text
    assert f"You are {USER}." in visitor.get("/wait").text
    assert f"You are {USER}." in visitor.get("/").text
    assert visitor.cookies["page"] != cookie
    with visiting(page) as thief:
        thief.cookies.set("page", cookie)  # what stood there before it was let in
        assert "You are" not in thief.get("/").text


def test_a_denial_lets_nobody_in(
    browser: Browser, device: Device, page: ThreadingHTTPServer, visitor: httpx2.Client
) -> None:
    allow(browser, page)
    sign_in(visitor)
    answered(device, page, "deny")
    assert "Nobody was let in." in visitor.get("/wait").text
    assert "You are" not in visitor.get("/").text


def test_the_result_that_another_browser_fetches_is_a_denial(
    served: Served,
    browser: Browser,
    device: Device,
    page: ThreadingHTTPServer,
    visitor: httpx2.Client,
) -> None:
    allow(browser, page)
    sign_in(visitor)
    sessions = page.RequestHandlerClass.sessions  # type: ignore[attr-defined]
    (mine,) = sessions.values()
    sessions["of-another-browser"] = dict(mine)  # a mistake in the page's own sessions
    (request,) = device.poll()
    device.decide(request, "approve", mine["code"])
    with visiting(page) as thief:
        thief.cookies.set("page", "of-another-browser")
        assert "Nobody was let in." in thief.get("/wait").text
    assert "Nobody was let in." in visitor.get("/wait").text
    assert "stolen_try" in {row.kind for row in served.rows("events")}


def test_an_answer_of_somebody_else_is_worth_nothing(
    browser: Browser, device: Device, page: ThreadingHTTPServer, visitor: httpx2.Client
) -> None:
    allow(browser, page)
    sign_in(visitor)
    answered(device, page, "approve")
    watchword = page.RequestHandlerClass.watchword  # type: ignore[attr-defined]
    watchword.service = "x" * 22  # signed, but for another service
    assert "Nobody was let in." in visitor.get("/wait").text
