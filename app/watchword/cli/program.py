"""`watchword-cli`: the same core from a terminal."""

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from watchword.cli import errors
from watchword.cli.arguments import new_parser, password_source, vault_file
from watchword.cli.errors import Misused, exit_status
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice
from watchword.errors import BugError, WatchwordError
from watchword.plain_text import plain_text
from watchword.system.process import hold_standard_files

# Which module brings which command. Only those that the command line names are imported: a
# terminal should not wait for what it does not use.
_MODULES = {
    "init": "vaults",
    "add": "add",
    "list": "accounts",
    "code": "accounts",
    "scan": "scan",
    "vault": "vaults",
    "remove": "edits",
    "trash": "edits",
    "restore": "edits",
    "edit": "edits",
    "export-secret": "edits",
    "requests": "requests",
    "approve": "answering",
    "deny": "answering",
    "history": "history",
    "import": "transfer",
    "export": "transfer",
}
_ARGUMENTS_LIMIT = 10_000


class _Stopped(BaseException):
    """Somebody asked this process to end; open files are left as after any other failure."""


class _Stopping:
    """Ends this process on Ctrl+C and on a polite kill, and remembers that it was asked to.

    What is raised inside an import may come out of it as something else: a RuntimeError, where a
    class was being made, or an ImportError of a module written in C.
    """

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        signal.signal(signal.SIGTERM, self._heard)
        # Where Ctrl+C is ignored, as behind a shell's "&", it stays so.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._heard)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        raise _Stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (0 to 6, see cli/errors.py)."""
    hold_standard_files()
    stopping = _Stopping()
    stopping.listen()
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except WatchwordError as error:
        notice(str(error))
        if isinstance(error, BugError):
            notice("This is a mistake in Watchword: please report it.")
        return exit_status(error)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        return errors.FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        notice(f"{plain_text(str(where))}{error.strerror or error}. Nothing more was done.")
        return errors.FAILED
    except (KeyboardInterrupt, _Stopped):
        return _say_stopped()
    except Exception:
        if not stopping.asked:
            raise
        return _say_stopped()


def _say_stopped() -> int:
    notice("Stopped. What had not been saved by now was not saved.")
    return errors.FAILED


def _run(arguments: Sequence[str]) -> int:
    if len(arguments) > _ARGUMENTS_LIMIT:
        raise Misused("There are too many arguments", f"At most {_ARGUMENTS_LIMIT:,} are read")
    known = _parsed(arguments)
    invocation = Invocation(
        given_vault=vault_file(known),
        passwords=password_source(known),
        json=getattr(known, "json", False),
        yes=getattr(known, "yes", False),
    )
    status: int = known.run(invocation, known)
    return status


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser, commands = new_parser()
    # The words may be values of options as well; then a module too many is imported.
    named = [word for word in _MODULES if word in arguments]
    if "--version" not in arguments:
        for module in dict.fromkeys(_MODULES[word] for word in named or _MODULES):
            importlib.import_module(f"watchword.cli.{module}").add_to(commands)
    return parser.parse_args(arguments)
