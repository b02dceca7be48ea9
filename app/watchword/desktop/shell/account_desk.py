"""What is done to accounts while the vault is open: edit, remove and restore, backup codes."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.approvals.watch import Contact
from watchword.clock import Clock
from watchword.desktop.accounts.rows import brand_of
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.look.texts import plural
from watchword.desktop.shell import account_words, edits
from watchword.desktop.shell.guarded import GuardedChanges
from watchword.desktop.shell.recent import when
from watchword.desktop.shell.saving import Saves
from watchword.errors import RemoteError, WatchwordError
from watchword.protocol.errors import KeyWithoutProof
from watchword.providers.provider import Providers
from watchword.vault import (
    Account,
    NoSuchAccount,
    OpenVault,
    SavedUnconfirmed,
    ServerLink,
    Trashed,
)
from watchword.vault.limits import DAY, TRASH_DAYS

if TYPE_CHECKING:
    from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
    from watchword.desktop.accounts.edit_page import EditPage
    from watchword.desktop.accounts.link_page import LinkPage, RemovedPage
    from watchword.desktop.accounts.remove_page import RemovePage
    from watchword.desktop.accounts.trash_page import Removed, TrashPage


class AccountDesk(QObject):
    """Owns one page at a time; whoever owns the desk shows it."""

    page_wanted = Signal(object)  # show this page
    left = Signal()  # show the accounts again
    page_dropped = Signal(object)  # destroy this page
    changed = Signal(object)  # all accounts, after a save
    restored = Signal(str)  # the id of an account that is back from the trash
    trouble = Signal(object)  # a WatchwordError that no page is there to show
    said = Signal(str)
    undo_offered = Signal(str, object)  # a text, and what takes it back
    copy_asked = Signal(str)
    history_asked = Signal(str)  # account id
    scan_asked = Signal()  # link an account again

    def __init__(
        self,
        vault: OpenVault,
        providers: Providers,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        *,
        has_password: bool = True,
        parent: QObject | None = None,
    ) -> None:
        """`has_password` False: a trial, whose password nobody knows, and nobody is asked for."""
        super().__init__(parent)
        self._saves = saves
        self._vault = vault
        self._providers = providers
        self._clock = clock
        self._jobs = jobs
        self._has_password = has_password
        self._linked = ""  # whose link is shown
        # When an account's server was last heard of, and whether it is not asked just now.
        self.contact_of: Callable[[str], tuple[Contact, bool]] = lambda _: (Contact(), False)
        self._page: QWidget | None = None
        self._changes = GuardedChanges(vault, clock, jobs, saves, None, self)

    def stop(self) -> None:
        """Let no question stay open."""
        self._changes.stop()
        if self._page is None:
            return
        from watchword.desktop.settings.password_again_page import PasswordAgainPage

        if isinstance(self._page, PasswordAgainPage):
            self._page.forget()

    @property
    def page(self) -> QWidget | None:
        """The page that is shown, to be destroyed with the desk; None while there is none."""
        return self._page

    @property
    def has_trash(self) -> bool:
        """Whether something can be restored."""
        return bool(self._vault.trash)

    # Pages ---------------------------------------------------------------------------------------
    def edit(self, account_id: str) -> None:
        """Show an account's texts to be changed."""
        from watchword.desktop.accounts.edit_page import EditPage

        account = self._find(account_id)
        if account is None:
            return
        page = EditPage(account)
        page.save_asked.connect(partial(self._save_edit, page, account_id))
        page.remove_asked.connect(partial(self.remove, account_id, page))
        page.back_pressed.connect(partial(self._leave_edit, page))
        self._show(page)

    def remove(self, account_id: str, page: "EditPage | RemovedPage | None" = None) -> None:
        """Move an account to the trash; one that is linked to a server only after a question.

        `page` is where it was asked, and what says why it failed; None: the list, which cannot.
        """
        account = self._find(account_id)
        if account is None:
            return
        if account.link is None or account.link.state != "active":
            self._remove(account, page)
            return
        from watchword.desktop.accounts.remove_page import RemovePage

        asking = RemovePage(_name(account), account.link.origin.removeprefix("https://"))
        asking.back_pressed.connect(self._leave)
        asking.remove_asked.connect(partial(self._unlink, asking, account))
        asking.remove_here_asked.connect(partial(self._remove, account, asking))
        self._show(asking)

    def open_link(self, account_id: str) -> None:
        """Show what ties an account to its server, or that nothing does any more."""
        from watchword.desktop.accounts.link_page import CopiedPage, LinkPage, RemovedPage

        account = self._find(account_id)
        link = account.link if account is not None else None
        if account is None or link is None:
            return
        page: LinkPage | CopiedPage | RemovedPage
        if link.state == "active":
            page = LinkPage(_name(account), has_codes=bool(link.backup_codes))
            self._show_link(page, account_id, link)
            page.codes_asked.connect(partial(self.open_codes, account_id))
            page.unlink_asked.connect(partial(self.remove, account_id))
            self._linked = account_id
        elif link.state == "copied":
            facts = account_words.copied_facts(link)
            page = CopiedPage(_name(account), facts, has_codes=bool(link.backup_codes))
            page.scan_asked.connect(self._leave_to_scan)
            page.codes_asked.connect(partial(self.open_codes, account_id))
            page.remove_asked.connect(partial(self.remove, account_id))
        else:
            page = RemovedPage(_name(account), account_words.removed_facts(link))
            page.trash_asked.connect(partial(self.remove, account_id, page))
        page.back_pressed.connect(self._leave)
        if not isinstance(page, CopiedPage):
            page.history_asked.connect(partial(self._leave_for_history, account_id))
        self._show(page)

    def refresh_link(self) -> None:
        """Show when the server was last heard of, where that is shown."""
        if not self._linked:
            return
        from watchword.desktop.accounts.link_page import LinkPage

        if not isinstance(self._page, LinkPage):
            return
        link = next((a.link for a in self._vault.accounts if a.id == self._linked), None)
        if link is None:
            self._leave()
        elif link.state == "active":
            self._show_link(self._page, self._linked, link)
        else:
            self.open_link(self._linked)

    def _show_link(self, page: "LinkPage", account_id: str, link: ServerLink) -> None:
        known, paused = self.contact_of(account_id)
        page.show_facts(account_words.link_facts(link, known, self._clock.now(), paused=paused))
        failure = known.failure
        page.show_trouble(failure if isinstance(failure, KeyWithoutProof) else None)

    def _leave_for_history(self, account_id: str) -> None:
        self._leave()
        self.history_asked.emit(account_id)

    def _leave_to_scan(self) -> None:
        self._leave()
        self.scan_asked.emit()

    def open_trash(self) -> None:
        """Show what was removed."""
        from watchword.desktop.accounts.trash_page import TrashPage

        page = TrashPage()
        page.back_pressed.connect(self._leave)
        page.restore_asked.connect(partial(self._restore_from_trash, page))
        page.show_removed(self._removed())
        self._show(page)

    def open_codes(self, account_id: str, *, fresh: bool = False) -> bool:
        """Show an account's backup codes, after the password; tell whether it has any.

        `fresh`: they came a moment ago, and nobody asked to see them.
        """
        account = self._find(account_id)
        link = account.link if account is not None else None
        if account is None or link is None or not link.backup_codes:
            return False
        if fresh or not self._has_password:
            self._show_codes(account_id, fresh=fresh)
            return True
        page = self._changes.ask(
            account_words.codes_question(link),
            lambda _: None,
            lambda _: self._show_codes(account_id),
        )
        page.back_pressed.connect(self._leave)
        self._show(page)
        return True

    def _show_codes(self, account_id: str, *, fresh: bool = False) -> None:
        account = self._find(account_id)
        link = account.link if account is not None else None
        if account is None or link is None:
            self._leave()
            return
        from watchword.desktop.accounts.backup_codes_page import BackupCodesPage

        page = BackupCodesPage(
            link.service or _name(account),
            link.backup_codes,
            link.used_backup_codes,
            account=link.user,
            fresh=fresh,
        )
        page.back_pressed.connect(self._leave)
        page.done.connect(self._leave)
        page.copy_asked.connect(self.copy_asked)
        page.save_asked.connect(partial(self._write_codes, page))
        page.marked.connect(partial(self._mark_code, page, account_id))
        self._show(page)

    def set_favourite(self, account_id: str) -> None:
        """Make an account a favourite, or none any more."""
        account = self._find(account_id)
        if account is None:
            return
        self._save(
            partial(edits.change, self._vault, account_id, {"favourite": not account.favourite}),
            lambda: None,
            None,
        )

    def _find(self, account_id: str) -> Account | None:
        try:
            return edits.find(self._vault, account_id)
        except NoSuchAccount as error:
            self.trouble.emit(error)
            return None

    def _show(self, page: QWidget) -> None:
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _leave(self) -> None:
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def _leave_edit(self, page: "EditPage") -> None:
        if page.may_leave():
            self._leave()

    # Edit ----------------------------------------------------------------------------------------
    def _save_edit(self, page: "EditPage", account_id: str, changes: Mapping[str, Any]) -> None:
        if not changes:
            self._leave()
            return

        def saved() -> None:
            self._leave()
            self.said.emit(self.tr("Saved"))

        self._save(partial(edits.change, self._vault, account_id, changes), saved, page.show_error)

    # Remove and restore --------------------------------------------------------------------------
    def _unlink(self, page: "RemovePage", account: Account) -> None:
        link = account.link
        provider = self._providers.of(link) if link is not None else None
        if link is None or provider is None:
            page.offer_here_only(
                RemoteError(self.tr("This version of Watchword does not know that kind of server"))
            )
            return
        page.show_busy(True)
        self._jobs.run(
            partial(provider.unlink, link),
            on_done=lambda _: self._remove(account, page, unlinked=True),
            on_error=page.offer_here_only,
            lane=Lane.NETWORK,
            page=page,
        )

    def _remove(
        self,
        account: Account,
        page: "RemovePage | EditPage | RemovedPage | None",
        *,
        unlinked: bool = False,
    ) -> None:
        order = tuple(each.id for each in self._vault.accounts)

        def work() -> SavedUnconfirmed | None:
            if unlinked:
                edits.mark_unlinked(self._vault, account.id)
            return edits.remove(self._vault, account.id)

        def removed() -> None:
            self._leave()
            text = self.tr("{name} is in the trash").format(name=_name(account))
            if unlinked:
                self.said.emit(self.tr("Unlinked. {text}").format(text=text))
            else:
                self.undo_offered.emit(text, partial(self._undo, account.id, order))

        if page is not None:
            page.show_busy(True)
        self._save(work, removed, page.show_error if page is not None else None)

    def _undo(self, account_id: str, order: tuple[str, ...]) -> None:
        self._save(
            partial(edits.restore, self._vault, account_id, order),
            partial(self._is_back, account_id),
            None,
        )

    def _is_back(self, account_id: str) -> None:
        self.restored.emit(account_id)
        self.said.emit(self.tr("Restored"))

    def _restore_from_trash(self, page: "TrashPage", account_id: str) -> None:
        def restored() -> None:
            self._is_back(account_id)
            left = self._removed()
            if left:
                page.show_removed(left)
            else:
                self._leave()

        self._save(partial(edits.restore, self._vault, account_id), restored, page.show_error)

    def _removed(self) -> "list[Removed]":
        return [self._in_words(trashed) for trashed in self._vault.trash]

    def _in_words(self, trashed: Trashed) -> "Removed":
        from watchword.desktop.accounts.trash_page import Removed

        account = trashed.entry.account
        now = self._clock.now()
        left = max(0, min(TRASH_DAYS, round(TRASH_DAYS - (now - trashed.removed_at) / DAY)))
        removed = self.tr("removed {when}").format(when=when(trashed.removed_at, now))
        kept = plural("1 day left", "{n} days left", left)
        own = account.account if account.issuer else ""
        about = f"{removed} · {kept}"
        return Removed(account.id, _name(account), own, about, brand_of(account))

    # Backup codes --------------------------------------------------------------------------------
    def _mark_code(self, page: "BackupCodesPage", account_id: str, code: str, used: bool) -> None:
        def not_marked(error: WatchwordError) -> None:
            account = self._find(account_id)
            page.show_used(_used(account.link if account is not None else None))
            page.show_error(error)

        self._save(
            partial(edits.mark_backup_code, self._vault, account_id, code, used),
            lambda: None,
            not_marked,
            page=page,
        )

    def _write_codes(self, page: "BackupCodesPage", name: str, text: str) -> None:
        from watchword.transfer import files

        path = Path(name)
        # The dialog asked before it named a file that is there; one that comes later stays.
        write = partial(
            files.write_file,
            path,
            text.encode(),
            self._vault.places,
            replacing=os.path.lexists(path),
        )
        self._jobs.run(
            write,
            on_done=lambda _: page.show_saved(name),
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )

    # Saving --------------------------------------------------------------------------------------
    def _save(
        self,
        work: Callable[[], SavedUnconfirmed | None],
        on_done: Callable[[], None],
        on_error: Callable[[WatchwordError], None] | None,
        *,
        page: QObject | None = None,
    ) -> None:
        def whole() -> tuple[SavedUnconfirmed | None, Sequence[Account]]:
            unconfirmed = work()
            return unconfirmed, self._vault.accounts

        def done(result: tuple[SavedUnconfirmed | None, Sequence[Account]]) -> None:
            unconfirmed, accounts = result
            self.changed.emit(accounts)
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)
            on_done()

        self._saves.run(whole, on_done=done, on_error=on_error, page=page or self)


def _name(account: Account) -> str:
    return account.issuer or account.account


def _used(link: ServerLink | None) -> tuple[str, ...]:
    return link.used_backup_codes if link is not None else ()
