"""What the add pages are given in tests: cameras that the test plugs in, and a place to save to."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QImage

from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.browser_page import SigningIn
from watchword.desktop.enrolment.frame_source import Camera, FrameSource, SourceState
from watchword.desktop.enrolment.linking_page import Linking
from watchword.desktop.enrolment.sources import Screenshot
from watchword.enrolment.preview import Addition
from watchword.errors import WatchwordError
from watchword.protocol.origin import Origin
from watchword.providers.errors import EnrolmentCancelled
from watchword.providers.native import Linked
from watchword.vault.account import Account


class SceneSource(FrameSource):
    """Cameras that the test plugs in, and frames that it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.present: tuple[Camera, ...] = (Camera("a", "Integrated Camera"),)
        self.in_use = "a"
        self.answer = SourceState.ON
        self.running = False

    def start(self) -> None:
        self.running = True
        self._set_state(SourceState.STARTING)
        self._set_state(self.answer)

    def stop(self) -> None:
        self.running = False
        self._set_state(SourceState.OFF)

    def cameras(self) -> tuple[Camera, ...]:
        return self.present

    def chosen(self) -> str:
        return self.in_use

    def choose(self, camera_id: str) -> None:
        self.in_use = camera_id
        self.cameras_changed.emit()


@dataclass
class ScriptedLinking:
    """Takes its steps when the test says so, as a server and a browser would."""

    account: Account
    host: str = "login.kalos.ch"
    steps: list[str] = field(default_factory=list)
    polling: threading.Event = field(default_factory=threading.Event)
    accepted: threading.Event = field(default_factory=threading.Event)
    fail_at: dict[str, Exception] = field(default_factory=dict)

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.fail_at:
            raise self.fail_at.pop(name)

    def contact(self) -> str:
        self._step("contact")
        return "K7Q2V9MX"

    def wait(self) -> Linked:
        self.polling.set()
        self.accepted.wait(10)
        if "cancel" in self.steps:
            self.steps.append("ended")
            raise EnrolmentCancelled("The linking was stopped")
        self._step("wait")
        return Linked(self.account, first_device=True)

    def acknowledge(self) -> None:
        self._step("acknowledge")

    def cancel(self) -> None:
        self.steps.append("cancel")
        self.accepted.set()

    def close(self) -> None:
        self.steps.append("close")


@dataclass
class Outside:
    """What the pages are given from outside, and what they did with it."""

    accounts: list[Account] = field(default_factory=list)
    saved: list[Addition] = field(default_factory=list)
    saves: int = 0
    fail_with: WatchwordError | None = None
    linked_with: list[tuple[str, str]] = field(default_factory=list)
    linking: Linking | None = None
    signed_in_with: list[tuple[str, str]] = field(default_factory=list)
    signing_in: SigningIn | None = None
    opened: list[str] = field(default_factory=list)  # addresses, in the system's browser
    has_browser: bool = True
    discarded: list[Account] = field(default_factory=list)
    closed: list[tuple[str, ...]] = field(default_factory=list)
    source: SceneSource = field(default_factory=SceneSource)

    def save(
        self,
        additions: Sequence[Addition],
        on_done: Callable[[], None],
        on_error: Callable[[WatchwordError], None],
    ) -> None:
        if self.fail_with is not None:
            on_error(self.fail_with)
            return
        self.saves += 1
        self.saved += additions
        self.accounts += [each.account for each in additions]
        on_done()

    def link(self, link: str, device_name: str) -> Linking:
        self.linked_with.append((link, device_name))
        assert self.linking is not None
        return self.linking

    def sign_in(self, origin: Origin, device_name: str) -> SigningIn:
        self.signed_in_with.append((str(origin), device_name))
        assert self.signing_in is not None
        return self.signing_in

    def open_address(self, address: str) -> bool:
        self.opened.append(address)
        return self.has_browser


def make_pages(
    jobs: Jobs,
    outside: Outside,
    *,
    grab_screens: Callable[[], list[QImage]] | None = None,
    screenshot: Screenshot | None = None,
) -> AddPages:
    """Return the add pages, 420 × 680, with everything from outside being `outside`."""
    pages = AddPages(
        jobs=jobs,
        clock=SystemClock(),
        source=outside.source,
        accounts=lambda: outside.accounts,
        save=outside.save,
        link=outside.link,
        sign_in=outside.sign_in,
        open_address=outside.open_address,
        discard=outside.discarded.append,
        native_dialogs=False,
        grab_screens=grab_screens,
        screenshot=screenshot,
    )
    pages.closed.connect(outside.closed.append)
    pages.resize(420, 680)
    return pages
