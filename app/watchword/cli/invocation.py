"""One run of the program: which vault, which password, how to answer."""

from dataclasses import dataclass, field
from pathlib import Path

from watchword.cli.password import PasswordSource
from watchword.clock import Clock, SystemClock
from watchword.system.paths import vault_path


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
