"""Adding accounts while the vault is open: pages made when first asked for, and one way to save."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.clock import Clock
from watchword.desktop.accounts.empty_page import Choice
from watchword.desktop.background.jobs import Jobs
from watchword.errors import WatchwordError
from watchword.vault import Account, NotSaved, OpenVault, SavedUnconfirmed

if TYPE_CHECKING:
    from watchword.desktop.enrolment.add_pages import AddPages
    from watchword.desktop.enrolment.frame_source import FrameSource
    from watchword.desktop.enrolment.linking_page import Linking
    from watchword.desktop.shell.saving import Saves
    from watchword.enrolment.preview import Addition

MakeSource = Callable[[], "FrameSource"]


def default_source() -> "FrameSource":
    """Return the computer's cameras, or what stands for none."""
    from watchword.desktop.enrolment.frame_source import open_source

    return open_source()


class Adding(QObject):
    """The way from a scan to the vault."""

    page_wanted = Signal(object)
    saved = Signal(object)  # all accounts, after one was saved
    closed = Signal(str)  # the id of the account that was added, or empty
    trouble = Signal(object)  # a WatchwordError about something that was saved all the same

    def __init__(
        self,
        vault: OpenVault,
        *,
        clock: Clock,
        jobs: Jobs,
        saves: "Saves",
        accounts: Callable[[], Sequence[Account]],
        make_source: MakeSource,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._saves = saves
        self._accounts = accounts
        self._make_source = make_source
        self._pages: AddPages | None = None

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages made so far, to be destroyed with the session."""
        return (self._pages,) if self._pages is not None else ()

    @property
    def asks(self) -> bool:
        """Whether a question or a linking is on the screen."""
        return self._pages is not None and self._pages.isVisible() and self._pages.asks

    def open_scan(self) -> None:
        """Begin with the camera."""
        self._shown().open_scan()

    def open_manual(self) -> None:
        """Begin with the form."""
        self._shown().open_manual()

    def open_text(self, text: str) -> None:
        """Begin with a link or another text."""
        self._shown().open_text(text)

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
                link=self._link,
            )
            self._pages.closed.connect(self.closed)
        self.page_wanted.emit(self._pages)
        return self._pages

    def _link(self, link: str, device_name: str) -> "Linking":
        """Return an enrolment that has contacted nothing."""
        from watchword.providers.native import Enrolment

        known = [account.link for account in self._accounts() if account.link is not None]
        return Enrolment(link, device_name, self._clock, links=known)

    def _save(
        self,
        addition: "Addition",
        on_done: Callable[[], None],
        on_error: Callable[[WatchwordError], None],
    ) -> None:
        """Save what was confirmed; an account that is not saved is not there at all."""

        def work() -> tuple[tuple[Account, ...], SavedUnconfirmed | None]:
            unconfirmed = _add(self._vault, addition)
            return self._vault.accounts, unconfirmed

        def done(result: tuple[tuple[Account, ...], SavedUnconfirmed | None]) -> None:
            accounts, unconfirmed = result
            self.saved.emit(accounts)
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)
            on_done()

        self._saves.run(work, on_done=done, on_error=on_error, page=self)


def _add(vault: OpenVault, addition: "Addition") -> SavedUnconfirmed | None:
    """Put the account into the vault and save; raises NotSaved, and then nothing has changed."""
    account = addition.account
    before = next((a for a in vault.accounts if a.id == addition.replaces), None)
    if before is not None:
        vault.replace(account)
    else:
        vault.add([account])
    try:
        vault.save()
    except SavedUnconfirmed as error:
        return error
    except NotSaved:
        if before is not None:
            vault.replace(before)
        else:
            vault.remove(account.id)
            vault.purge([account.id])
        raise
    return None


def ways_to_add() -> list[Choice]:
    """Return what the empty list offers; only what works."""
    return [
        Choice(
            "scan",
            "qr",
            _tr("Scan a QR code"),
            _tr("Webcam, picture or clipboard"),
        ),
        Choice(
            "import",
            "import",
            _tr("Import from another app"),
            _tr("A list of otpauth links, or a Watchword backup"),
        ),
        Choice("type", "keyboard", _tr("Type it in"), _tr("Paste a link or enter a key")),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Session", text)
