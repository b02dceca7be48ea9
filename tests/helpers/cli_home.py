"""A folder as WATCHWORD_HOME, with the installed command line run in it."""

from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from programs import cli, result

from watchword.clock import SystemClock
from watchword.vault import LockedVault
from watchword.vault.account import Account

PASSWORD = "correct horse"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@dataclass
class Home:
    """A folder as WATCHWORD_HOME, and the program run in it."""

    path: Path

    @property
    def vault(self) -> Path:
        return self.path / "vault"

    def run(
        self, *arguments: str, password: str | None = PASSWORD, **more: Any
    ) -> CompletedProcess[str]:
        return cli(*arguments, home=self.path, password=password, **more)

    def json(self, *arguments: str, **more: Any) -> Any:
        return result(self.run("--json", *arguments, **more))

    def add(self, *uris: str) -> list[dict[str, Any]]:
        added: list[dict[str, Any]] = self.json("add", "--yes", *uris)["added"]
        return added

    def accounts(self) -> tuple[Account, ...]:
        """What the vault holds, read without the program."""
        vault = LockedVault(self.vault).unlock(PASSWORD, clock=SystemClock())
        try:
            return vault.accounts
        finally:
            vault.lock()
