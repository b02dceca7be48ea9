"""`vault check | passwd | backup | restore | slots`: keeping the vault in good order."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchword.cli import errors
from watchword.cli.arguments import Commands
from watchword.cli.errors import Declined, Misused
from watchword.cli.folder import check_folder
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines, print_table
from watchword.cli.password import PasswordSource, confirmed, descriptor
from watchword.system.process import harden

if TYPE_CHECKING:
    from watchword.vault import OpenVault


def add_to(vault: Commands) -> None:
    """Describe the commands that follow the word `vault`."""
    check = vault.add("check", "open a vault file and test all of it", run=run_check)
    check.add_argument("file", nargs="?", metavar="FILE", help="instead of the vault in use")
    passwd = vault.add("passwd", "change the password", run=run_passwd)
    passwd.add_argument(
        "--new-password-fd",
        type=descriptor,
        metavar="N",
        help="read the new password, one line, from this file descriptor",
    )
    passwd.add_argument(
        "--backups",
        choices=("reseal", "delete", "keep"),
        default="keep",
        help="what becomes of backups that open with the old password",
    )
    backup = vault.add("backup", "write a copy of the vault, verified", run=run_backup)
    backup.add_argument("file", metavar="FILE")
    restore = vault.add("restore", "put a copy in the vault's place", run=run_restore)
    restore.add_argument("file", metavar="FILE", help="a backup, or the .bak beside the vault")
    vault.add(
        "moved", "the vault was moved here: its devices are this computer's now", run=run_moved
    )
    vault.add(
        "copied", "the vault was copied: here its linked accounts give codes only", run=run_copied
    )
    slots = vault.add("slots", "the ways to open the vault: print, add, remove", run=run_slots)
    slots.add_argument("action", nargs="?", choices=("add", "remove"))
    slots.add_argument("what", nargs="?", metavar="recovery|ID")


def run_check(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Open a file as for use, and see which of the copies beside the vault are whole."""
    from watchword.vault import LockedVault, TraceKind

    harden()
    given = Path(arguments.file).absolute() if arguments.file else None
    locked = LockedVault(given) if given else invocation.locked()
    path = locked.path
    if not given and not locked.exists():
        locked.unlock("")  # says what is missing; nobody is asked for a password
    vault = locked.unlock(invocation.passwords.read(), clock=invocation.clock)
    try:
        info = vault.info()
    finally:
        vault.lock()
    copies = [
        {
            "file": str(trace.path),
            "sound": trace.sound,
            "generation": trace.generation,
            "accounts": trace.accounts,
            "saved_at": trace.saved_at,
        }
        for trace in locked.traces()
        if trace.kind in {TraceKind.PREVIOUS, TraceKind.BACKUP, TraceKind.UNFINISHED}
    ]
    result = {
        "file": str(path),
        "sound": True,
        "generation": info["generation"],
        "accounts": info["accounts"],
        "copies": copies,
    }
    for copy in copies:
        if not copy["sound"]:
            notice(f"{copy['file']} is damaged.")
    if not given:
        invocation.tell_of_folder()
    _report(invocation, result)
    return errors.OK


def run_passwd(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Change the password; the recovery key and the keyring's entry go on opening the vault."""
    from watchword.vault import recovery, slots

    old = invocation.vault_password()
    with invocation.opened(writing=True, password=old) as vault:
        new = _new_password(invocation, arguments.new_password_fd)
        slots.change_password(vault, new, invocation.clock)
        result: dict[str, Any] = {"changed": True, "resealed": 0, "deleted": 0}
        if arguments.backups == "reseal":
            result["resealed"], left = recovery.reseal_backups(vault, old)
            for path in left:
                notice(f"{path} does not open with the old password and was left as it is.")
        elif arguments.backups == "delete":
            result["deleted"] = recovery.delete_backups(vault)
        result["older"] = len(recovery.older_backups(vault))
    if result["older"]:
        notice(
            f"{result['older']} older backups still open with an earlier password. "
            "--backups reseal re-encrypts them, --backups delete removes them."
        )
    _report(invocation, result)
    return errors.OK


def run_moved(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    """Give every device another key; servers that cannot be reached now are told later."""
    from watchword.approvals import moving
    from watchword.approvals.keeping import VaultKeeper
    from watchword.cli.requests import mark_revoked
    from watchword.errors import RemoteError
    from watchword.providers.provider import Providers

    with invocation.opened(writing=True) as vault:
        _must_be_asked(vault)
        accounts = moving.moved(vault, invocation.clock.now())
        waiting, lost, shared = [], [], []
        for account in accounts:
            if account.link and not moving.can_move(account.link):
                shared.append(account.id)
                notice(
                    f"{account.issuer or account.account}: its server cannot change a device's key. "
                    "The other computer can still answer; remove the account there, or link it anew."
                )
        with closing(Providers(invocation.clock, keeper=VaultKeeper(vault))) as providers:
            for account in (a for a in vault.accounts if a.link and a.link.next_key):
                link = account.link
                provider = providers.of(link) if link else None
                try:
                    if link and provider and provider.poll(account.id, link).revoked:
                        lost.append(account.id)
                        mark_revoked(vault, account.id)
                        notice(f"{account.issuer}: another computer has taken its device over.")
                except RemoteError as error:
                    waiting.append(account.id)
                    notice(f"{account.issuer or account.account}: {error}")
    moved = [account.id for account in accounts if account.id not in (*waiting, *lost, *shared)]
    _report_lists(invocation, {"moved": moved, "waiting": waiting, "lost": lost, "shared": shared})
    return errors.OK


def run_copied(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    """Leave the devices to the other computer."""
    from watchword.approvals import moving

    with invocation.opened(writing=True) as vault:
        _must_be_asked(vault)
        accounts = moving.copied(vault)
    _report_lists(invocation, {"copied": [account.id for account in accounts]})
    return errors.OK


def _must_be_asked(vault: "OpenVault") -> None:
    from watchword.approvals import moving

    if not moving.is_elsewhere(vault):
        raise Declined(
            "There is nothing to decide",
            "This vault was last used on this computer, or no account of it is linked",
            "",
        )


def _report_lists(invocation: Invocation, result: dict[str, list[str]]) -> None:
    if invocation.json:
        print_json(result)
    else:
        print_table([(word, each) for word, ids in result.items() for each in ids])


def run_backup(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Write the vault as it is on disk to a new file, and read it back."""
    from watchword.vault import recovery

    path = Path(arguments.file).absolute()
    with invocation.opened() as vault:
        recovery.write_backup(vault, path)
        result = {
            "file": str(path),
            "generation": vault.generation,
            "accounts": len(vault.accounts),
        }
    _report(invocation, result)
    return errors.OK


def run_restore(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Put a copy in the vault's place; what was there is kept among the backups."""
    from watchword.vault import TraceKind, recovery

    harden()
    source = Path(arguments.file).absolute()
    recovery.read_vault_file(source)
    traces = invocation.locked().traces()
    if not traces:
        check_folder(invocation)
    password = invocation.passwords.read()
    current = [trace for trace in traces if trace.kind is TraceKind.VAULT]
    if current and current[0].sound and not invocation.yes:
        what = "The vault in use is whole, and the copy takes its place."
        if not confirmed(f"{what} Go on?"):
            raise Declined(what, "Nothing was changed", "Use --yes; it is kept among the backups")
    restored = recovery.restore(invocation.places, source, password, invocation.clock.now())
    _report(
        invocation,
        {
            "vault": str(invocation.vault),
            "from": str(source),
            "generation": restored.generation,
            "accounts": restored.accounts,
            "kept": str(restored.kept) if restored.kept else None,
        },
    )
    return errors.OK


def run_slots(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Print the ways to open the vault, or change them."""
    action, what = arguments.action, arguments.what
    if action and not what:
        raise Misused(f"slots {action} needs to know what", "", "See slots --help")
    if action == "add" and what not in {"recovery", "keyring"}:
        raise Misused(f"There is no way to open a vault called “{what}”", "", "Say recovery")
    with invocation.opened(writing=bool(action)) as vault:
        result: dict[str, Any] = {}
        if action:
            invocation.ask_again(vault)
            result = _change_slots(invocation, vault, action, what)
        result["slots"] = [slot.members() for slot in vault.slots]
        # A key is printed although its save was not confirmed: any older one is dead by then.
        status = errors.FAILED if vault.dirty else errors.OK
    if invocation.json:
        print_json(result)
        return status
    if key := result.get("recovery_key"):
        print_lines(f"Recovery key: {key}")
    print_table([(each["id"], each["kind"]) for each in result["slots"]])
    return status


def _change_slots(
    invocation: Invocation, vault: "OpenVault", action: str, what: str
) -> dict[str, Any]:
    from watchword.vault import slots

    if action == "remove":
        slots.remove_slot(vault, what)  # an entry left in the keyring opens nothing any more
        return {}
    if what == "recovery":
        key = slots.add_recovery_key(vault, invocation.clock)
        for text in vault.take_notices():
            notice(text)
        notice(
            "Write the recovery key down and keep it away from this computer. It is not shown "
            "again, and an older one no longer opens the vault."
        )
        return {"recovery_key": key}
    from watchword.system.keyring import SystemKeyring
    from watchword.system.paths import is_portable
    from watchword.vault import keyring_slot

    if is_portable():
        raise Misused("A portable vault is not opened by a computer's keyring", "", "")
    keyring = SystemKeyring(keyring_slot.KeyringUnavailable)
    keyring_slot.turn_on(vault, keyring, invocation.clock)
    notice("Other programs of yours can open the vault too now, while you are logged in.")
    return {}


def _new_password(invocation: Invocation, from_descriptor: int | None) -> str:
    source = invocation.passwords
    if from_descriptor is not None:
        source = PasswordSource(from_descriptor, standard_input=False)
    return source.choose()


def _report(invocation: Invocation, result: dict[str, Any]) -> None:
    if invocation.json:
        print_json(result)
        return
    rows: list[tuple[str, ...]] = [
        (key, str(value)) for key, value in result.items() if not isinstance(value, list)
    ]
    print_table(rows)
