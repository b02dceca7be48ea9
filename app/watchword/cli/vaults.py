"""`init` and `vault info`: making a vault, and what there is to know about it."""

import argparse
from datetime import UTC, datetime
from typing import Any

from watchword.cli import errors, upkeep
from watchword.cli.arguments import Commands
from watchword.cli.folder import check_folder
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines, print_table
from watchword.system.process import harden


def add_to(commands: Commands) -> None:
    """Describe the commands."""
    init = commands.add("init", "make a vault", run=run_init)
    init.add_argument(
        "--no-recovery-key",
        action="store_true",
        help="make none: without the password the vault is then lost",
    )
    vault = commands.group("vault", "what there is to know about the vault")
    vault.add("info", "print what the vault is and holds, no secrets", run=run_info)
    upkeep.add_to(vault)


def run_init(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Make a vault where there is no trace of one, and print its recovery key once."""
    from watchword.vault import VaultExists, create_vault

    harden()
    if invocation.locked().exists():
        raise VaultExists(
            "There is a vault already",
            f"It, or what is left of one, lies at {invocation.vault.parent}",
            "Use it, or make another with --vault PATH",
        )
    check_folder(invocation)
    password = invocation.passwords.choose()
    vault, recovery_key = create_vault(
        invocation.vault,
        password,
        recovery_key=not arguments.no_recovery_key,
        clock=invocation.clock,
        places=invocation.places,
    )
    vault.lock()
    if invocation.json:
        print_json({"vault": str(vault.path), "recovery_key": recovery_key})
    else:
        print_lines(f"Vault: {vault.path}")
        if recovery_key:
            print_lines(f"Recovery key: {recovery_key}")
    if recovery_key:
        notice(
            "Write the recovery key down and keep it away from this computer. It opens the vault "
            "without the password, and is not shown again."
        )
    return errors.OK


def run_info(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    """Print the vault's figures."""
    with invocation.opened() as vault:
        info = vault.info()
    invocation.tell_of_folder()
    if invocation.json:
        print_json(info)
    else:
        print_table([(key.replace("_", " "), _in_words(key, info[key])) for key in info])
    return errors.OK


def _in_words(key: str, value: Any) -> str:
    """Return one of the figures as people read it."""
    if key == "slots":
        return ", ".join(slot["kind"] for slot in value)
    if key == "saved_at" and value is not None:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return "unknown" if value is None else str(value)
