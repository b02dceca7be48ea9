"""`requests`: which logins wait for an answer, oldest first."""

import argparse
import math
import queue
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from watchword.approvals import moving
from watchword.approvals.keeping import VaultKeeper
from watchword.approvals.seen import Seen
from watchword.approvals.watch import Poll, Watch
from watchword.cli.arguments import Commands
from watchword.cli.errors import OK
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines
from watchword.clock import Clock
from watchword.errors import RemoteError
from watchword.providers.login_request import LoginRequest, Polled
from watchword.providers.provider import Providers
from watchword.system.paths import NoHome, state_path
from watchword.vault import OpenVault
from watchword.vault.account import Account

Warn = Callable[[str], None]

_LONGEST_WAIT = 86_400.0
_CLOCK_OFF_SECONDS = 30.0  # as long as most codes are valid
# What may still come after the time asked for: an answer that is on its way already.
_GRACE_SECONDS = 1.0


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add("requests", "list the logins that wait for an answer", run=_requests)
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="return as soon as one waits, or after so long (default 0: look once)",
    )


def _requests(invocation: Invocation, arguments: argparse.Namespace) -> int:
    clock = invocation.clock
    with (
        invocation.opened() as vault,
        closing(Providers(clock, keeper=VaultKeeper(vault))) as providers,
    ):
        requests = open_requests(
            vault, providers, clock, wait=arguments.wait, seen=remembered(), warn=notice
        )
    if invocation.json:
        print_json([as_json(request) for request in requests])
    for request in () if invocation.json else requests:
        print_lines(*as_lines(request, clock.now()))
    return OK


def remembered() -> Seen:
    """Return what earlier commands listed."""
    try:
        return Seen(state_path() / "requests.json")
    except NoHome:
        return Seen(None)


def shown_id(request_id: str) -> str:
    """Return the id as scripts get it: never beginning with a hyphen, as an option does."""
    return f"r{request_id}"


def meant_id(given: str) -> str:
    """Return the request id that a script's id means."""
    return given.removeprefix("r")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise argparse.ArgumentTypeError("not a number of seconds up to a day")
    return seconds


def open_requests(
    vault: OpenVault,
    providers: Providers,
    clock: Clock,
    *,
    wait: float,
    seen: Seen,
    warn: Warn,
) -> tuple[LoginRequest, ...]:
    """Return the requests that wait, oldest first, as soon as there is one.

    With `wait` 0 every linked account is asked once; else until `wait` seconds are over.
    Accounts that were removed at their server are marked so in the vault. Raises the last
    RemoteError if no server at all could be asked, and NotDecided while a person has to say
    whose the devices are.
    """
    moving.check_decided(vault)
    moving.settle(vault)
    watch = Watch(providers, clock, was_answered=vault.was_answered)
    watch.use(vault.accounts)
    linked = [a for a in vault.accounts if a.link and a.link.state == "active"]
    if linked:
        _Asking(watch, clock, vault, warn).until(wait)
    requests = tuple(entry.request for entry in reversed(watch.inbox.open))
    seen.remember(requests, clock.now())
    errors = [(account, watch.failure_of(account.id)) for account in linked]
    failures = [(account, error) for account, error in errors if error is not None]
    if failures and len(failures) == len(linked) and not requests:
        for _, error in failures[:-1]:
            warn(str(error))
        raise failures[-1][1]
    for account, error in failures:
        warn(f"{account.issuer or account.account}: {error}")
    if abs(watch.clock_offset) >= _CLOCK_OFF_SECONDS:
        side = "behind" if watch.clock_offset > 0 else "ahead of"
        seconds = abs(round(watch.clock_offset))
        warn(f"This computer's clock is {seconds} s {side} the server's: codes may be refused.")
    for account in linked:
        for problem in watch.problems_of(account.id):
            warn(f"A login request of {account.issuer} was refused. {problem}")
    return requests


def as_json(request: LoginRequest) -> dict[str, Any]:
    """Return one request as the contract of the command line has it."""
    members = {
        "id": shown_id(request.id),
        "account_id": request.account_id,
        "service": request.service,
        "account": request.account,
        "ip": request.ip,
        "place": request.place,
        "user_agent": request.user_agent,
        "reported_by": request.reported_by,
        "text": request.text,
        "created_at": whole(request.issued_at),
        "expires_at": whole(request.expires_at),
        "match": request.match.value,
        "choices": list(request.choices),
    }
    return {**members, "expiry_estimated": True} if request.expiry_estimated else members


def as_lines(request: LoginRequest, now: float) -> tuple[str, ...]:
    """Return one request as lines for people."""
    where = " · ".join(part for part in (request.user_agent, request.ip, request.place) if part)
    if request.reported_by and where:
        where = f"{where} (reported by {request.reported_by}, not checked)"
    age = max(0, round(now - request.issued_at))
    return (
        f"{request.service}  {request.account}",
        f"  {where or 'from an unknown place'}, {age} s ago",
        *([f"  {request.text}"] if request.text else []),
        *([f"  Choose: {'  '.join(request.choices)}"] if request.choices else []),
        f"  {shown_id(request.id)}",
    )


def whole(seconds: float) -> float | int:
    """Return Unix seconds without a fraction where there is none."""
    return int(seconds) if seconds == int(seconds) else seconds


class _Asking:
    """Runs the polls of a watch in threads of their own, none of which outlives the program."""

    def __init__(self, watch: Watch, clock: Clock, vault: OpenVault, warn: Warn) -> None:
        self._watch = watch
        self._clock = clock
        self._vault = vault
        self._warn = warn
        self._outcomes: queue.SimpleQueue[tuple[Poll, Polled | RemoteError]] = queue.SimpleQueue()
        self._running = 0

    def until(self, seconds: float) -> None:
        """Ask until a request is open or the time is over; at least once."""
        end = self._clock.monotonic() + seconds
        self._start(0.0)
        while True:
            self._collect(end, once=seconds == 0)
            left = end - self._clock.monotonic()
            if (self._watch.inbox.open and seconds) or (left <= 0 and not self._running):
                return
            if left <= -_GRACE_SECONDS and seconds:
                return
            if left > 0:
                self._start(left)

    def _start(self, longest_wait: float) -> None:
        for poll in self._watch.due(longest_wait=longest_wait):
            self._running += 1
            threading.Thread(target=self._run, args=(poll,), daemon=True).start()

    def _run(self, poll: Poll) -> None:
        try:
            self._outcomes.put((poll, poll.run()))
        except RemoteError as error:
            self._outcomes.put((poll, error))

    def _collect(self, end: float, *, once: bool) -> None:
        """Take in one outcome, or return when it is time to ask or to stop."""
        now = self._clock.monotonic()
        next_at = self._watch.next_at()
        if not self._running and once:
            return
        last = end + (_GRACE_SECONDS if self._running else 0.0)
        until = last if next_at is None else min(next_at, last)
        try:
            poll, outcome = self._outcomes.get(timeout=None if once else max(0.01, until - now))
        except queue.Empty:
            return
        self._running -= 1
        if isinstance(outcome, RemoteError):
            self._watch.failed(poll, outcome)
        elif self._watch.polled(poll, outcome).revoked:
            self._mark_revoked(poll.account_id)

    def _mark_revoked(self, account_id: str) -> None:
        account = mark_revoked(self._vault, account_id)
        if account is not None:
            self._warn(
                f"{account.issuer}: this device was removed at the server. "
                "The account takes no more login requests."
            )


def mark_revoked(vault: OpenVault, account_id: str) -> Account | None:
    """Note that the account's device was removed at its server; return the account, if it is there."""
    for account in vault.accounts:
        if account.id == account_id and account.link:
            vault.replace(replace(account, link=replace(account.link, state="revoked")))
            vault.save()
            return account
    return None
