"""The app's side and the real server in one process: no socket, no thread that is waited for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_clock import FakeClock
from served import PASSWORD, USER, Browser, Served, serving

from watchword.approvals.keeping import VaultKeeper
from watchword.protocol.origin import Origin
from watchword.providers.login_request import LoginRequest, Polled
from watchword.providers.native import Enrolment, NativeProvider
from watchword.remote.client import Reply
from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault
from watchword.vault.account import Account, ServerLink
from watchword_server import key_commands, users

VAULT_PASSWORD = "four words or so"


@dataclass
class Way:
    """HTTP to the server inside this process; `between` is whoever stands between."""

    served: Served
    between: Callable[[str, str, Reply], Reply] = lambda _method, _target, reply: reply
    sent: list[tuple[str, str]] = field(default_factory=list)
    client: Any = None

    @property
    def origin(self) -> Origin:
        return self.served.site.settings.origin

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        wait: float = 0.0,
    ) -> Reply:
        self.sent.append((method, target))
        self.client = self.client or self.served.client()
        asked = {name: value for name, value in (headers or {}).items() if name != "Prefer"}
        response = self.served.run(
            lambda: self.client.request(method, target, headers=asked, content=body)
        )
        lower = {name.lower(): value for name, value in response.headers.items()}
        return self.between(method, target, Reply(response.status_code, lower, response.content))

    def close(self) -> None: ...


@dataclass
class Computer:
    """A computer with a vault, of a person whose server is `served`."""

    served: Served
    vault: OpenVault
    way: Way
    native: NativeProvider = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.served.clock, FakeClock)
        return self.served.clock

    def start(self) -> None:
        """Begin anew with nothing in memory but the vault."""
        self.native = NativeProvider(
            self.clock, lambda _origin, _pin: self.way, keeper=VaultKeeper(self.vault)
        )

    def restart(self) -> None:
        """Be killed, and start with what is on the disk."""
        places = self.vault.places
        self.native.close()
        self.vault.lock()
        self.vault = LockedVault(places.vault, places=places).unlock(
            VAULT_PASSWORD, clock=self.clock
        )
        self.start()

    def enrolment(self, link: str, name: str = "Laptop") -> Enrolment:
        known = [account.link for account in self.vault.accounts if account.link]
        return Enrolment(
            link,
            name,
            self.clock,
            links=known,
            keeper=VaultKeeper(self.vault),
            open_sender=lambda _origin, _pin: self.way,
        )

    def link_account(self, user: str = USER) -> Account:
        if user != USER:
            self.served.run(lambda: users.add_user(self.served.site, user, PASSWORD))
        browser = Browser(self.served)
        browser.sign_in(user)
        enrolment = self.enrolment(str(browser.begin_enrolment()))
        code = enrolment.contact()
        browser.get("/security")
        link = browser.hidden("enrolment")
        browser.post("/security/joining/confirm", {"enrolment": link, "code": code[:4]})
        account = enrolment.wait().account
        self.vault.add([account])
        self.vault.save()
        enrolment.acknowledge()
        return account

    def link_of(self, number: int = 0) -> ServerLink:
        link = self.vault.accounts[number].link
        assert link is not None
        return link

    def poll(self, number: int = 0) -> Polled:
        return self.native.poll("a1", self.link_of(number))

    def asked(self, user: str = USER) -> tuple[Browser, LoginRequest]:
        browser = Browser(self.served)
        browser.sign_in(user)
        (request,) = self.poll().requests
        return browser, request

    def change_key(self) -> None:
        """Let the server change its key: announced, and its time is over."""
        served = self.served
        served.run(lambda: key_commands.change(served.site, at=None, minutes=1, by="root"))
        served.run(served.site.look_for_keys)
        self.clock.time += 61
        served.run(served.site.look_for_keys)


@contextmanager
def computer(folder: Path) -> Iterator[Computer]:
    """Give a computer with an empty vault, and a server that knows one person."""
    with serving(folder / "server") as served:
        assert isinstance(served.clock, FakeClock)
        (folder / "home").mkdir()
        vault, _ = create_vault(
            folder / "home" / "vault",
            VAULT_PASSWORD,
            recovery_key=False,
            cost=CHEAPEST,
            clock=served.clock,
        )
        one = Computer(served, vault, Way(served))
        yield one
        one.native.close()
