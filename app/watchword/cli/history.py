"""`history`: what was answered to login requests, oldest first."""

import argparse
from datetime import datetime
from typing import Any

from watchword.cli.arguments import Commands
from watchword.cli.errors import OK
from watchword.cli.invocation import Invocation
from watchword.cli.output import print_json, print_table
from watchword.cli.requests import whole
from watchword.vault import OpenVault


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    commands.add("history", "list what was answered to login requests", run=_history)


def _history(invocation: Invocation, _arguments: argparse.Namespace) -> int:
    with invocation.opened() as vault:
        history = rows(vault)
    if invocation.json:
        print_json(history)
    else:
        print_table([_cells(row) for row in history])
    return OK


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row["at"]).astimezone()
    when = at.strftime("%Y-%m-%d %H:%M:%S")
    return (when, row["service"], row["account"], row["ip"], row["decision"], row["result"])


def rows(vault: OpenVault) -> list[dict[str, Any]]:
    """Return the history as the contract of the command line has it."""
    return [
        {
            "at": whole(round(entry.at, 3)),
            "service": entry.service,
            "account": entry.account,
            "ip": entry.ip,
            "decision": entry.decision,
            "result": entry.result,
        }
        for entry in vault.history
    ]
