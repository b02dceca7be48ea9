"""Adding accounts while the vault is open: pages made when first asked for, and one way to save."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.approvals.moving import check_decided
from watchword.clock import Clock
from watchword.desktop.accounts.empty_page import Choice
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.texts import tr
from watchword.desktop.shell.browser import open_in_browser
from watchword.errors import VaultError, WatchwordError
from watchword.system.camera_choice import CameraChoice, keep_choice, read_choice
from watchword.system.demo_server import demo_command
from watchword.vault import Account, OpenVault, SavedUnconfirmed

if TYPE_CHECKING:
    from watchword.desktop.enrolment.add_pages import AddPages
    from watchword.desktop.enrolment.browser_page import SigningIn
    from watchword.desktop.enrolment.frame_source import FrameSource
    from watchword.desktop.enrolment.linking_page import Linking
    from watchword.desktop.enrolment.sources import Screenshot
    from watchword.desktop.shell.saving import Saves
    from watchword.enrolment.preview import Addition
    from watchword.protocol.origin import Origin
    from watchword.providers.provider import Keeper

MakeSource = Callable[[], "FrameSource"]


def default_source() -> "FrameSource":
    """Return the computer's cameras, or what stands for none."""
    from watchword.desktop.enrolment.frame_source import open_source

    return open_source()


class Adding(QObject):
    """The way from a scan to the vault."""

    page_wanted = Signal(object)
    saved = Signal(object)  # all accounts, after one was saved
    closed = Signal(object)  # tuple[str, ...]: the ids of the accounts that were added
    trouble = Signal(object)  # a WatchwordError that none of the pages is there to show
    copy_asked = Signal(str)
    turned = Signal()  # another of its pages is shown

    def __init__(
        self,
        vault: OpenVault,
        *,
        clock: Clock,
        jobs: Jobs,
        saves: "Saves",
        accounts: Callable[[], Sequence[Account]],
        make_source: MakeSource,
        keeper: "Keeper",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._saves = saves
        self._accounts = accounts
        self._make_source = make_source
        self._keeper = keeper
        self._pages: AddPages | None = None
        self._untold = False  # whether an account is saved of which the window has not heard

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages made so far, to be destroyed with the session."""
        return (self._pages,) if self._pages is not None else ()

    @property
    def asks(self) -> bool:
        """Whether a question or a linking is on the screen."""
        return self._pages is not None and self._on_screen and self._pages.asks

    @property
    def can_read_screens(self) -> bool:
        """Whether a code that is on the screen can be read from it."""
        from watchword.desktop.enrolment.screen_grab import can_grab_screens

        return can_grab_screens() or _screenshot() is not None

    @property
    def _on_screen(self) -> bool:
        return self._pages is not None and self._pages.isVisible()

    def open_scan(self) -> None:
        """Begin with the camera."""
        self._shown().open_scan()

    def open_manual(self) -> None:
        """Begin with the form."""
        self._shown().open_manual()

    def open_sign_in(self) -> None:
        """Begin with the address of a server."""
        self._shown().open_sign_in()

    def open_screens(self) -> None:
        """Begin with what is on the screens."""
        self._shown().open_screens()

    def open_server(self, origin: str) -> None:
        """Begin with signing in to a server whose address is known."""
        from watchword.protocol.origin import parse_origin

        self._shown().open_server(parse_origin(origin))

    def open_text(self, text: str) -> None:
        """Begin with a link or another text."""
        self._shown().open_text(text)

    def open_data(self, data: QMimeData) -> None:
        """Begin with what was dropped or pasted onto the window.

        A text that is no login code opens nothing, and no camera, over what is shown.
        """
        refusal = None if self._on_screen else _refusal(data, self._clock.now())
        if refusal is None:
            self._shown().open_data(data)
        else:
            self.trouble.emit(refusal)

    @property
    def takes_data(self) -> bool:
        """Whether something may be dropped or pasted onto its pages now."""
        return self._pages is None or self._pages.takes_data

    def close(self) -> None:
        """Let go of camera and server."""
        if self._pages is not None:
            self._pages.leave()

    def _shown(self) -> "AddPages":
        if self._pages is None:
            # Camera, pictures and protocol are loaded now, not at the start.
            from watchword.desktop.enrolment.add_pages import AddPages

            self._pages = AddPages(
                jobs=self._jobs,
                clock=self._clock,
                source=self._make_source(),
                accounts=self._accounts,
                save=self._save,
                save_link=self._save_link,
                discard=self._discard,
                link=self._link,
                sign_in=self._sign_in,
                open_address=open_in_browser,
                screenshot=_screenshot(),
            )
            self._pages.closed.connect(self.closed)
            self._pages.currentChanged.connect(self.turned)
            self._pages.copy_asked.connect(self.copy_asked)
            self._pages.linking_page.over.connect(self._tell_saved)
            choice = read_choice()
            self._pages.scan_page.use_camera(choice.camera, mirrored=choice.mirrored)
            self._pages.scan_page.camera_kept.connect(_keep_camera)
        self.page_wanted.emit(self._pages)
        return self._pages

    def _link(self, link: str, device_name: str) -> "Linking":
        """Return an enrolment that has contacted nothing."""
        from watchword.providers.provider import enrolment_of

        check_decided(self._vault)
        known = [account.link for account in self._vault.accounts if account.link is not None]
        return enrolment_of(link, device_name, self._clock, links=known, keeper=self._keeper)

    def _sign_in(self, origin: "Origin", device_name: str) -> "SigningIn":
        """Return a sign-in that has contacted nothing; nobody signs in for a link not to be used."""
        from watchword.providers.native_sign_in import SignIn

        check_decided(self._vault)
        return SignIn(origin, device_name)

    def _save(
        self,
        additions: Sequence["Addition"],
        on_done: Callable[[], None],
        on_error: Callable[[WatchwordError], None],
    ) -> None:
        """Save what was confirmed; an account that is not saved is not there at all."""

        def saved() -> None:
            self._tell_accounts()
            on_done()

        self._save_link(additions, saved, on_error)

    def _save_link(
        self,
        additions: Sequence["Addition"],
        on_done: Callable[[], None],
        on_error: Callable[[WatchwordError], None],
    ) -> None:
        """Save, and let the window hear of it only when the linking is over.

        Its server would be asked for login requests at once, in the midst of being told of it.
        """

        def done(unconfirmed: SavedUnconfirmed | None) -> None:
            self._untold = True
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)
            on_done()

        self._saves.run(
            partial(_add, self._vault, additions), on_done=done, on_error=on_error, page=self
        )

    def _discard(self, account: Account) -> None:
        """Take an account away that was saved to be linked and was not."""

        def work() -> None:
            there = next((each for each in self._vault.accounts if each.id == account.id), None)
            # Linked after all, by a poll that was quicker, it stays.
            if there is not None and there.link == account.link:
                self._vault.remove(account.id)
                self._vault.purge([account.id])
                self._vault.save()

        self._saves.run(
            work, on_done=lambda _: self._tell_accounts(), again=self._vault.save, page=self
        )

    def _tell_saved(self) -> None:
        if self._untold:
            self._tell_accounts()

    def _tell_accounts(self) -> None:
        self._untold = False
        self.saved.emit(self._vault.accounts)


def _keep_camera(camera_id: str, mirrored: bool) -> None:
    keep_choice(CameraChoice(camera_id, mirrored))


def _screenshot() -> "Screenshot | None":
    """Return how to ask for the screens where a program may not look at them by itself."""
    if not (sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY")):
        return None
    from watchword.system.screenshot_portal import screenshot

    return screenshot


def _refusal(data: QMimeData, now: float) -> WatchwordError | None:
    """Return why a text cannot be added; None for one that can, and for pictures and files."""
    if data.hasImage() or any(url.isLocalFile() for url in data.urls()):
        return None
    from watchword.enrolment.findings import codes_in, sort_texts

    findings = sort_texts(codes_in(data.text()), now=now)
    usable = findings.found or findings.pins or findings.parts
    return None if usable else findings.refused[0]


def _add(vault: OpenVault, additions: Sequence["Addition"]) -> SavedUnconfirmed | None:
    """Put accounts into the vault and save; raises a VaultError, and then nothing has changed."""
    there = {account.id: account for account in vault.accounts}
    # One that was removed meanwhile cannot be replaced: what was confirmed is added all the same.
    replacing = [each for each in additions if each.replaces in there]
    new = [each.account for each in additions if each.replaces not in there]
    vault.add(new)
    try:
        for each in replacing:
            vault.replace(each.account)
        vault.save()
    except SavedUnconfirmed as error:
        return error
    except VaultError:
        for each in replacing:
            vault.replace(there[each.replaces])
        vault.withdraw(account.id for account in new)
        raise
    return None


def ways_to_add() -> list[Choice]:
    """Return what the empty list offers; only what works."""
    return [
        Choice(
            "scan",
            "qr",
            tr("Scan a QR code"),
            tr("Webcam, picture or clipboard"),
        ),
        Choice(
            "sign-in",
            "globe",
            tr("Sign in from this computer"),
            tr("Your browser opens the server’s page"),
        ),
        Choice(
            "import",
            "import",
            tr("Import from another app"),
            tr("A list of otpauth links, or a Watchword backup"),
        ),
        Choice("type", "keyboard", tr("Type it in"), tr("Paste a link or enter a key")),
        *(
            [
                Choice(
                    "demo",
                    "play",
                    tr("Try it with a demo server"),
                    tr("On this computer, and gone when you are done"),
                )
            ]
            if demo_command()
            else []
        ),
    ]
