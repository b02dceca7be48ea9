"""Accounts from a file and into one, while the vault is open."""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.look.texts import rest_of, said, title_of
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.shell import edits, transfer_words
from watchword.desktop.shell.file_dialogs import ask_for_file, ask_for_new_file
from watchword.desktop.shell.guarded import GuardedChanges, Outcome, StillWanted
from watchword.desktop.shell.saving import Saves
from watchword.desktop.transfer.export_page import ExportPage
from watchword.desktop.transfer.file_password_page import FilePasswordPage
from watchword.desktop.transfer.import_page import ImportPage
from watchword.desktop.transfer.new_file_password_page import NewFilePasswordPage
from watchword.desktop.transfer.qr_page import QrPage
from watchword.errors import WatchwordError
from watchword.otp import otpauth
from watchword.transfer import files, google_migration, registry
from watchword.transfer.format import (
    Contents,
    Format,
    Protection,
    Written,
    name_of,
    with_codes,
)
from watchword.transfer.plan import Plan, plan
from watchword.vault import Account, Cancelled, KdfCost, NoSuchAccount, OpenVault, SavedUnconfirmed
from watchword.vault.errors import check_wanted

Accounts = Sequence[Account]


class TransferDesk(QObject):
    """Owns one page at a time; whoever owns the desk shows it."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()  # show again what was there before
    changed = Signal(object)  # all accounts, after a save
    told = Signal(str, str, str)  # title, text and kind of a notice
    trouble = Signal(object)  # a SavedUnconfirmed

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        window: QWidget,
        *,
        cost: KdfCost | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`window` is where the system's dialogs belong; `cost` of a file's key None: measured."""
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._saves = saves
        self._window = window
        self._cost = cost
        self._page: QWidget | None = None
        self._dialog: QFileDialog | None = None
        self._job: Job | None = None
        self._changes = GuardedChanges(vault, clock, jobs, saves, None, self)

    @property
    def page(self) -> QWidget | None:
        """The page that is shown, to be destroyed with the desk; None while there is none."""
        return self._page

    def stop(self) -> None:
        """Let nothing be written any more that is not written yet, and no question stay open."""
        self._changes.stop()
        self._drop_job()
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.deleteLater()
        if isinstance(
            self._page, NewFilePasswordPage | FilePasswordPage | PasswordAgainPage | QrPage
        ):
            self._page.forget()

    # Import --------------------------------------------------------------------------------------
    def choose_import(self) -> None:
        """Let a person choose a file to import."""
        self._dialog = ask_for_file(self._window, self.tr("Import accounts"), self.open_file)

    def open_file(self, name: str) -> None:
        """Read a file, and show what it holds or ask for its password."""
        path = Path(name)

        def load() -> tuple[bytes, Format]:
            data = files.read_file(path)
            return data, registry.format_of(data)

        def loaded(result: tuple[bytes, Format]) -> None:
            data, format_ = result
            if format_.encrypted:
                self._ask_for_password(path, data, format_)
            else:
                self._read(path, data, format_, "", self._refused)

        self._work(load, loaded, self._refused)

    def _ask_for_password(self, path: Path, data: bytes, format_: Format) -> None:
        page = FilePasswordPage(path.name)
        page.back_pressed.connect(self._leave)
        page.cancelled.connect(self._drop_job)

        def read(password: str) -> None:
            page.show_busy(True)
            self._read(path, data, format_, password, page.show_error)

        page.given.connect(read)
        self._show(page)

    def _read(
        self,
        path: Path,
        data: bytes,
        format_: Format,
        password: str,
        refused: Callable[[WatchwordError], None],
    ) -> None:
        def read() -> Plan:
            contents: Contents = format_.read(data, password)
            return plan(contents, self._vault.accounts)

        self._work(read, partial(self._preview, path, format_), refused)

    def _preview(self, path: Path, format_: Format, planned: Plan) -> None:
        page = ImportPage(
            len(planned.new),
            transfer_words.about(planned, format_, path.name),
            transfer_words.rows(planned),
            [said(notice) for notice in planned.notices],
        )
        page.back_pressed.connect(self._leave)
        page.done.connect(self._leave)
        page.confirmed.connect(partial(self._add, page, planned.new))
        self._show(page)

    def _add(self, page: ImportPage, accounts: Accounts) -> None:
        """Add what was shown, in one save; until that begins it can be cancelled."""
        unwanted = threading.Event()

        def work() -> tuple[SavedUnconfirmed | None, Accounts]:
            check_wanted(lambda: not unwanted.is_set())
            return edits.add(self._vault, accounts), self._vault.accounts

        def done(result: tuple[SavedUnconfirmed | None, Accounts]) -> None:
            unconfirmed, everything = result
            self.changed.emit(everything)
            self._leave()
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)
            self.told.emit(transfer_words.added(len(accounts)), "", "approve")

        def failed(error: WatchwordError) -> None:
            if isinstance(error, Cancelled):
                page.show_cancelled()
            else:
                page.show_error(error)

        page.cancelled.connect(unwanted.set)
        page.show_busy(True)
        self._saves.run(work, on_done=done, on_error=failed, page=page)

    def _refused(self, error: WatchwordError) -> None:
        self.told.emit(title_of(error), rest_of(error), "deny")

    # Export --------------------------------------------------------------------------------------
    def open_export(self) -> None:
        """Show the ways out."""
        kept, skipped = with_codes(self._vault.accounts)
        if not kept:
            self.told.emit(
                self.tr("There is nothing to export"), transfer_words.left_out(skipped), "warn"
            )
            return
        page = ExportPage(len(kept), transfer_words.ways())
        page.back_pressed.connect(self._leave)
        page.chosen.connect(self._export_as)
        self._show(page)

    def _export_as(self, name: str) -> None:
        if name == transfer_words.QR_CODES:
            self._ask_for_codes()
            return
        format_ = registry.named(name)
        if not format_.encrypted:
            self._choose_target(format_, "")
            return
        page = NewFilePasswordPage(self._jobs)
        page.back_pressed.connect(self.open_export)
        page.chosen.connect(partial(self._choose_target, format_))
        self._show(page)

    def _choose_target(self, format_: Format, password: str) -> None:
        day = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%d")
        self._dialog = ask_for_new_file(
            self._window,
            self.tr("Export accounts"),
            transfer_words.default_name(format_, day),
            lambda name: self._ask_before(format_, password, Path(name)),
        )

    def _ask_before(self, format_: Format, password: str, path: Path) -> None:
        accounts = self._vault.accounts
        count = len(with_codes(accounts)[0])
        # The dialog asked before it named a file that is there; one that comes later stays.
        replacing = os.path.lexists(path)

        def write(still_wanted: StillWanted) -> Written:
            protection = Protection(password, self._clock, self._cost, still_wanted)
            written = format_.write(accounts, protection)
            files.write_file(path, written.data, self._vault.places, replacing=replacing)
            return written

        page = self._changes.ask(
            transfer_words.question(format_, path, count), write, partial(self._exported, path)
        )
        page.back_pressed.connect(self.open_export)
        self._show(page)

    def _exported(self, path: Path, outcome: Outcome) -> None:
        self._leave()
        title, text = transfer_words.exported(outcome.value, path)
        self.told.emit(title, text, "approve")

    # QR codes ------------------------------------------------------------------------------------
    def show_qr(self, account_id: str) -> None:
        """Show one account as a QR code, after the password."""
        try:
            account = edits.find(self._vault, account_id)
        except NoSuchAccount:
            return
        otp = account.otp
        if otp is None:
            return
        text = otpauth.write(otp, account.issuer, account.account)
        page = self._changes.ask(
            transfer_words.qr_question(name_of(account)),
            lambda _: None,
            lambda _: self._show_codes(
                name_of(account), (text,), transfer_words.qr_notice("", (account,))
            ),
        )
        page.back_pressed.connect(self._leave)
        self._show(page)

    def _ask_for_codes(self) -> None:
        """Show every account that Google Authenticator knows the kind of, after the password."""
        accounts = self._vault.accounts
        count = len(with_codes(accounts)[0])
        page = self._changes.ask(
            transfer_words.qr_codes_question(count),
            lambda _: google_migration.write(accounts, Protection()),
            self._show_many,
        )
        page.back_pressed.connect(self.open_export)
        self._show(page)

    def _show_many(self, outcome: Outcome) -> None:
        written: Written = outcome.value
        left_out = transfer_words.left_out(written.skipped)
        if not written.exported:
            self._leave()
            self.told.emit(self.tr("No account fits into these QR codes"), left_out, "warn")
            return
        self._show_codes(
            transfer_words.accounts(written.exported),
            written.data.decode("ascii").splitlines(),
            transfer_words.qr_notice(left_out, with_codes(self._vault.accounts)[0]),
        )

    def _show_codes(self, name: str, texts: Sequence[str], notice: tuple[str, str] | None) -> None:
        about = self.tr("Scan it with the other app.")
        if len(texts) > 1:
            about = self.tr("Scan them one after the other.")
        page = QrPage(name, texts, about=about, notice=notice)
        page.back_pressed.connect(self._leave)
        page.done.connect(self._leave)
        self._show(page)

    # Pages ---------------------------------------------------------------------------------------
    def _work(
        self,
        work: Callable[[], object],
        on_done: Callable[..., None],
        on_error: Callable[[WatchwordError], None],
    ) -> None:
        self._drop_job()
        self._job = self._jobs.run(
            work, on_done=on_done, on_error=on_error, lane=Lane.DECODE, page=self._page or self
        )

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show(self, page: QWidget) -> None:
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _leave(self) -> None:
        self._drop_job()
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)
