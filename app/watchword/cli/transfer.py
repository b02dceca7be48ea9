"""`import` and `export`: many accounts at once, from a file and into one."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from watchword.cli import errors
from watchword.cli.accounts import as_json
from watchword.cli.arguments import Commands
from watchword.cli.errors import Declined, Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines
from watchword.cli.password import PasswordSource, confirmed, descriptor
from watchword.cli.selecting import name
from watchword.transfer import files, registry
from watchword.transfer.format import Format, Protection, Skipped
from watchword.transfer.plan import Plan, plan
from watchword.vault.account import Account

_TOLD = 20  # lines; a file can hold thousands of accounts


def add_to(commands: Commands) -> None:
    """Describe the commands."""
    taking = commands.add("import", "add the accounts of another app's file", run=run_import)
    taking.add_argument("file", metavar="FILE")
    taking.add_argument(
        "--format",
        choices=[each.name for each in registry.FORMATS],
        help="what the file is; without it, its contents tell",
    )
    taking.add_argument(
        "--dry-run", action="store_true", help="print what would be added, and change nothing"
    )
    giving = commands.add("export", "write the accounts to a file", run=run_export)
    giving.add_argument("file", metavar="FILE")
    giving.add_argument(
        "--format",
        required=True,
        choices=[each.name for each in registry.FORMATS],
        help="watchword is encrypted; the others are not",
    )
    for command in (taking, giving):
        command.add_argument(
            "--file-password-fd",
            type=descriptor,
            metavar="N",
            help="read the file's own password, one line, from this file descriptor",
        )


def run_import(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Add what is new in a file, in one save, or nothing."""
    data = files.read_file(Path(arguments.file))
    format_ = registry.named(arguments.format) if arguments.format else registry.format_of(data)
    with invocation.opened(writing=not arguments.dry_run) as vault:
        password = ""
        if format_.encrypted:
            source = _file_passwords(invocation, arguments.file_password_fd)
            password = source.read("The file's password: ")
        planned = plan(format_.read(data, password), vault.accounts)
        if planned.new and not arguments.dry_run:
            vault.add(planned.new)
            vault.save()
            for text in vault.take_notices():
                notice(f"{text}.")
    _tell(planned, format_, dry_run=arguments.dry_run)
    accounts = [as_json(each) for each in planned.new]
    if arguments.dry_run:
        # These ids die with this process, so nobody should keep them.
        accounts = [{**each, "id": None} for each in accounts]
    result = {
        "format": format_.name,
        "added": len(planned.new),
        "duplicates": len(planned.duplicates),
        "skipped": [asdict(each) for each in planned.skipped],
        "accounts": accounts,
    }
    if invocation.json:
        print_json(result)
    else:
        print_lines(*_lines(planned.new, dry_run=arguments.dry_run))
    return errors.OK


def run_export(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Write a new file with every account that has codes."""
    format_ = registry.named(arguments.format)
    given = arguments.file_password_fd
    if given is not None and not format_.encrypted:
        raise Misused(
            f"A {format_.name} file has no password", "It is plain text", "Leave the option out"
        )
    path = Path(arguments.file).absolute()
    replacing = _may_replace(invocation, path)
    with invocation.opened() as vault:
        invocation.ask_again(vault)
        password = ""
        if format_.encrypted:
            password = _file_passwords(invocation, given).choose("the file")
        written = format_.write(vault.accounts, Protection(password, invocation.clock))
    files.write_file(path, written.data, invocation.places, replacing=replacing)
    _tell_skipped(written.skipped)
    for text in written.notices:
        notice(text)
    if not format_.encrypted:
        notice(
            f"{path} is not protected: whoever reads it can make your codes. "
            "Delete it once it has served."
        )
    result: dict[str, Any] = {
        "format": format_.name,
        "exported": written.exported,
        "skipped": [asdict(each) for each in written.skipped],
    }
    if invocation.json:
        print_json(result)
    else:
        print_lines(f"{_count(written.exported)} written to {path}")
    return errors.OK


def _may_replace(invocation: Invocation, path: Path) -> bool:
    """Tell whether a file that is there is to be replaced. Raises NotExported, FileThere, Declined."""
    try:
        files.check_target(path, invocation.places, replacing=False)
    except files.FileThere as error:
        what = f"{path} is there already"
        answer = invocation.yes or confirmed(f"{what}. Replace it?")
        if answer is None:
            raise files.FileThere(
                error.title, error.reason, "Choose another name, or use --yes to replace it"
            ) from None
        if not answer:
            raise Declined("Not exported", what, "Choose another name") from None
        return True
    return False


def _file_passwords(invocation: Invocation, given: int | None) -> PasswordSource:
    """Return where the file's password comes from. Raises Misused where a script gave none."""
    if given == 0:
        # What is left of standard input's first bytes is in a buffer, which this way reads on.
        return PasswordSource(standard_input=True)
    if given is None and not invocation.passwords.interactive:
        raise Misused(
            "The file's password was not given",
            "It is not the vault's",
            "Use --file-password-fd N",
        )
    return PasswordSource(given)


def _tell(planned: Plan, format_: Format, *, dry_run: bool) -> None:
    _tell_skipped(planned.skipped)
    alike = [
        f"{name(account)} was kept beside {name(planned.alike[account.id])}, which is like it."
        for account in planned.new
        if account.id in planned.alike
    ]
    _tell_some(alike)
    _tell_some(
        [
            f"{name(account)}: {' '.join(planned.remarks[account.id])}"
            for account in planned.new
            if account.id in planned.remarks
        ]
    )
    for text in planned.notices:
        notice(text)
    added = "would be added" if dry_run else "added"
    notice(
        f"{format_.title}: {len(planned.new)} {added}, {len(planned.duplicates)} already here, "
        f"{len(planned.skipped)} skipped."
    )


def _tell_skipped(skipped: Sequence[Skipped]) -> None:
    _tell_some([f"{each.name}: skipped. {each.reason}." for each in skipped])


def _tell_some(lines: list[str]) -> None:
    for line in lines[:_TOLD]:
        notice(line)
    if len(lines) > _TOLD:
        notice(f"And {len(lines) - _TOLD} more like these.")


def _lines(accounts: Sequence[Account], *, dry_run: bool) -> list[str]:
    return [name(each) if dry_run else f"{each.id}  {name(each)}" for each in accounts]


def _count(exported: int) -> str:
    return "1 account" if exported == 1 else f"{exported:,} accounts"
