"""What is said about a login request, in words: pure functions, one text for each case."""

from dataclasses import dataclass

from watchword.approvals.inbox import Answered, Entry, Expired, Gone, Unconfirmed
from watchword.desktop.look.texts import plural, said, tr
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.providers.login_request import Decision, LoginRequest, Match, Result

READ_SECONDS = 10  # what is read of a running time stays as long


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended; `kind` is a colour: approve, deny, warn or accent."""

    kind: str
    icon: str
    title: str
    text: str
    display_code: str = ""


def ago(seconds: float) -> str:
    """Return how long since something happened."""
    whole = int(seconds)
    if whole < 2:
        return tr("just now")
    if whole < 60:
        return tr("{n} seconds ago").format(n=whole)
    minutes = whole // 60
    return plural("1 minute ago", "{n} minutes ago", minutes)


def clock_text(seconds: float) -> str:
    """Return seconds as minutes and seconds: "1:14"."""
    whole = int(seconds + 0.999)
    return f"{whole // 60}:{whole % 60:02}"


def roughly(seconds: float) -> float:
    """Return a running time as it is read out: what changes each second would never end.

    Rounded down, to a second at the end: nobody is told more time than is left, nor that it is over.
    """
    return max(min(1.0, seconds), seconds // READ_SECONDS * READ_SECONDS)


def expires_in(request: LoginRequest, seconds: float) -> str:
    """Return how long a request can still be answered, and whether that is known or usual."""
    text = tr("Expires in about {time}") if request.expiry_estimated else tr("Expires in {time}")
    return text.format(time=clock_text(seconds))


def place_of(request: LoginRequest) -> str:
    """Return where a request comes from, or that nobody knows."""
    return request.place or tr("Place unknown")


def browser_of(request: LoginRequest) -> str:
    """Return what asks."""
    return request.user_agent or tr("Unknown browser")


def said_by(request: LoginRequest) -> str:
    """Return whose word it is what asks."""
    if request.reported_by:
        return tr("reported by {service}, not checked").format(service=request.reported_by)
    return tr("as it calls itself")


def host_of(request: LoginRequest) -> str:
    """Return the server's name as people read it."""
    return request.origin.removeprefix("https://")


def banner_subtitle(entry: Entry, at: float) -> str:
    """Return the banner's second line."""
    return f"{asked_from(entry)} · {short_age(entry, at)}"


def asked_from(entry: Entry) -> str:
    """Return what asks and from where."""
    request = entry.request
    parts = [browser_of(request), request.place or request.ip]
    return " · ".join(part for part in parts if part)


def short_age(entry: Entry, at: float) -> str:
    """Return how long ago it was asked, shortly."""
    age = int(entry.age(at))
    return tr("just now") if age < 2 else tr("{n} s ago").format(n=age)


def not_me_steps(request: LoginRequest) -> list[Fact]:
    """Return what to do after a login request that was somebody else's."""
    return [
        Fact(
            "recovery",
            tr("Change your password for {service}").format(service=request.service),
            tr("Go there as you always do, by no link that came with a message"),
        ),
        Fact(
            "user",
            tr("And wherever else you use the same one"),
            tr("Whoever has it tries it there as well"),
        ),
    ]


def outcome_of(entry: Entry) -> Outcome | None:
    """Return what became of a request; None while it is open or on its way."""
    if isinstance(entry, Answered):
        return _answered(entry)
    if isinstance(entry, Expired):
        return Outcome(
            "warn", "clock", tr("Too late"), tr("Nobody answered in time, and nobody was let in.")
        )
    if isinstance(entry, Gone):
        return Outcome(
            "accent",
            "info",
            tr("No longer open"),
            tr("It was answered on another device, or the login page was closed."),
        )
    if isinstance(entry, Unconfirmed):
        return Outcome(
            "warn",
            "offline",
            tr("No confirmation"),
            tr(
                "Your answer was sent, but the server did not confirm it. "
                "Send it again, or look at the login page."
            ),
        )
    return None


def _answered(entry: Answered) -> Outcome:
    answer, decision = entry.answer, entry.decision
    if answer.result is Result.APPROVED and answer.display_code:
        return Outcome(
            "approve",
            "check",
            tr("Type this code into the login page"),
            tr("Only where you signed in yourself. Tell it nobody."),
            answer.display_code,
        )
    if answer.result is Result.APPROVED:
        text = tr("{service} lets the browser in.")
        if answer.continue_at:
            text = tr(
                "Your browser opens {service}. If the login began in another one, it is stopped: "
                "begin again there, and type the code."
            )
        return Outcome(
            "approve",
            "check",
            tr("Approved"),
            text.format(service=entry.request.service),
        )
    if answer.result is Result.DENIED:
        if decision is Decision.NOT_ME:
            title = tr("Denied, and reported") if entry.request.takes_report else tr("Denied")
            return Outcome(
                "deny",
                "shield",
                title,
                tr("Nobody was let in. Whoever asked knows your password."),
            )
        if decision is Decision.APPROVE:
            return Outcome(
                "deny",
                "close",
                tr("Denied"),
                tr("It had already been denied. Nobody was let in."),
            )
        return Outcome("deny", "close", tr("Denied"), tr("Nobody was let in."))
    if answer.result is Result.EXPIRED:
        return Outcome(
            "warn",
            "clock",
            tr("Too late"),
            said(answer.problem)
            or tr("The request ended before your answer arrived. Nobody was let in."),
        )
    if answer.result is Result.ANSWERED_ELSEWHERE:
        by = answer.decided_by
        text = (
            tr("“{device}” answered first.").format(device=by)
            if by
            else tr("Another device answered first.")
        )
        return Outcome("accent", "info", tr("Answered elsewhere"), text)
    if answer.result is Result.WRONG_CODE and entry.request.match is Match.CHOOSE:
        if answer.problem:
            return Outcome(
                "warn", "offline", tr("Stopped after two wrong numbers"), said(answer.problem)
            )
        return Outcome(
            "deny",
            "close",
            tr("Denied after two wrong numbers"),
            tr("Nobody was let in. If it was you, sign in again; if not, change your password."),
        )
    if answer.result is Result.WRONG_CODE:
        return Outcome(
            "deny",
            "close",
            tr("Wrong code"),
            tr("No tries are left: this login was ended. Sign in again for a new one."),
        )
    return Outcome(
        "warn",
        "offline",
        tr("Nobody knows"),
        said(answer.problem)
        or tr("Your answer was sent, but what came of it was never confirmed."),
    )
