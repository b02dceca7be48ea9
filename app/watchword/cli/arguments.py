"""The command line's grammar: what every command takes, before or after its name."""

import argparse
import re
from pathlib import Path
from typing import Any, NoReturn

from watchword import __version__
from watchword.cli import errors
from watchword.cli.errors import Misused
from watchword.cli.output import PROGRAM, notice
from watchword.cli.password import PasswordSource, descriptor
from watchword.plain_text import plain_text

_STATUSES = (
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 wrong password, 4 vault damaged, "
    "5 no such account or request (or several), 6 server or network."
)

_UNKNOWN = "unrecognized arguments: "
_LINK = re.compile(r"[^\s'\"]*://[^\s'\"]*")


class Parser(argparse.ArgumentParser):
    """argparse, with messages that are short and show what was typed as plain text."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, repeating nothing that may be secret, and exit with status 2."""
        message = _LINK.sub("(a link)", message)
        if message.startswith(_UNKNOWN):
            words = message.removeprefix(_UNKNOWN).split()
            options = [word.partition("=")[0] for word in words if word.startswith("-")]
            message = f"unknown options: {' '.join(options)}" if options else "too many arguments"
        notice(f"{plain_text(message, limit=200)}. “{self.prog} --help” shows what is possible.")
        raise SystemExit(errors.USAGE)


class Commands:
    """Where each group of commands adds its own."""

    def __init__(self, parser: Parser, shared: Parser, dest: str) -> None:
        """Take commands for `parser`; `dest` names the attribute that holds the chosen one."""
        self._shared = shared
        self._commands = parser.add_subparsers(metavar="COMMAND", dest=dest, required=True)

    def add(self, name: str, what: str, *, run: Any = None) -> Parser:
        """Add a command: `what` it does, and `run(invocation, arguments)`, which returns the status."""
        parser = self._commands.add_parser(
            name,
            help=what,
            description=f"{what[:1].upper()}{what[1:]}.",
            parents=[self._shared],
            allow_abbrev=False,
        )
        if run is not None:
            parser.set_defaults(run=run)
        return parser

    def group(self, name: str, what: str) -> "Commands":
        """Add a word that is followed by commands of its own: `vault info`."""
        return Commands(self.add(name, what), self._shared, f"{name}_command")


def new_parser() -> tuple[Parser, Commands]:
    """Return a parser with the shared options, and where to add commands."""
    shared = _shared_options()
    parser = Parser(
        prog=PROGRAM,
        description="One-time codes and login requests from a terminal.",
        epilog=_STATUSES,
        parents=[shared],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    return parser, Commands(parser, shared, "command")


def vault_file(known: argparse.Namespace) -> Path | None:
    """Return the path of --vault. Raises Misused for what can never be a vault."""
    given = getattr(known, "vault", None)
    if given is None:
        return None
    path = Path(given)
    why = ""
    if not given or given == "-":
        why = "It must be the path of a file"
    elif "://" in given:
        why = "It must be a path, and this is an address"
    elif "\0" in given:
        why = "No path has a NUL character"
    elif path.exists() and not path.is_file():
        why = "This is not a file"
    if why:
        # What was given may be a link with a secret, typed in the wrong place.
        shown = "" if "://" in given else f" {plain_text(given, limit=80)}"
        raise Misused(f"--vault{shown} cannot be used", why)
    return path.absolute()


def password_source(known: argparse.Namespace) -> PasswordSource:
    """Return where the password comes from. Raises Misused for two places at once."""
    descriptor = getattr(known, "password_fd", None)
    standard_input = getattr(known, "password_stdin", False)
    if descriptor is not None and standard_input:
        raise Misused("--password-fd and --password-stdin exclude each other", "", "Give one")
    return PasswordSource(descriptor, standard_input)


class _Once(argparse.Action):
    """An option whose second use is a mistake, wherever on the line each stands.

    The commands' parsers share their options with the program's: it is one object for all.
    """

    used = False

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if self.used:
            parser.error(f"{option_string} is given twice")
        self.used = True
        setattr(namespace, self.dest, values)


def _shared_options() -> Parser:
    # A default here would overwrite, in the command, what was given before its name.
    shared = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("options of every command")
    options.add_argument("--vault", action=_Once, metavar="PATH", help="instead of the app's own")
    options.add_argument(
        "--password-fd",
        action=_Once,
        type=descriptor,
        metavar="N",
        help="read the password, one line, from this file descriptor",
    )
    options.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from the first line of standard input",
    )
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    options.add_argument(
        "--yes", action="store_true", help="answer with yes what would be asked (never a password)"
    )
    return shared
