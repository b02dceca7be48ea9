"""`approve` and `deny`: answer one login request, and say truthfully what came of it."""

import argparse
from contextlib import closing, suppress
from typing import Any

from watchword.approvals import choosing, decide
from watchword.approvals.keeping import VaultKeeper
from watchword.approvals.seen import Seen, SeenRequest
from watchword.cli.arguments import Commands
from watchword.cli.errors import FAILED, OK, Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines
from watchword.cli.requests import Warn, meant_id, open_requests, remembered, shown_id
from watchword.clock import Clock
from watchword.errors import NoSuchThing, RemoteError, VaultDamaged, VaultError
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Result
from watchword.providers.provider import Providers
from watchword.vault import OpenVault

_NOT_KEPT = (VaultError, VaultDamaged)


def add_to(commands: Commands) -> None:
    """Add the commands to the command line."""
    approve = commands.add("approve", "let the browser of a login request in", run=_approve)
    approve.add_argument("id", metavar="ID", help="as “requests” lists it")
    approve.add_argument("--code", default="", help="the code that the login page shows")
    approve.add_argument(
        "--choice", default="", metavar="NUMBER", help="which of the numbers it shows"
    )
    deny = commands.add("deny", "refuse a login request", run=_deny)
    deny.add_argument("id", metavar="ID", help="as “requests” lists it")
    deny.add_argument(
        "--not-me", action="store_true", help="it was not you: the server is told, and warned"
    )


def _approve(invocation: Invocation, arguments: argparse.Namespace) -> int:
    return _answered(
        invocation, arguments.id, Decision.APPROVE, arguments.choice or arguments.code
    )


def _deny(invocation: Invocation, arguments: argparse.Namespace) -> int:
    decision = Decision.NOT_ME if arguments.not_me else Decision.DENY
    return _answered(invocation, arguments.id, decision, "")


def _answered(invocation: Invocation, given_id: str, decision: Decision, code: str) -> int:
    clock = invocation.clock
    with (
        invocation.opened() as vault,
        closing(Providers(clock, keeper=VaultKeeper(vault))) as providers,
    ):
        outcome = answer(
            vault,
            providers,
            clock,
            request_id=meant_id(given_id),
            decision=decision,
            code=code,
            seen=remembered(),
            warn=notice,
        )
    took_effect = decide.took_effect(decision, outcome)
    if invocation.json:
        print_json(as_json(outcome))
    elif took_effect:
        print_lines(decide.in_words(decision, outcome))
        if outcome.display_code:
            print_lines(outcome.display_code)
    if not took_effect:
        notice(decide.in_words(decision, outcome))
    return OK if took_effect else FAILED


def answer(
    vault: OpenVault,
    providers: Providers,
    clock: Clock,
    *,
    request_id: str,
    decision: Decision,
    code: str,
    seen: Seen,
    warn: Warn,
) -> Answer:
    """Answer the request of that id; return what came of it.

    Raises NoSuchThing, Misused without the code that is needed, and the family of RemoteError;
    then nothing was answered.
    """
    request = _find(vault, providers, clock, request_id, seen, warn)
    account = next((a for a in vault.accounts if a.id == request.account_id), None)
    provider = providers.of(account.link) if account and account.link else None
    if account is None or account.link is None or provider is None:
        raise NoSuchThing("The account of this login request is gone", "It was removed")
    wanted = decision is Decision.APPROVE and request.match is not Match.NONE
    if wanted:
        code = _wanted(request, code)
    if decision is Decision.APPROVE and decide.refused_before(vault.history, request):
        by = account.link.device_name
        return Answer(id=request.id, result=Result.ANSWERED_ELSEWHERE, decided_by=by)
    may_have_arrived = True
    with suppress(*_NOT_KEPT):  # it is told when what came of it cannot be kept either
        (may_have_arrived,) = decide.begin(vault, [(request, decision)], clock.now())
    try:
        outcome = choosing.send(
            provider,
            account.link,
            request,
            decision,
            code if wanted else "",
            wrong_before=choosing.wrong_choices(vault.history, request),
        )
    except RemoteError:
        if not may_have_arrived:
            with suppress(*_NOT_KEPT):
                decide.not_sent(vault, request, decision, clock.now())
        raise
    try:
        decide.record(vault, request, decision, outcome, clock.now())
    except _NOT_KEPT as error:
        # The answer took effect at the server whether or not it could be written down here.
        warn(str(error))
    return outcome


def _wanted(request: LoginRequest, code: str) -> str:
    """Return the code or the number that was given; raises Misused without one that can be it."""
    code = code.strip()
    if request.match is Match.CHOOSE:
        if not code or (request.choices and code not in request.choices):
            raise Misused(
                "The number is missing" if not code else "That number is not offered",
                f"The login page shows one of {', '.join(request.choices)}",
                "Give it with --choice",
            )
    elif not code:
        raise Misused(
            "The code is missing",
            "The login page shows one, and only with it this login can be approved",
            "Give it with --code",
        )
    return code


def as_json(outcome: Answer) -> dict[str, Any]:
    """Return what came of it as the contract of the command line has it."""
    result: dict[str, Any] = {"id": shown_id(outcome.id), "result": outcome.result.value}
    if outcome.display_code:
        result["display_code"] = outcome.display_code
    return result


def _find(
    vault: OpenVault,
    providers: Providers,
    clock: Clock,
    request_id: str,
    seen: Seen,
    warn: Warn,
) -> LoginRequest:
    """Return the request of that id: open at a server, or listed by an earlier command."""
    before = seen.find(request_id)
    try:
        requests = open_requests(vault, providers, clock, wait=0, seen=seen, warn=warn)
    except RemoteError:
        if before is None:
            raise
        requests = ()
    found = [request for request in requests if request.id == request_id]
    if len(found) > 1:
        raise NoSuchThing(
            "More than one server asks under this id",
            "That does not happen by chance",
            "Answer in the app, which shows both",
        )
    if found:
        return found[0]
    account = next((a for a in vault.accounts if before and a.id == before.account_id), None)
    if before is None or account is None or account.link is None:
        raise NoSuchThing(
            "No login request of that id waits",
            "It may have expired, or was answered on another device",
            "watchword-cli requests lists those that wait",
        )
    return _seen_before(before, account.link.service, account.link.user, account.link.origin)


def _seen_before(before: SeenRequest, service: str, user: str, origin: str) -> LoginRequest:
    """Return a request that is no longer listed, so that its server can say what became of it."""
    return LoginRequest(
        id=before.id,
        account_id=before.account_id,
        service=service,
        account=user,
        origin=origin,
        ip="",
        place="",
        user_agent="",
        issued_at=before.seen_at,
        expires_at=before.expires_at,
        match=Match(before.match),
        digest=before.digest,
        # Whether its server takes reasons was signed with the request, and that is not kept.
        takes_report=False,
    )
