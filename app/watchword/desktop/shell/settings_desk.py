"""What is done to the vault itself while it is open: its password, recovery key, keyring and copies."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.look.texts import rest_of, title_of
from watchword.desktop.shell import edits
from watchword.desktop.shell.copies import Copies
from watchword.desktop.shell.guarded import Change, GuardedChanges, Outcome, StillWanted
from watchword.desktop.shell.hinting import HINTS
from watchword.desktop.shell.keyring_switch import KeyringSwitch
from watchword.desktop.shell.list_desk import HIDE_CODES
from watchword.desktop.shell.older_backups import OlderBackups
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.saving import Saves
from watchword.desktop.shell.settings_place import SettingsPlace
from watchword.errors import WatchwordError
from watchword.settings import Settings
from watchword.vault import (
    KdfCost,
    OpenVault,
    SavedUnconfirmed,
    Trace,
    slots,
    traces,
)
from watchword.vault.file_format import RECOVERY
from watchword.vault.history import DAYS_KEPT, days_kept
from watchword.vault.keyring_slot import Keyring
from watchword.vault.loaded import HIDE_CLEAR_FACTS

if TYPE_CHECKING:
    from watchword.desktop.look.widgets.setting_section import SettingSection
    from watchword.desktop.settings.change_password_page import ChangePasswordPage
    from watchword.desktop.settings.password_again_page import Question
    from watchword.desktop.settings.settings_page import SettingsPage
    from watchword.desktop.shell.found_settings import FoundSetting

OLDER_NOT_ASKED = "older_backups_not_asked"  # the setting: a new password, and no question yet


class SettingsDesk(QObject):
    """Fills the pages of its place, and carries out what is asked there."""

    ways_changed = Signal()  # other ways open the vault now
    copy_asked = Signal(str)
    restore_asked = Signal()
    codes_hidden = Signal(bool)  # whether they are, from now on
    hints_switched = Signal(bool)  # whether it is told while locked that something waits
    import_asked = Signal()
    export_asked = Signal()
    history_asked = Signal()
    about_asked = Signal()
    report_asked = Signal()
    keeping_asked = Signal()
    pause_asked = Signal(bool)

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        preferences: Preferences,
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
        self._preferences = preferences
        self._cost = cost
        self._by_recovery_key = by_recovery_key
        self._paused_until = ""
        self._found: list[FoundSetting] = []
        self._found_with: Settings | None = None  # the settings at that time
        self.place = SettingsPlace(vault, saves, self)
        self._keyring = KeyringSwitch(vault, clock, jobs, self.place, keyring, self)
        self._changes = GuardedChanges(vault, clock, jobs, saves, keyring, self)
        self._changes.stands.connect(self.refresh)
        self._changes.stands.connect(self.ways_changed)
        self._changes.too_late.connect(self._say_too_late)
        self._older = OlderBackups(vault, jobs, self)
        self._older.page_wanted.connect(self.place.show_when_free)
        self._older.answered.connect(self._older_answered)
        self._copies = Copies(vault, saves, self)
        self._copies.told.connect(self.place.tell)
        self._copies.unconfirmed.connect(self.place.tell_unconfirmed)
        self._copies.writing.connect(self._show_writing)
        self._copies.hidden.connect(self._show_hiding)

    @property
    def by_recovery_key(self) -> bool:
        """Whether the password is still the one that the recovery key stood in for."""
        return self._by_recovery_key

    @property
    def has_recovery_key(self) -> bool:
        """Whether a recovery key opens the vault."""
        return any(slot.kind == RECOVERY for slot in self._vault.slots)

    @property
    def key_unconfirmed(self) -> bool:
        """Whether nobody is known to have written the recovery key down."""
        return bool(slots.unconfirmed_recovery_key(self._vault))

    def stop(self) -> None:
        """Let nothing be written any more that is not written yet."""
        self._changes.stop()
        self._older.stop()
        pages = self.place.pages
        if not pages:
            return
        from watchword.desktop.settings.change_password_page import ChangePasswordPage
        from watchword.desktop.settings.password_again_page import PasswordAgainPage

        for page in pages:
            if isinstance(page, ChangePasswordPage | PasswordAgainPage):
                page.forget()

    # Pages ---------------------------------------------------------------------------------------
    def open(self, at: "type[SettingSection] | None" = None) -> None:
        """Show the settings, from their top or `at` a part of them."""
        page = self.place.settings
        if page is None:
            page = self._make_page()
            page.password_asked.connect(self.change_password)
            page.key_asked.connect(self.make_recovery_key)
            page.key_removal_asked.connect(self._remove_recovery_key)
            page.keyring_asked.connect(partial(self._keyring.switch, self._ask))
            page.copy_chosen.connect(self._copies.write)
            page.restore_asked.connect(self.restore_asked)
            page.import_asked.connect(self.import_asked)
            page.export_asked.connect(self.export_asked)
            page.history_asked.connect(self.history_asked)
            page.keeping_asked.connect(self.keeping_asked)
            page.pause_asked.connect(self.pause_asked)
            page.show_paused(self._paused_until)
            page.hiding_asked.connect(self._switch_hiding)
            page.show_hiding(self._vault.setting(HIDE_CLEAR_FACTS) is True)
            page.codes_hiding_asked.connect(self._switch_codes)
            page.show_codes_hidden(self._vault.setting(HIDE_CODES) is True)
            page.hinting_asked.connect(self._switch_hints)
            page.show_hinting(self._vault.setting(HINTS) is not False)
            self.place.open(page)
            self.refresh()
            self._keyring.look()
        self.place.page_wanted.emit(page)
        if at is not None:
            page.show_section(at)

    def rows(self) -> "list[FoundSetting]":
        """Return what can be set, as Ctrl+K finds it."""
        from watchword.desktop.shell.found_settings import settings_in

        page = self.place.settings
        if page is not None:
            return settings_in(page)
        # A page asks the system for what it shows: one is made only where its texts may be others.
        if self._found_with != self._preferences.now:
            blank = self._make_page()
            self._found, self._found_with = settings_in(blank), self._preferences.now
            blank.deleteLater()
        return self._found

    def _make_page(self) -> "SettingsPage":
        from watchword.desktop.settings.about_section import AboutSection
        from watchword.desktop.settings.settings_page import SettingsPage
        from watchword.desktop.shell.settings_sections import make_sections

        about = AboutSection()
        about.about_asked.connect(self.about_asked)
        about.report_asked.connect(self.report_asked)
        return SettingsPage((*make_sections(self._preferences, self._jobs), about))

    def open_at(self, setting: "FoundSetting") -> None:
        """Show the settings with the keyboard on one of them."""
        from watchword.desktop.shell.found_settings import focus_setting

        self.open()
        if self.place.settings is not None:
            focus_setting(self.place.settings, setting)

    def refresh(self) -> None:
        """Show what is so now, where it is shown at all."""
        page = self.place.settings
        if page is None:
            return
        from watchword.desktop.shell import history_words, settings_words

        page.show_history(
            history_words.kept(self._vault.history, days_kept(self._vault.setting(DAYS_KEPT)))
        )
        page.show_ways(
            settings_words.ways_of(
                self._vault.slots, self._clock.now(), key_unconfirmed=self.key_unconfirmed
            )
        )
        self._jobs.run(
            partial(traces.find_traces, self._vault.places),
            on_done=self._show_backups,
            lane=Lane.VAULT,
            page=page,
        )

    def show_paused(self, until: str) -> None:
        """Show until when the servers are not asked; empty: they are."""
        self._paused_until = until
        if self.place.settings is not None:
            self.place.settings.show_paused(until)

    def _show_backups(self, found: tuple[Trace, ...]) -> None:
        page = self.place.settings
        if page is None:
            return
        from watchword.desktop.shell import settings_words

        now = self._clock.now()
        page.show_backups(
            settings_words.backups_of(found, self._vault.id, now), settings_words.copy_name(now)
        )

    def _ask(
        self,
        question: "Question",
        change: Change,
        done: Callable[[Outcome], None],
        *,
        wakes_keyring: bool = False,
    ) -> None:
        page = self._changes.ask(question, change, done, wakes_keyring=wakes_keyring)
        page.back_pressed.connect(self.place.back)
        self.place.show(page)

    def _changed(self, title: str, outcome: Outcome) -> None:
        self.place.changed(title, outcome.unconfirmed)

    def _say_too_late(self) -> None:
        self.place.said.emit(self.tr("It was too late to cancel"))

    # Password ------------------------------------------------------------------------------------
    def change_password(self) -> None:
        """Ask for the old password and a new one; only for the new one where the key was given."""
        from watchword.desktop.settings.change_password_page import ChangePasswordPage

        page = ChangePasswordPage(self._jobs, by_key=self._by_recovery_key)
        page.back_pressed.connect(self.place.back)
        page.change_asked.connect(partial(self._change_password, page))
        self._changes.care_for(page)
        self.place.show(page)

    def _change_password(self, page: "ChangePasswordPage", old: str, new: str) -> None:
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

    def _password_changed(self, page: "ChangePasswordPage", old: str, outcome: Outcome) -> None:
        page.forget()
        self._by_recovery_key = False
        self.ways_changed.emit()
        if outcome.unconfirmed is not None:
            # The older backups are what a power cut would leave: nothing is asked about them yet.
            # Should it be locked first, this is saved then, and they are asked about later.
            self._vault.set_setting(OLDER_NOT_ASKED, True)
            self.place.back()
            self.place.tell_unconfirmed(
                self.tr("The password is changed, and not confirmed"),
                outcome.unconfirmed,
                partial(self._older.look, old),
            )
            return
        self._older.look(old)

    def ask_what_was_not_asked(self) -> None:
        """Ask about the older backups if the change of the password could not."""
        if self._vault.setting(OLDER_NOT_ASKED) is True:
            self._older.look("")

    def _older_answered(self, text: str, kind: str) -> None:
        self.place.back()
        self.refresh()
        self.place.tell(self.tr("The password is changed"), text, kind)
        if self._vault.setting(OLDER_NOT_ASKED) is True:
            self._vault.set_setting(OLDER_NOT_ASKED, False)
            self._saves.run(self._vault.save, page=self, quiet=True)

    # Recovery key --------------------------------------------------------------------------------
    def make_recovery_key(self) -> None:
        """Ask for the password, make a key in the place of any other, and show it once."""
        from watchword.desktop.shell import settings_words

        replaces = self.has_recovery_key

        def change(still_wanted: StillWanted) -> tuple[str, str, bool]:
            key = slots.add_recovery_key(
                self._vault, self._clock, cost=self._cost, still_wanted=still_wanted
            )
            confirmed = not self._vault.dirty
            if not confirmed:
                # The last notice says so; here the page of the key does.
                for text in self._vault.take_notices()[:-1]:
                    self._vault.notice(text)
            return key, slots.unconfirmed_recovery_key(self._vault), confirmed

        self._ask(
            settings_words.key_question(replaces=replaces),
            change,
            partial(self._show_key, replaces),
        )

    def _show_key(self, replaces: bool, outcome: Outcome) -> None:
        from watchword.desktop.shell import settings_words
        from watchword.desktop.unlock.recovery_page import RecoveryPage

        key, slot_id, confirmed = outcome.value
        page = RecoveryPage(key)
        if not confirmed:
            page.show_note(*settings_words.key_unconfirmed())
        elif replaces:
            page.show_note(*settings_words.key_replaced())
        page.copy_asked.connect(self.copy_asked)
        page.done.connect(partial(self._key_shown, slot_id, confirmed))
        self.place.show(page)

    def _key_shown(self, slot_id: str, confirmed: bool, typed_back: bool) -> None:
        from watchword.desktop.shell import settings_words

        self.place.back()
        if typed_back:
            self._note_key_typed(slot_id)
        elif confirmed:
            self.place.tell(*settings_words.key_put_off(), "warn")
        else:
            self._tell_key_unconfirmed(settings_words.unconfirmed())

    def _note_key_typed(self, slot_id: str) -> None:
        """Remember that the key is on paper; the save confirms the key's own, if that was not."""

        def note() -> None:
            slots.confirm_recovery_key(self._vault, slot_id)
            self._vault.save()

        def noted(_: None) -> None:
            self.refresh()
            self.ways_changed.emit()
            self.place.tell(self.tr("The recovery key is saved"))

        def failed(error: WatchwordError) -> None:
            if isinstance(error, SavedUnconfirmed):
                self._tell_key_unconfirmed(error)
            else:
                title = self.tr("It is not saved yet that you wrote the recovery key down")
                self.place.tell(title, rest_of(error), "warn")

        self._saves.run(note, again=note, on_done=noted, on_error=failed, page=self)

    def note_key_known(self) -> None:
        """Remember, in memory, that the recovery key is on paper: it opened the vault."""
        slots.confirm_recovery_key(self._vault, slots.unconfirmed_recovery_key(self._vault))

    def _tell_key_unconfirmed(self, error: SavedUnconfirmed) -> None:
        title = self.tr("The recovery key is saved, and not confirmed")
        self.place.tell_unconfirmed(title, error)

    def _remove_recovery_key(self) -> None:
        from watchword.desktop.shell import settings_words

        def change(_: StillWanted) -> None:
            for slot in self._vault.slots:
                if slot.kind == RECOVERY:
                    slots.remove_slot(self._vault, slot.id)

        self._ask(
            settings_words.key_removal_question(),
            change,
            partial(self._changed, self.tr("The recovery key is removed")),
        )

    # Backups -------------------------------------------------------------------------------------
    def _show_writing(self, writing: bool) -> None:
        if self.place.settings is not None:
            self.place.settings.show_writing(writing)

    def _show_hiding(self, on: bool) -> None:
        if self.place.settings is not None:
            self.place.settings.show_hiding(on)

    def _switch_hiding(self, on: bool) -> None:
        if on:
            if self.place.settings is not None:
                self.place.settings.hiding.setEnabled(False)
            self._copies.hide_facts()
        else:
            from watchword.desktop.shell import settings_words

            # To say more in clear is a weaker setting.
            self._ask(
                settings_words.showing_question(), self._copies.show_facts, self._facts_shown
            )

    def _facts_shown(self, outcome: Outcome) -> None:
        self._show_hiding(False)
        self._changed(self.tr("The number and the date are shown again"), outcome)

    # Accounts ------------------------------------------------------------------------------------
    def _switch_codes(self, on: bool) -> None:
        def switched() -> None:
            self.codes_hidden.emit(on)
            if self.place.settings is not None:
                self.place.settings.show_codes_hidden(on)

        self._switch(HIDE_CODES, on, switched)

    def _switch_hints(self, on: bool) -> None:
        def switched() -> None:
            self.hints_switched.emit(on)
            if self.place.settings is not None:
                self.place.settings.show_hinting(on)

        self._switch(HINTS, on, switched)

    def _switch(self, name: str, on: bool, then: Callable[[], None]) -> None:
        """Save a setting that is on or off; `then` comes once it is so."""

        def switched(unconfirmed: SavedUnconfirmed | None) -> None:
            then()
            if unconfirmed is not None:
                self.place.tell_unconfirmed(title_of(unconfirmed), unconfirmed)

        def failed(error: WatchwordError) -> None:
            self.place.tell(title_of(error), rest_of(error), "deny")

        work = partial(edits.set_setting, self._vault, name, on)
        self._saves.run(work, on_done=switched, on_error=failed, page=self)
