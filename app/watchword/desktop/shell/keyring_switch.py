"""Whether this computer's keyring opens the vault: looked for, shown, switched on and off."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.shell.guarded import Change, Outcome, StillWanted
from watchword.desktop.shell.settings_place import SettingsPlace
from watchword.system.paths import is_portable
from watchword.vault import OpenVault, keyring_slot
from watchword.vault.file_format import KEYRING
from watchword.vault.keyring_slot import Keyring

if TYPE_CHECKING:
    from watchword.desktop.settings.password_again_page import Question


class Ask(Protocol):
    """Asks for the password, makes a change and tells what came of it."""

    def __call__(
        self,
        question: "Question",
        change: Change,
        done: Callable[[Outcome], None],
        *,
        wakes_keyring: bool = False,
    ) -> None:
        """`wakes_keyring`: the keyring is unlocked in between, if it must be."""
        ...


class KeyringSwitch(QObject):
    """Moves the switch on the settings' page only once it is so."""

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        place: SettingsPlace,
        keyring: Keyring | None,
        parent: QObject | None = None,
    ) -> None:
        """`keyring` None: this installation uses none."""
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._place = place
        self._keyring = keyring

    def look(self) -> None:
        """Show whether the keyring opens the vault, and whether there is one, once that is known."""
        page = self._place.settings
        if page is None:
            return
        if self._keyring is None:
            self._show(False)
            return
        page.show_keyring(self.tr("Looking for it…"), on=self._is_on(), possible=False)
        self._jobs.run(
            self._keyring.available,
            on_done=self._show,
            on_error=lambda _: self._show(False),
            lane=Lane.KEYRING,
            page=page,
        )

    def _show(self, available: bool) -> None:
        page = self._place.settings
        if page is None:
            return
        from watchword.desktop.shell import settings_words

        on = self._is_on()
        why_not = ""
        if not available:
            why_not = settings_words.no_keyring(portable=is_portable())
        # What was switched on elsewhere can be switched off here all the same.
        page.show_keyring(
            settings_words.keyring(self._vault.slots, why_not, self._clock.now()),
            on=on,
            possible=available or on,
        )

    def _is_on(self) -> bool:
        return any(slot.kind == KEYRING for slot in self._vault.slots)

    def switch(self, ask: Ask, on: bool) -> None:
        """Switch it, after the password that `ask` asks for."""
        from watchword.desktop.shell import settings_words

        if on:
            title = self.tr("This computer’s keyring opens the vault now")
        else:
            title = self.tr("The keyring does not open the vault any more")
        ask(
            settings_words.keyring_question(on=on),
            self._turn_on if on else self._turn_off,
            partial(self._switched, title),
            wakes_keyring=on,
        )

    def _turn_on(self, _: StillWanted) -> None:
        if self._keyring is not None:
            keyring_slot.turn_on(self._vault, self._keyring, self._clock)

    def _turn_off(self, _: StillWanted) -> None:
        keyring_slot.turn_off(self._vault, self._keyring)

    def _switched(self, title: str, outcome: Outcome) -> None:
        self.look()
        self._place.changed(title, outcome.unconfirmed)
