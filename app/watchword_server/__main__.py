"""`watchword-server`: start the server, or administer its users and services."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Row

from watchword.clock import SystemClock
from watchword.errors import WatchwordError
from watchword.protocol.origin import parse_origin
from watchword.protocol.version import REQUEST_LIFETIME
from watchword_server import __version__, key_commands, service_commands
from watchword_server.key_commands import DEFAULT_MINUTES, moment
from watchword_server.logs import LogFormat
from watchword_server.settings import (
    Settings,
    default_data,
    default_database,
    loopback_origin,
    mail_server,
)
from watchword_server.site import Site


def main() -> int:
    """Run one command and return its exit status: 0 ok, 1 failed, 2 usage."""
    arguments = _parser().parse_args()
    try:
        if arguments.command == "demo":
            from watchword_server.demo import serve_demo

            asyncio.run(serve_demo())
            return 0
        settings = _settings(arguments)
        if arguments.command == "user":
            return asyncio.run(_user(settings, arguments))
        if arguments.command == "key":
            return asyncio.run(_key(settings, arguments))
        if arguments.command == "service":
            return asyncio.run(service_commands.run(settings, arguments))
        if arguments.command:
            return asyncio.run(_upkeep(settings, arguments))
        from watchword_server.serving import serve

        serve(settings)
    except WatchwordError as error:
        print(f"watchword-server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def within(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number from `low` to `high`, and says which when it is another."""

    def read(text: str) -> int:
        if not text.isdecimal() or not text.isascii() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"not a number from {low:,} to {high:,}")
        return int(text)

    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchword-server", description=__doc__)
    parser.add_argument("--version", action="version", version=f"watchword-server {__version__}")
    parser.add_argument(
        "--data",
        type=Path,
        help="data directory (else WATCHWORD_SERVER_HOME, else the platform's)",
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://USER@HOST/NAME (else WATCHWORD_SERVER_DATABASE, else SQLite in the data "
        "directory)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="port (%(default)s)")
    parser.add_argument(
        "--origin",
        help="what browsers call this server, https://name (else http://127.0.0.1:PORT)",
    )
    # Not "name", which commands give to the user or service they are about.
    parser.add_argument(
        "--name",
        dest="public_name",
        metavar="NAME",
        default="Watchword server",
        help="the service's public name",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        help="address of a reverse proxy whose X-Forwarded-For is believed (repeatable)",
    )
    parser.add_argument(
        "--login-seconds",
        type=within(5, REQUEST_LIFETIME),
        default=REQUEST_LIFETIME,
        metavar="SECONDS",
        help=f"how long a login request may be answered, 5 to {REQUEST_LIFETIME} (%(default)s)",
    )
    parser.add_argument(
        "--smtp",
        metavar="URL",
        help="mail server, smtp://[user@]host[:port] or smtps://; its password in WATCHWORD_SMTP_PASSWORD",
    )
    parser.add_argument(
        "--places",
        type=Path,
        metavar="FILE",
        help="an .mmdb file of cities or countries, to say where a login comes from",
    )
    parser.add_argument("--mail-from", metavar="ADDRESS", default="", help="sender of mails")
    parser.add_argument(
        "--limits-times",
        type=within(1, 100_000),
        default=1,
        metavar="N",
        help="take N times as many attempts before slowing down (%(default)s); for tests",
    )
    parser.add_argument(
        "--password-memory",
        type=within(19, 1_024),
        default=64,
        metavar="MIB",
        help="what a new password's hash takes (Argon2id), at least 19 (%(default)s)",
    )
    parser.add_argument(
        "--password-passes",
        type=within(2, 20),
        default=3,
        metavar="N",
        help="and how often it goes through it, at least 2 (%(default)s)",
    )
    parser.add_argument(
        "--log-format",
        choices=get_args(LogFormat),
        default="text",
        help="how log lines on standard error look (%(default)s)",
    )
    parser.add_argument(
        "--no-request-log", action="store_true", help="log no line for each request"
    )
    parser.add_argument(
        "--metrics-port",
        type=within(1, 65_535),
        default=0,
        metavar="PORT",
        help="answer http://127.0.0.1:PORT/metrics for Prometheus (else nowhere)",
    )
    commands = parser.add_subparsers(dest="command", title="commands")
    user = commands.add_parser("user", help="add, list or disable users")
    actions = user.add_subparsers(dest="action", required=True)
    for action, text in (
        ("add", "add a user"),
        ("passwd", "set a user's password; signs the user out everywhere"),
        ("disable", "let a user in no more"),
        ("enable", "let a disabled user in again"),
        ("reset-factors", "take devices and backup codes away: the password alone lets in again"),
        ("mail", "set where a user is told of changes"),
    ):
        one = actions.add_parser(action, help=text)
        one.add_argument("name", metavar="NAME")
        if action in {"add", "passwd"}:
            one.add_argument(
                "--password-stdin",
                action="store_true",
                help="read the password from stdin's line 1",
            )
        if action == "add":
            one.add_argument(
                "--mail", metavar="ADDRESS", default="", help="where changes are told"
            )
        if action == "mail":
            where = one.add_mutually_exclusive_group(required=True)
            where.add_argument("address", metavar="ADDRESS", nargs="?", default="")
            where.add_argument("--none", action="store_true", help="nowhere")
    actions.add_parser("list", help="list the users")
    key = commands.add_parser("key", help="change the key that the server signs with")
    actions = key.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="show the key that signs, and its changes")
    change = actions.add_parser("change", help="announce a new key; apps follow by themselves")
    when = change.add_mutually_exclusive_group()
    when.add_argument(
        "--in",
        dest="minutes",
        type=within(1, 43_200),
        default=DEFAULT_MINUTES,
        metavar="MINUTES",
        help="how long from now the old key still signs (%(default)s)",
    )
    when.add_argument("--at", type=moment, metavar="TIME", help="such as 2026-12-01T04:00")
    service_commands.add_to(commands)
    commands.add_parser(
        "demo",
        help="a server with one user on a free port of this computer, until standard input ends; "
        "nothing of it is kept, and the other options say nothing to it",
    )
    commands.add_parser("migrate", help="bring the database to this version's schema")
    commands.add_parser("check", help="see that database and sealing key are whole and fit")
    backup = commands.add_parser("backup", help="copy the SQLite database, also while it is used")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy; must not exist yet")
    move = commands.add_parser("copy-to", help="copy everything into an empty PostgreSQL database")
    move.add_argument("url", metavar="URL", help="postgresql://USER@HOST/NAME")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    origin = arguments.origin
    return Settings(
        data=arguments.data or default_data(),
        database=default_database() if arguments.database is None else arguments.database,
        name=arguments.public_name.strip()[:128] or "Watchword server",
        origin=parse_origin(origin) if origin else loopback_origin(arguments.port),
        host=arguments.host,
        port=arguments.port,
        proxies=tuple(arguments.proxy),
        login_seconds=arguments.login_seconds,
        places=arguments.places,
        mail=(
            mail_server(
                arguments.smtp,
                arguments.mail_from,
                os.environ.get("WATCHWORD_SMTP_PASSWORD", ""),
            )
            if arguments.smtp
            else None
        ),
        log_format=arguments.log_format,
        log_requests=not arguments.no_request_log,
        metrics_port=arguments.metrics_port,
        password_memory=arguments.password_memory * 1024,
        password_passes=arguments.password_passes,
        limits_times=arguments.limits_times,
    )


async def _user(settings: Settings, arguments: argparse.Namespace) -> int:
    from watchword_server import users

    # Asked before anything is opened: whoever aborts at the question leaves nothing behind.
    password = _password(arguments) if arguments.action in {"add", "passwd"} else ""
    site = await Site.open(settings, SystemClock())
    try:
        if arguments.action == "add":
            await users.add_user(site, arguments.name, password, mail=arguments.mail)
            print(f"Added {arguments.name}.")
        elif arguments.action == "passwd":
            await users.change_password(site, arguments.name, password)
            print(f"The password of {arguments.name} is set; the user is signed out everywhere.")
        elif arguments.action in {"disable", "enable"}:
            disabled = arguments.action == "disable"
            await users.disable_user(site, arguments.name, disabled=disabled)
            print(f"{arguments.name} may {'not ' if disabled else ''}sign in.")
        elif arguments.action == "mail":
            await users.set_mail(site, arguments.name, arguments.address)
            where = arguments.address or "nowhere"
            print(f"Changes to {arguments.name} are told to: {where}")
        elif arguments.action == "reset-factors":
            taken = await users.reset_factors(site, arguments.name, by=_operator())
            print(
                f"{arguments.name}: {_devices(taken)} and all backup codes taken away; the"
                " password alone lets in until a device is added. The user's activity says so."
            )
        else:
            for user in await users.all_users(site):
                print(_listed(user))
    finally:
        await site.close()
    return 0


def _listed(user: Row[Any]) -> str:
    """Return a user's line: the name, and in brackets what is not as usual."""
    notes = [
        *(["disabled"] if user.disabled else []),
        *([_devices(user.devices)] if user.devices else []),
        *([user.mail] if user.mail else []),
    ]
    return f"{user.name} ({', '.join(notes)})" if notes else str(user.name)


def _devices(number: int) -> str:
    return f"{number} device{'' if number == 1 else 's'}"


def _operator() -> str:
    """Return who gave this command, for the user to read."""
    try:
        return f"watchword-server, {getpass.getuser()}"
    except (KeyError, OSError):
        return "watchword-server"


async def _key(settings: Settings, arguments: argparse.Namespace) -> int:
    site = await Site.open(settings, SystemClock())
    try:
        if arguments.action == "list":
            print(await key_commands.listed(site))
        else:
            print(
                await key_commands.change(
                    site, at=arguments.at, minutes=arguments.minutes, by=_operator()
                )
            )
    finally:
        await site.close()
    return 0


async def _upkeep(settings: Settings, arguments: argparse.Namespace) -> int:
    from watchword_server import upkeep

    if arguments.command == "migrate":
        print(await upkeep.migrate(settings, SystemClock()))
    elif arguments.command == "backup":
        print(await upkeep.backup(settings, arguments.file))
    elif arguments.command == "copy-to":
        print(await upkeep.copy_to(settings, arguments.url))
    else:
        found = await upkeep.check(settings)
        print("\n".join(found.lines))
        return 0 if found.sound else 1
    return 0


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise WatchwordError("The two passwords differ", "", "Start again.")
    return password


if __name__ == "__main__":
    sys.exit(main())
