"""Where a vault and everything that belongs to it lie."""

import secrets
from dataclasses import dataclass
from pathlib import Path

OWN_NAME = "vault"


@dataclass(frozen=True, slots=True)
class Places:
    """The paths around one vault."""

    vault: Path
    backups: Path
    state: Path
    local_backups: Path | None = None  # on this computer's disk, when the others are not

    @classmethod
    def beside(cls, vault: Path, local_backups: Path | None = None) -> "Places":
        """Return the usual places: `backups/` and `state/` for the app's own vault file.

        Any other vault gets folders named after it, so that two vaults in one folder do not mix
        their backups. `local_backups` is a second folder for backups, of this vault alone.
        """
        if vault.name == OWN_NAME:
            folder = vault.parent
            return cls(vault, folder / "backups", folder / "state", local_backups)
        return cls(
            vault,
            vault.with_name(f"{vault.name}.backups"),
            vault.with_name(f"{vault.name}.state"),
            local_backups,
        )

    @property
    def backup_folders(self) -> tuple[Path, ...]:
        """Where backups may lie."""
        return (self.backups, self.local_backups) if self.local_backups else (self.backups,)

    @property
    def folder(self) -> Path:
        """The vault's folder."""
        return self.vault.parent

    @property
    def previous(self) -> Path:
        """The generation before."""
        return self.vault.with_name(f"{self.vault.name}.bak")

    @property
    def lock(self) -> Path:
        """What is locked while somebody saves; always empty."""
        return self.vault.with_name(f"{self.vault.name}.lock")

    @property
    def marker(self) -> Path:
        """The note of the newest generation seen."""
        return self.state / "last-seen.json"

    @property
    def password_note(self) -> Path:
        """The note of when the password was last given."""
        return self.state / "password-given.json"

    @property
    def installation_note(self) -> Path:
        """The note of the installation's id."""
        return self.state / "installation.json"

    def new_temporary(self) -> Path:
        """Return a name for a save in progress."""
        return self.folder / f".{self.vault.name}.{secrets.token_hex(4)}.tmp"

    def temporaries(self) -> list[Path]:
        """Return what interrupted saves left."""
        # Glob would read brackets in a person's file name as a pattern.
        start = f".{self.vault.name}."
        try:
            names = [path for path in self.folder.iterdir() if path.name.startswith(start)]
        except OSError:
            return []
        length = len(start) + len("12345678.tmp")
        return sorted(p for p in names if p.name.endswith(".tmp") and len(p.name) == length)
