"""Numbers to choose from: two wrong ones and the login is declined, whatever its server allows.

One of three numbers is guessed by a tired thumb every third time, and privacyIDEA lets it be
tried without end. What was wrong before is counted in the vault's history, so neither a lock nor
a second command gives new tries. A server that counts by itself can only allow less.
"""

from collections.abc import Iterable
from dataclasses import replace

from watchword.errors import RemoteError
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Result
from watchword.providers.provider import Provider
from watchword.vault.account import ServerLink
from watchword.vault.history import HistoryEntry

MOST_WRONG = 2


def wrong_choices(history: Iterable[HistoryEntry], request: LoginRequest) -> int:
    """Return how many wrong numbers were given for this request."""
    return sum(
        entry.request_id == request.id
        and entry.account_id == request.account_id
        and entry.result == Result.WRONG_CODE.value
        for entry in history
    )


def send(
    provider: Provider,
    link: ServerLink,
    request: LoginRequest,
    decision: Decision,
    code: str,
    handoff: bytes = b"",
    *,
    wrong_before: int,
) -> Answer:
    """Send the decision; after the last wrong number decline the login, as of somebody unknown.

    Raises the family of RemoteError when nothing was sent. A refusal that does not get through
    changes nothing here: no further number is taken, and the login runs out of time.
    """
    choosing = request.match is Match.CHOOSE and decision is Decision.APPROVE
    if choosing and wrong_before >= MOST_WRONG:
        answer = Answer(id=request.id, result=Result.WRONG_CODE)
    else:
        answer = provider.answer(link, request, decision, code, handoff)
    wrong = choosing and answer.result is Result.WRONG_CODE
    if not wrong or answer.tries_left == 0:
        return answer
    left = MOST_WRONG - wrong_before - 1
    if left > 0:
        return replace(answer, tries_left=min(left, answer.tries_left or left))
    try:
        refused = provider.answer(link, request, Decision.NOT_ME).result is Result.DENIED
    except RemoteError:
        refused = False
    problem = "" if refused else "The server did not confirm that the login was declined."
    return replace(answer, tries_left=0, problem=problem)
