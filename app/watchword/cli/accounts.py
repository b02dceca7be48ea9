"""`list` and `code`: the accounts, and the code of one."""

import argparse
import re
from typing import Any

from watchword.cli import errors
from watchword.cli.arguments import Commands
from watchword.cli.errors import Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines, print_table
from watchword.cli.selecting import name, select
from watchword.errors import KnownError
from watchword.otp.code import Code, code_at, next_code_at
from watchword.otp.parameters import OtpType
from watchword.vault.account import Account

_UNIX_TIME = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)


class NoCodes(KnownError):
    """The account only takes login requests."""


def add_to(commands: Commands) -> None:
    """Describe the commands."""
    commands.add("list", "print the accounts, no secrets", run=run_list)
    code = commands.add("code", "print an account's code", run=run_code)
    code.add_argument(
        "selector", metavar="SELECTOR", help="an id, or a text that only one account answers to"
    )
    code.add_argument(
        "--at", type=_unix_time, metavar="UNIX", help="the code of that time, in Unix seconds"
    )


def run_list(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    """Print every account in the vault's order."""
    with invocation.opened() as vault:
        accounts = vault.accounts
    if invocation.json:
        print_json([as_json(each) for each in accounts])
    elif accounts:
        print_table([(each.id, each.type, name(each)) for each in accounts])
    else:
        notice("There are no accounts yet. “watchword-cli add” adds one.")
    return errors.OK


def run_code(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Print one code; a counter is moved on and saved before its code is shown."""
    with invocation.opened() as vault:
        account = select(vault.accounts, arguments.selector)
        otp = account.otp
        if account.unread_otp:
            raise NoCodes(
                f"The codes of {name(account)} are of a kind this version does not know",
                "A newer Watchword wrote them; they are kept as they are",
                "Update Watchword",
            )
        if otp is None:
            raise NoCodes(
                f"{name(account)} has no codes", "It only takes login requests", "See “requests”"
            )
        if otp.type is OtpType.HOTP:
            if arguments.at is not None:
                raise Misused(
                    f"{name(account)} moves on by a counter",
                    "Its codes do not depend on the time",
                    "Leave --at out",
                )
            # A code that was shown but not counted would be refused, or worse, shown again.
            otp = vault.advance_counter(account.id)
        at = invocation.clock.now() if arguments.at is None else arguments.at
        code, following = code_at(otp, at), next_code_at(otp, at)
    if invocation.json:
        print_json(_code_as_json(code, following))
    else:
        print_lines(code.value)
    return errors.OK


def as_json(account: Account) -> dict[str, Any]:
    """Return an account as every command prints it; nothing in it is secret."""
    otp, link = account.otp, account.link
    server = None
    if link is not None:
        server = {
            "url": link.origin,
            "kind": link.kind,
            "device_name": link.device_name,
            "state": link.state,
        }
    return {
        "id": account.id,
        "type": account.type,
        "issuer": account.issuer,
        "account": account.account,
        "algorithm": otp.algorithm.value if otp else None,
        "digits": otp.digits if otp else None,
        "period": otp.period if otp and otp.type is not OtpType.HOTP else None,
        "counter": otp.counter if otp and otp.type is OtpType.HOTP else None,
        "tags": list(account.tags),
        "note": account.note,
        "favourite": account.favourite,
        "server": server,
    }


def _code_as_json(code: Code, following: Code | None) -> dict[str, Any]:
    return {
        "code": code.value,
        "valid_from": code.valid_from,
        "valid_until": code.valid_until,
        "next_code": following.value if following else None,
    }


def _unix_time(text: str) -> float:
    if not _UNIX_TIME.fullmatch(text):
        raise argparse.ArgumentTypeError("not a time in Unix seconds from 1970 on")
    return float(text)
