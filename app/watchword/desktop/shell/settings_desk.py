"""What is done to the vault itself while it is open: its password, recovery key, keyring and copies."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage, Question
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell import settings_words
from watchword.desktop.shell.copies import Copies
from watchword.desktop.shell.guarded import Change, GuardedChanges, Outcome, StillWanted
from watchword.desktop.shell.older_backups import OlderBackups
from watchword.desktop.shell.saving import Saves
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.errors import WatchwordError
from watchword.system.paths import is_portable
from watchword.vault import (
    KdfCost,
    OpenVault,
    SavedUnconfirmed,
    Trace,
    keyring_slot,
    slots,
    traces,
)
from watchword.vault.file_format import KEYRING, RECOVERY
from watchword.vault.keyring_slot import Keyring
from watchword.vault.loaded import HIDE_CLEAR_FACTS


class SettingsDesk(QObject):
    """Owns the settings and the page above them, if any; whoever owns the desk shows them."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()  # show the accounts again
    ways_changed = Signal()  # other ways open the vault now
    told = Signal(str, str, str)  # title, text and kind of a notice that no page is there to show
    trouble = Signal(object)  # a SavedUnconfirmed, as well
    said = Signal(str)
    copy_asked = Signal(str)
    restore_asked = Signal()

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        *,
        keyring: Keyring | None = None,
        cost: KdfCost | None = None,
        by_recovery_key: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """`keyring` None: this installation uses none; `cost` of new keys None: measured.

        `by_recovery_key`: that opened the vault, so a forgotten password can be replaced.
        """
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._saves = saves
        self._keyring = keyring
        self._cost = cost
        self._by_recovery_key = by_recovery_key
        self._changes = GuardedChanges(vault, clock, jobs, saves, keyring, self)
        self._changes.stands.connect(self.refresh)
        self._changes.stands.connect(self.ways_changed)
        self._changes.too_late.connect(self._say_too_late)
        self._older = OlderBackups(vault, jobs, self)
        self._older.page_wanted.connect(self._show)
        self._older.answered.connect(self._older_answered)
        self._copies = Copies(vault, saves, self)
        self._copies.told.connect(self._tell)
        self._copies.unconfirmed.connect(self._tell_unconfirmed)
        self._copies.writing.connect(self._show_writing)
        self._copies.hidden.connect(self._show_hiding)
        self._settings: SettingsPage | None = None
        self._page: QWidget | None = None

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages there are, to be destroyed with the desk."""
        return tuple(page for page in (self._settings, self._page) if page is not None)

    @property
    def by_recovery_key(self) -> bool:
        """Whether the password is still the one that the recovery key stood in for."""
        return self._by_recovery_key

    @property
    def has_recovery_key(self) -> bool:
        """Whether a recovery key opens the vault."""
        return any(slot.kind == RECOVERY for slot in self._vault.slots)

    def stop(self) -> None:
        """Let nothing be written any more that is not written yet."""
        self._changes.stop()
        self._older.stop()
        for page in self.pages:
            if isinstance(page, ChangePasswordPage | PasswordAgainPage):
                page.forget()

    # Pages ---------------------------------------------------------------------------------------
    def open(self) -> None:
        """Show the settings."""
        if self._settings is None:
            page = SettingsPage()
            page.back_pressed.connect(self._leave_settings)
            page.password_asked.connect(self.change_password)
            page.key_asked.connect(self.make_recovery_key)
            page.key_removal_asked.connect(self._remove_recovery_key)
            page.keyring_asked.connect(self._switch_keyring)
            page.copy_chosen.connect(self._copies.write)
            page.restore_asked.connect(self.restore_asked)
            page.hiding_asked.connect(self._switch_hiding)
            self._settings = page
            page.show_hiding(self._vault.setting(HIDE_CLEAR_FACTS) is True)
            self.refresh()
            self._look_for_keyring()
        self.page_wanted.emit(self._settings)

    def refresh(self) -> None:
        """Show what is so now, where it is shown at all."""
        if self._settings is None:
            return
        self._settings.show_ways(settings_words.ways_of(self._vault.slots, self._clock.now()))
        self._jobs.run(
            partial(traces.find_traces, self._vault.places),
            on_done=self._show_backups,
            lane=Lane.VAULT,
            page=self._settings,
        )

    def _show_backups(self, found: tuple[Trace, ...]) -> None:
        if self._settings is not None:
            now = self._clock.now()
            self._settings.show_backups(
                settings_words.backups_of(found, self._vault.id, now),
                settings_words.copy_name(now),
            )

    def _show(self, page: QWidget) -> None:
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _back(self) -> None:
        """Leave the page above the settings, for them or for the accounts."""
        page, self._page = self._page, None
        if self._settings is not None:
            self.page_wanted.emit(self._settings)
        else:
            self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def _leave_settings(self) -> None:
        page, self._settings = self._settings, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def _ask(
        self,
        question: Question,
        change: Change,
        done: Callable[[Outcome], None],
        *,
        wakes_keyring: bool = False,
    ) -> None:
        page = self._changes.ask(question, change, done, wakes_keyring=wakes_keyring)
        page.back_pressed.connect(self._back)
        self._show(page)

    def _say_too_late(self) -> None:
        self.said.emit(self.tr("It was too late to cancel"))

    def _tell(self, title: str, text: str = "", kind: str = "approve") -> None:
        if self._settings is not None:
            self._settings.tell(title, text, kind)
        elif kind == "approve":
            self.said.emit(title)
        else:
            self.told.emit(title, text, kind)

    def _tell_unconfirmed(
        self, title: str, error: SavedUnconfirmed, then: Callable[[], None] | None = None
    ) -> None:
        """Say that it is done and might not outlast a power cut; `then` follows a save that is."""
        page = self._settings
        if page is None:
            self.trouble.emit(error)
            return
        page.tell(title, settings_words.sentences(error), "warn")
        page.notice.offer(self.tr("Save again"), partial(self._save_again, title, then))

    def _save_again(self, title: str, then: Callable[[], None] | None) -> None:
        def saved(_: None) -> None:
            self._tell(self.tr("Saved"))
            if then is not None and self._settings is not None and self._settings.isVisible():
                then()

        def failed(error: WatchwordError) -> None:
            if isinstance(error, SavedUnconfirmed):
                self._tell_unconfirmed(title, error, then)
            else:
                self._tell(error.title, settings_words.sentences(error), "deny")

        self._saves.run(self._vault.save, on_done=saved, on_error=failed, page=self)

    # Password ------------------------------------------------------------------------------------
    def change_password(self) -> None:
        """Ask for the old password and a new one; only for the new one where the key was given."""
        page = ChangePasswordPage(self._jobs, by_key=self._by_recovery_key)
        page.back_pressed.connect(self._back)
        page.change_asked.connect(partial(self._change_password, page))
        self._changes.care_for(page)
        self._show(page)

    def _change_password(self, page: ChangePasswordPage, old: str, new: str) -> None:
        def change(still_wanted: StillWanted) -> None:
            slots.change_password(
                self._vault, new, self._clock, cost=self._cost, still_wanted=still_wanted
            )

        done = partial(self._password_changed, page, old)
        save = partial(self._changes.save, page, change, done)
        if page.old is None:
            save()
        else:
            self._changes.check(page, save, old)

    def _password_changed(self, page: ChangePasswordPage, old: str, outcome: Outcome) -> None:
        page.forget()
        self._by_recovery_key = False
        self.ways_changed.emit()
        if outcome.unconfirmed is not None:
            # The older backups are what a power cut would leave: nothing is asked about them yet.
            self._back()
            self._tell_unconfirmed(
                self.tr("The password is changed, and not confirmed"),
                outcome.unconfirmed,
                partial(self._older.look, old),
            )
            return
        self._older.look(old)

    def _older_answered(self, text: str, kind: str) -> None:
        self._back()
        self.refresh()
        self._tell(self.tr("The password is changed"), text, kind)

    # Recovery key --------------------------------------------------------------------------------
    def make_recovery_key(self) -> None:
        """Ask for the password, make a key in the place of any other, and show it once."""
        replaces = self.has_recovery_key

        def change(still_wanted: StillWanted) -> tuple[str, bool]:
            key = slots.add_recovery_key(
                self._vault, self._clock, cost=self._cost, still_wanted=still_wanted
            )
            return key, not self._vault.dirty

        self._ask(
            settings_words.key_question(replaces=replaces),
            change,
            partial(self._show_key, replaces),
        )

    def _show_key(self, replaces: bool, outcome: Outcome) -> None:
        key, confirmed = outcome.value
        page = RecoveryPage(key)
        if not confirmed:
            page.show_note(*settings_words.key_unconfirmed())
        elif replaces:
            page.show_note(*settings_words.key_replaced())
        page.copy_asked.connect(self.copy_asked)
        page.done.connect(partial(self._key_shown, confirmed))
        self._show(page)

    def _key_shown(self, confirmed: bool, typed_back: bool) -> None:
        self._back()
        if not confirmed:
            self._tell_unconfirmed(
                self.tr("The recovery key is saved, and not confirmed"),
                settings_words.unconfirmed(),
            )
        elif typed_back:
            self._tell(self.tr("The recovery key is saved"))
        else:
            self._tell(*settings_words.key_put_off(), "warn")

    def _remove_recovery_key(self) -> None:
        def change(_: StillWanted) -> None:
            for slot in self._vault.slots:
                if slot.kind == RECOVERY:
                    slots.remove_slot(self._vault, slot.id)

        self._ask(
            settings_words.key_removal_question(),
            change,
            partial(self._changed, self.tr("The recovery key is removed")),
        )

    def _changed(self, title: str, outcome: Outcome) -> None:
        self._back()
        if outcome.unconfirmed is not None:
            self._tell_unconfirmed(title, outcome.unconfirmed)
        else:
            self._tell(title)

    # Keyring -------------------------------------------------------------------------------------
    def _look_for_keyring(self) -> None:
        page = self._settings
        if page is None:
            return
        on = self._keyring_is_on()
        if self._keyring is None:
            self._show_keyring(False)
            return
        page.show_keyring(self.tr("Looking for it…"), on=on, possible=False)
        self._jobs.run(
            self._keyring.available,
            on_done=self._show_keyring,
            on_error=lambda _: self._show_keyring(False),
            lane=Lane.KEYRING,
            page=page,
        )

    def _show_keyring(self, available: bool) -> None:
        if self._settings is None:
            return
        on = self._keyring_is_on()
        why_not = ""
        if not available:
            why_not = settings_words.no_keyring(portable=is_portable())
        # What was switched on elsewhere can be switched off here all the same.
        self._settings.show_keyring(
            settings_words.keyring(self._vault.slots, why_not, self._clock.now()),
            on=on,
            possible=available or on,
        )

    def _keyring_is_on(self) -> bool:
        return any(slot.kind == KEYRING for slot in self._vault.slots)

    def _switch_keyring(self, on: bool) -> None:
        keyring = self._keyring

        def turn_on(_: StillWanted) -> None:
            if keyring is not None:
                keyring_slot.turn_on(self._vault, keyring, self._clock)

        def turn_off(_: StillWanted) -> None:
            keyring_slot.turn_off(self._vault, keyring)

        if on:
            title = self.tr("This computer’s keyring opens the vault now")
        else:
            title = self.tr("The keyring does not open the vault any more")
        self._ask(
            settings_words.keyring_question(on=on),
            turn_on if on else turn_off,
            partial(self._keyring_switched, title),
            wakes_keyring=on,
        )

    def _keyring_switched(self, title: str, outcome: Outcome) -> None:
        self._look_for_keyring()
        self._changed(title, outcome)

    # Backups -------------------------------------------------------------------------------------
    def _show_writing(self, writing: bool) -> None:
        if self._settings is not None:
            self._settings.show_writing(writing)

    def _show_hiding(self, on: bool) -> None:
        if self._settings is not None:
            self._settings.show_hiding(on)

    def _switch_hiding(self, on: bool) -> None:
        if on:
            if self._settings is not None:
                self._settings.hiding.setEnabled(False)
            self._copies.hide_facts()
        else:
            # To say more in clear is a weaker setting.
            self._ask(
                settings_words.showing_question(), self._copies.show_facts, self._facts_shown
            )

    def _facts_shown(self, outcome: Outcome) -> None:
        self._show_hiding(False)
        self._changed(self.tr("The number and the date are shown again"), outcome)
