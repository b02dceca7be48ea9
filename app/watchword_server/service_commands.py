"""`watchword-server service …`: add, list, disable services, and give them keys."""

import argparse
from typing import TYPE_CHECKING, Any

from watchword.clock import SystemClock
from watchword.protocol.encoding import to_base64url
from watchword_server import services
from watchword_server.services import Scope
from watchword_server.settings import Settings
from watchword_server.site import Site

if TYPE_CHECKING:
    from sqlalchemy import Row

SCOPES = [one.value for one in Scope]


def add_to(commands: Any) -> None:
    """Add the commands to the command line."""
    service = commands.add_parser("service", help="add, list or disable other services")
    actions = service.add_subparsers(dest="action", required=True)
    for action, text in (
        ("add", "add a service and show its key, once"),
        ("key", "make a new key; the one before lives on until the next"),
        ("disable", "let a service ask no more; its keys stop working"),
        ("enable", "let a disabled service ask again, with the keys it had"),
    ):
        one = actions.add_parser(action, help=text)
        one.add_argument("name", metavar="NAME")
        if action in {"add", "key"}:
            one.add_argument(
                "--scope",
                action="append",
                choices=SCOPES,
                help="what the key may do: ask devices (logins), check codes; repeatable",
            )
        if action == "add":
            one.add_argument(
                "--home", metavar="ORIGIN", default="", help="https://name, to lead people back to"
            )
        if action == "key":
            one.add_argument("--only", action="store_true", help="end all other keys at once")
    actions.add_parser("list", help="list the services and their keys")


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do one of them; return the exit status. Raises WatchwordError."""
    site = await Site.open(settings, SystemClock())
    try:
        print("\n".join(await _done(site, arguments)))
    finally:
        await site.close()
    return 0


async def _done(site: Site, arguments: argparse.Namespace) -> list[str]:
    if arguments.action == "list":
        return [_listed(*one) for one in await services.all_services(site)] or ["There is none."]
    if arguments.action == "add":
        added = await services.add_service(
            site, arguments.name, set(arguments.scope or SCOPES), home=arguments.home
        )
        return [
            f"Added {arguments.name}. People allow it at {site.origin}/services/{added.id}",
            f"Service: {added.id}",
            f"Server key: {to_base64url(site.signing_key.public)}",
            f"Key, shown only now: {added.key}",
        ]
    if arguments.action == "key":
        key, ended = await services.add_key(
            site, arguments.name, set(arguments.scope or ()), only=arguments.only
        )
        return [
            *(f"Ended: the key wwk_{one}_…" for one in ended),
            f"Key, shown only now: {key}",
        ]
    disabled = arguments.action == "disable"
    await services.disable_service(site, arguments.name, disabled=disabled)
    return [f"{arguments.name} may {'not ' if disabled else ''}ask."]


def _listed(service: "Row[Any]", keys: "list[Row[Any]]") -> str:
    notes = [
        *(["disabled"] if service.disabled else []),
        service.id,
        *(f"key wwk_{one.id}_… for {one.scopes.replace(' ', ' and ')}" for one in keys),
    ]
    return f"{service.name} ({', '.join(notes)})"
