"""`remove`, `trash`, `restore`, `edit` and `export-secret`: one account at a time."""

import argparse
from dataclasses import replace
from typing import Any

from watchword.cli import errors
from watchword.cli.accounts import as_json
from watchword.cli.arguments import Commands
from watchword.cli.errors import Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines, print_table
from watchword.cli.password import descriptor, read_pin
from watchword.cli.selecting import name, select
from watchword.otp.parameters import OtpParameters
from watchword.plain_text import NOTE_LIMIT, plain_text
from watchword.vault.account import Account


def add_to(commands: Commands) -> None:
    """Describe the commands."""
    remove = commands.add("remove", "move an account to the trash, for 30 days", run=run_remove)
    _add_selector(remove)
    commands.add("trash", "print the accounts in the trash", run=run_trash)
    restore = commands.add("restore", "bring an account back from the trash", run=run_restore)
    _add_selector(restore)
    edit = commands.add("edit", "change what an account is called and marked with", run=run_edit)
    _add_selector(edit)
    edit.add_argument("--issuer", metavar="TEXT")
    edit.add_argument("--account", metavar="TEXT")
    edit.add_argument("--note", metavar="TEXT", help="an empty text removes the note")
    edit.add_argument(
        "--tag", action="append", metavar="TEXT", help="these tags instead of the present ones"
    )
    edit.add_argument("--no-tags", action="store_true", help="no tags any more")
    edit.add_argument("--favourite", action=argparse.BooleanOptionalAction, default=None)
    edit.add_argument(
        "--pin-fd",
        metavar="N",
        type=descriptor,
        help="read a new PIN (mOTP, Yandex) from this file descriptor",
    )
    secret = commands.add(
        "export-secret", "print an account's link with its secret", run=run_export_secret
    )
    _add_selector(secret)


def run_remove(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Move an account to the trash."""
    with invocation.opened(writing=True) as vault:
        account = select(vault.accounts, arguments.selector)
        vault.remove(account.id)
        vault.save()
    if account.link and account.link.state == "active":
        notice("Its server still lists this computer: remove it there as well.")
    return _report(invocation, account)


def run_trash(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    """Print what was removed, the last first."""
    with invocation.opened() as vault:
        accounts = [trashed.entry.account for trashed in vault.trash]
    if invocation.json:
        print_json([as_json(each) for each in accounts])
    elif accounts:
        print_table([(each.id, each.type, name(each)) for each in accounts])
    else:
        notice("The trash is empty.")
    return errors.OK


def run_restore(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Bring an account back."""
    with invocation.opened(writing=True) as vault:
        trashed = [each.entry.account for each in vault.trash]
        account = select(trashed, arguments.selector)
        vault.restore(account.id)
        vault.save()
    return _report(invocation, account)


def run_edit(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Change the members that were given, and only those."""
    changes: dict[str, Any] = {}
    for member in ("issuer", "account"):
        if (text := getattr(arguments, member)) is not None:
            changes[member] = _kept(text)
    if arguments.note is not None:
        changes["note"] = plain_text(arguments.note, limit=NOTE_LIMIT, lines=True)
    if arguments.tag and arguments.no_tags:
        raise Misused("--tag and --no-tags exclude each other", "", "Give one")
    if arguments.tag or arguments.no_tags:
        changes["tags"] = tuple(dict.fromkeys(filter(None, map(_kept, arguments.tag or ()))))
    if arguments.favourite is not None:
        changes["favourite"] = arguments.favourite
    pin = read_pin(arguments.pin_fd) if arguments.pin_fd is not None else None
    if not changes and pin is None:
        raise Misused("There is nothing to change", "", "See edit --help")
    with invocation.opened(writing=True) as vault:
        found = select(vault.accounts, arguments.selector)
        if pin is not None:
            changes["otp"] = _with_pin(found, pin)
        account = replace(found, **changes)
        vault.replace(account)
        vault.save()
    return _report(invocation, account)


def run_export_secret(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Print the link that holds the secret; at a terminal the password is asked again."""
    from watchword.otp import otpauth

    with invocation.opened() as vault:
        account = select(vault.accounts, arguments.selector)
        if account.unread_otp:
            raise Misused(
                f"The secret of {name(account)} is of a kind this version does not know",
                "A newer Watchword wrote it; it is kept as it is",
                "Update Watchword",
            )
        if account.otp is None:
            raise Misused(f"{name(account)} has no secret", "It only takes login requests")
        invocation.ask_again(vault)
        uri = otpauth.write(account.otp, account.issuer, account.account)
    if invocation.json:
        print_json({"uri": uri})
    else:
        print_lines(uri)
    return errors.OK


def _with_pin(account: Account, pin: str) -> OtpParameters:
    """Return what the account's codes are made of, with another PIN. Raises Misused, PinRefused."""
    if account.otp is None or not account.otp.type.needs_pin:
        raise Misused(
            f"The codes of {name(account)} have no PIN", "Only those of mOTP and Yandex have one"
        )
    return replace(account.otp, pin=pin)


def _add_selector(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "selector", metavar="SELECTOR", help="an id, or a text that only one account answers to"
    )


def _kept(text: str) -> str:
    # The vault refuses what is too long; only what would act instead of show is taken out.
    return plain_text(text, limit=max(len(text), 1))


def _report(invocation: Invocation, account: Account) -> int:
    if invocation.json:
        print_json(as_json(account))
    else:
        print_lines(f"{account.id}  {name(account)}")
    return errors.OK
