"""One run of the program: which vault, which password, how to answer."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from watchword.cli.output import notice
from watchword.cli.password import PasswordSource
from watchword.clock import Clock, SystemClock
from watchword.system.folders import local_backups, synced_notice
from watchword.system.paths import vault_path
from watchword.system.process import harden

if TYPE_CHECKING:
    from watchword.vault import LockedVault, OpenVault, Places

# Scripts may start hundreds of these at once; each derives a key and saves in its turn.
_LOCK_WAIT_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the options before any command's own say."""

    passwords: PasswordSource
    given_vault: Path | None = None  # --vault; None: the app's own
    json: bool = False  # print the result as JSON
    yes: bool = False  # what would be asked is answered with yes
    clock: Clock = field(default_factory=SystemClock)

    @property
    def vault(self) -> Path:
        """The path of the vault. Raises NoHome where the system names no folder for it."""
        return self.given_vault or vault_path()

    @property
    def places(self) -> "Places":
        """Where the vault and what belongs to it lie."""
        from watchword.vault import Places

        return Places.beside(self.vault, local_backups(self.vault))

    def tell_of_folder(self) -> None:
        """Say on stderr that the vault lies in a sync program's folder, where it does."""
        if text := synced_notice(self.vault.parent):
            notice(f"{text}.")

    def locked(self) -> "LockedVault":
        """Return the vault, locked, if there is one."""
        from watchword.vault import LockedVault

        return LockedVault(self.vault, places=self.places, wait=_LOCK_WAIT_SECONDS)

    def vault_password(self) -> str:
        """Read the password; where there is no vault, nobody is asked for it. Raises Misused."""
        return self.passwords.read() if self.locked().exists() else ""

    def ask_again(self, vault: "OpenVault") -> None:
        """Ask a person for the password once more; a script's first line says it already.

        Raises WrongPassword.
        """
        if self.passwords.interactive:
            vault.check_password(self.passwords.read("The password again: "))

    @contextmanager
    def opened(
        self, *, writing: bool = False, password: str | None = None
    ) -> Iterator["OpenVault"]:
        """Open the vault with the password; its keys are wiped at the end, whatever happens.

        With `writing`, processes that start at once derive their keys one after the other: all
        together they could fill the memory. Raises WrongPassword, VaultDamaged, VaultError, or
        Misused when there is no password.
        """
        harden()
        locked = self.locked()
        if password is None:
            password = self.vault_password()
        with locked.holding_the_lock() if writing and locked.exists() else nullcontext():
            vault = locked.unlock(password, clock=self.clock)
        try:
            for text in vault.take_notices():
                notice(f"{text}.")
            yield vault
        finally:
            vault.lock()
