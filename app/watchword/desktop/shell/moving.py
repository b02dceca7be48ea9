"""A vault that is found on another computer: nobody is asked before a person said what it means."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from watchword.approvals import moving
from watchword.clock import Clock
from watchword.desktop.look.widgets.banner import Banner
from watchword.desktop.shell.account_words import host_of
from watchword.desktop.shell.saving import Saves
from watchword.vault import Account, OpenVault

if TYPE_CHECKING:
    from watchword.desktop.look.widgets.fact_list import Fact
    from watchword.desktop.unlock.moved_page import MovedPage

_MOST_LISTED = 4


class Moving(QObject):
    """Owns the question and the strip that leads to it; whoever owns this shows them."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()  # show the accounts again
    changed = Signal(object)  # all accounts, once it is decided
    said = Signal(str)

    def __init__(
        self, vault: OpenVault, clock: Clock, saves: Saves, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._saves = saves
        self._page: MovedPage | None = None
        self.undecided = moving.is_elsewhere(vault)
        self.strip = Banner("computer", self.tr("Decide"), kind="warn")
        self.strip.show_texts(
            self.tr("This vault was on another computer"),
            self.tr("Login requests are not asked for until you decide"),
        )
        self.strip.setVisible(self.undecided)
        self.strip.clicked.connect(self.open)

    @property
    def page(self) -> "MovedPage | None":
        """The question that is on the screen; None while there is none."""
        return self._page

    def begin(self) -> bool:
        """Ask, if something is to be asked; else note where the vault is at home."""
        if self.undecided:
            self.open()
        else:
            self.settle()
        return self.undecided

    def settle(self) -> None:
        """Note, once an account is linked, that its device is this computer's."""
        if not self.undecided and not moving.is_settled(self._vault):
            self._saves.run(partial(moving.settle, self._vault), page=self, quiet=True)

    def open(self) -> None:
        """Show the question."""
        from watchword.desktop.unlock.moved_page import MovedPage

        page = MovedPage(self._listed())
        page.moved_chosen.connect(self._moved)
        page.copied_chosen.connect(self._copied)
        page.back_pressed.connect(self._leave)
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _listed(self) -> "list[Fact]":
        from watchword.desktop.look.widgets.fact_list import Fact

        accounts = moving.devices_of(self._vault)
        shown = accounts if len(accounts) <= _MOST_LISTED else accounts[: _MOST_LISTED - 1]
        facts = [self._in_words(account) for account in shown]
        if more := len(accounts) - len(shown):
            facts.append(Fact("more", self.tr("and {n} more").format(n=more)))
        return facts

    def _in_words(self, account: Account) -> "Fact":
        from watchword.desktop.look.widgets.fact_list import Fact

        name = " · ".join(part for part in (account.issuer, account.account) if part)
        where = ""
        if account.link is not None:
            where = self.tr("{host}, as “{device}”").format(
                host=host_of(account.link), device=account.link.device_name
            )
            if not moving.can_move(account.link):
                where = self.tr(
                    "{host}: it cannot change keys, so the other computer can answer there too"
                ).format(host=host_of(account.link))
        return Fact("door", name, where)

    def _moved(self) -> None:
        self._decide(
            partial(moving.moved, self._vault, self._clock.now()),
            self.tr("This computer takes the login requests now"),
        )

    def _copied(self) -> None:
        self._decide(
            partial(moving.copied, self._vault),
            self.tr("Here these accounts show codes only"),
        )

    def _decide(self, work: Callable[[], object], text: str) -> None:
        page = self._page
        if page is None:
            return

        def decided(_: object) -> None:
            self.undecided = False
            self.strip.hide()
            self.changed.emit(self._vault.accounts)
            self._leave()
            self.said.emit(text)

        page.show_busy(True)
        self._saves.run(work, on_done=decided, on_error=page.show_error, page=page)

    def _leave(self) -> None:
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)
