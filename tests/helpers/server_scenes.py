"""Every page of the server, one after the other, in a real browser: for looking and for measuring.

The server runs in this process on a socket; devices and strangers meet it without one. Its clock
stands still, and the browser's with it.
"""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from browser import Browser
from programs import free_port
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from served import PASSWORD, USER, Device, Served, serving

from watchword.protocol import authorisation as oauth
from watchword.protocol.messages import Via
from watchword.protocol.request_link import parse_request_link
from watchword_server import service_logins, services, users
from watchword_server.service_logins import Wanted
from watchword_server.services import Caller
from watchword_server.settings import Mail

STRANGER = "198.51.100.9"
# Nobody listens there: what is mailed is lost, and only said in the log.
NO_MAIL = Mail(host="127.0.0.1", port=9, tls=False, sender="login@kalos.example")


@contextlib.contextmanager
def live(folder: Path, *, mail: Mail | None = NO_MAIL) -> Iterator[Served]:
    """Serve on a socket what `served` otherwise reaches in this process only."""
    port = free_port()
    listening = socket.create_server(("127.0.0.1", port))
    with serving(folder, origin=f"http://127.0.0.1:{port}", mail=mail) as served:
        config = uvicorn.Config(served.app, lifespan="off", log_level="error", ws="none")
        server = uvicorn.Server(config)
        task = served.portal.start_task_soon(server.serve, [listening])
        try:
            yield served
        finally:
            served.site.wakeups.close()
            server.should_exit = True
            task.result(20)


def stop_the_clock(page: Browser, now: float) -> None:
    """Have the browser's clock stand where the server's does, in UTC."""
    script = (
        f"const real = Date; const at = {int(now * 1000)};"
        "Date = class extends real { constructor(...a) { if (a.length) super(...a); else super(at); } static now() { return at; } };"
    )
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "UTC"})


@dataclass
class Scenes:
    """The walk through the pages."""

    served: Served
    page: Browser
    language: str = "en"

    def go(self, path: str) -> None:
        self.page.go(f"{self.served.site.origin}{path}")

    def send(self, action: str) -> None:
        """Send a form, whatever its button says in this language."""
        path = f"//form[contains(@action, '{action}')]"
        self.page.driver.find_element(By.XPATH, path).submit()

    def fill(self, field: str, text: str) -> None:
        self.page.find(f"#{field}").send_keys(text)

    def sign_in(self, password: str = PASSWORD) -> None:
        self.go("/sign-in")
        self.fill("name", USER)
        self.fill("password", password)
        self.send("/sign-in")

    def forget(self) -> None:
        """Sign out, keeping the language alone."""
        self.page.driver.delete_all_cookies()
        self.choose()

    def choose(self) -> None:
        self.page.driver.add_cookie({"name": "watchword-language", "value": self.language})

    def all(self) -> Iterator[str]:
        """Show one page after the other; give its name."""
        stop_the_clock(self.page, self.served.clock.now())
        self.go("/sign-in")
        self.choose()
        self.go("/sign-in")
        yield "sign-in"
        self.sign_in("not the password")
        self.page.find("#error")
        yield "sign-in-wrong"
        self.go("/forgotten")
        yield "forgotten"
        self.fill("name", USER)
        self.send("/forgotten")
        self.page.find(".badge")
        yield "forgotten-sent"
        yield from self._enrol()
        yield from self._waiting()
        yield from self._services()
        yield from self._security()

    def _enrol(self) -> Iterator[str]:
        self.sign_in()
        self.page.find(".badge")
        yield "account-off"
        self.go("/security")
        yield "security-empty"
        self.send("/security/devices")
        self.page.find("svg.qr")
        yield "security-scan"
        self.device = Device(self.served, self.served.open_link())
        self.device.offer()
        self.page.find(".cells")
        yield "security-joins"
        self.page.find(".cells input").send_keys(self.device.short_code[:4])
        self.send("/joining/confirm")
        self.page.find("progress")
        yield "security-saving"
        self.device.fetch_package()
        self.device.acknowledge()
        self.page.find("#join .badge")
        yield "security-joined"
        self.go("/account")
        yield "account"

    def _waiting(self) -> Iterator[str]:
        device = self.device
        self.forget()
        self.sign_in()
        self.page.find("#bar")
        (request,) = device.poll()
        link = parse_request_link(self.page.find("a.button").get_attribute("href") or "")
        device.decide(request, "approve", via=Via.LINK, handoff=link.handoff)
        self.page.find(".badge.yes")
        yield "waiting-for-the-browser"
        self.sign_in_again()
        self.page.find("#bar")
        yield "waiting"
        self.page.driver.find_elements(By.CSS_SELECTOR, "summary")[0].click()
        yield "waiting-code"
        self.fill("code", "000000")
        self.send("/sign-in/code")
        self.page.find("#error")
        yield "waiting-wrong"
        (request,) = device.poll()
        device.decide(request, "deny")
        self.page.find(".badge.no")
        yield "denied"
        self.sign_in_again()
        for one in device.poll():
            device.decide(one, "not_me")
        self.page.find(".badge.no")
        yield "not-me"
        self.sign_in_again()
        self.page.find("#code")
        yield "paused"
        self.fill("code", device.otp())
        self.send("/sign-in/code")
        self.page.find("main .alert")
        yield "account-alarm"

    def _services(self) -> Iterator[str]:
        site = self.served.site
        scopes = {"logins", "codes"}
        shop, library, _wiki = (
            self.served.run(lambda name=name: services.add_service(
                site, name, scopes, home="https://other.example"
            ))
            for name in (
                "Bookshop", "Library, archive and lending desk of the United Friends of Kalos", "Wiki"
            )
        )  # fmt: skip
        self.go(f"/services/{shop.id}")
        yield "service"
        self.send("/allow")
        self.page.find(".badge.yes")
        self.go(f"/services/{library.id}")
        self.send("/allow")
        self.page.find(".badge.yes")
        yield "service-allowed"
        caller = Caller(id=shop.id, name="Bookshop", scopes=frozenset(scopes))
        wanted = Wanted(
            user=USER,
            binding="of another browser",
            attempt="first",
            ip=STRANGER,
            user_agent="Safari on macOS",
        )
        self.served.run(lambda: service_logins.begin(site, caller, wanted))
        for one in self.device.poll():
            self.device.decide(one, "not_me")

    def sign_in_again(self) -> None:
        self.forget()
        self.sign_in()
        self.page.find("#waiting")

    def _security(self) -> Iterator[str]:
        served, clock = self.served, self.served.clock
        stranger = served.browser(ip=STRANGER, agent="Mozilla/5.0 (Macintosh) Safari/605.1")
        clock.advance(40)
        stranger.sign_in()
        for number in range(5):
            stranger.post("/sign-in/code", {"code": f"{number}00000"})
        other = served.browser(ip="203.0.113.7")
        other.sign_in()
        other.post("/sign-in/code", {"code": self.device.otp()})
        self.go("/security")
        yield "security-alarms"
        self.send("/security/alarms")
        self.page.find("#places")
        yield "security"
        self.page.driver.find_elements(By.CSS_SELECTOR, ".more summary")[0].click()
        yield "security-rename"
        self.page.driver.find_elements(By.CSS_SELECTOR, ".more summary")[1].click()
        yield "security-remove"
        self.go("/security/activity")
        yield "activity"
        self.go("/security/password")
        yield "password"
        clock.advance(301)
        self.go("/security")
        self.send("/security/backup-codes")
        self.page.find("#password")
        yield "confirm"
        self.fill("password", PASSWORD)
        self.fill("code", self.device.otp())
        self.send("/security/backup-codes")
        self.page.find("#codes")
        yield "backup-codes"
        yield from self._authorise()
        self.go("/nowhere")
        yield "no-page"
        self.go("/continue")
        yield "not-here"
        served.run(lambda: users.set_mail(served.site, USER, USER))
        self.go("/security/password")
        yield "password-with-code"

    def _authorise(self) -> Iterator[str]:
        """A program on this computer asks; nobody listens where it wants to be answered."""
        verifier = oauth.new_secret()
        question = oauth.Question(
            port=free_port(),
            state=oauth.new_secret(),
            challenge=oauth.challenge_of(verifier),
            device_name="Ana’s notebook with the long name, in the hall",
        )
        self.go(f"/authorise?{question.to_query()}")
        self.page.find(".alert")
        yield "authorise"
        self.send("/authorise")
        code = self._sent_back(question)
        self.go("/security/joining")
        self.page.find("progress")
        yield "joining"
        body = oauth.exchange_body(question, code=code, verifier=verifier)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        client = self.served.client()
        answer = self.served.run(
            lambda: client.post("/api/v1/authorised", content=body, headers=kind)
        )
        link = oauth.read_enrolment(answer.content, self.served.site.settings.origin)
        Device(self.served, link, name=question.device_name).offer()
        self.page.find(".cells")
        yield "joining-offered"
        self.send("/joining/refuse")
        self.page.find("main .button.quiet")
        yield "joining-refused"

    def _sent_back(self, question: oauth.Question) -> str:
        """Return the code with which the browser went to where the program would listen."""
        WebDriverWait(self.page.driver, 15, 0.05).until(
            lambda driver: driver.current_url.startswith(question.redirect_uri)
        )
        target = self.page.driver.current_url.removeprefix(question.redirect_uri[:-1])
        origin = self.served.site.settings.origin
        return oauth.read_callback(target, state=question.state, origin=origin)
