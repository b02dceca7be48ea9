"""What the vault keeps of an answer: a line of history, and that the request never comes back."""

from collections.abc import Iterable
from typing import Protocol

from watchword.providers.login_request import Answer, Decision, LoginRequest, Result
from watchword.vault.history import HistoryEntry

# With these nothing can come of the request any more; a wrong code may be followed by another,
# and after UNKNOWN the same answer may be sent again.
_FINAL = {Result.APPROVED, Result.DENIED, Result.EXPIRED, Result.ANSWERED_ELSEWHERE}

NOT_SENT = "not_sent"  # in the history: an answer that did not get through to its server


class Memory(Protocol):
    """What is needed of the open vault."""

    @property
    def history(self) -> Iterable[HistoryEntry]:
        """What was answered before."""
        ...

    def record(self, entry: HistoryEntry) -> None:
        """Add a line of history, in memory."""
        ...

    def remember_answered(self, request_id: str) -> None:
        """Note that this request was answered, in memory."""
        ...

    def save(self) -> None:
        """Write durably."""
        ...


def refused_before(history: Iterable[HistoryEntry], request: LoginRequest) -> bool:
    """Tell whether a refusal of this request was sent from here, by whichever run of a program.

    It stays refused then: there are servers that would let it be approved afterwards.
    """
    return any(
        entry.request_id == request.id
        and entry.account_id == request.account_id
        and entry.decision != Decision.APPROVE.value
        and entry.result != NOT_SENT
        for entry in history
    )


def begin(
    memory: Memory, answers: Iterable[tuple[LoginRequest, Decision]], at: float
) -> tuple[bool, ...]:
    """Note, before they are sent, what is answered: unknown until the servers say more.

    A program that is stopped between sending and writing down has said yes to something: here it
    stands. Returns of each whether the same stood there as unknown already: it may have arrived.
    Raises the vault's errors when saving fails, which is no reason not to answer.
    """
    unknown = {
        (e.request_id, e.decision) for e in memory.history if e.result == Result.UNKNOWN.value
    }
    again = []
    for request, decision in answers:
        again.append((request.id, decision.value) in unknown)
        memory.record(_entry(request, decision, Result.UNKNOWN.value, at))
    memory.save()
    return tuple(again)


def not_sent(memory: Memory, request: LoginRequest, decision: Decision, at: float) -> None:
    """Keep that the server was not reached; raises the vault's errors when saving fails.

    Not for an answer of which an earlier try may have arrived: that stays unknown.
    """
    memory.record(_entry(request, decision, NOT_SENT, at))
    memory.save()


def record(
    memory: Memory, request: LoginRequest, decision: Decision, answer: Answer, at: float
) -> None:
    """Keep what was answered and what came of it, and save.

    `at` is Unix seconds by this computer's clock. Raises the vault's errors when saving fails:
    the answer itself took effect all the same, and must be shown.
    """
    memory.record(_entry(request, decision, answer.result.value, at))
    if is_final(answer):
        memory.remember_answered(request.id)
    memory.save()


def _entry(request: LoginRequest, decision: Decision, result: str, at: float) -> HistoryEntry:
    return HistoryEntry(
        at=at,
        account_id=request.account_id,
        service=request.service,
        account=request.account,
        ip=request.ip,
        place=request.place,
        user_agent=request.user_agent,
        decision=decision.value,
        result=result,
        request_id=request.id,
    )


def is_final(answer: Answer) -> bool:
    """Return whether nothing more can come of the request."""
    used_up = answer.result is Result.WRONG_CODE and answer.tries_left == 0
    return used_up or answer.result in _FINAL


def took_effect(decision: Decision, answer: Answer) -> bool:
    """Return whether what the person wanted is what happened, as the server confirmed it."""
    wanted = Result.APPROVED if decision is Decision.APPROVE else Result.DENIED
    return answer.result is wanted


def in_words(decision: Decision, answer: Answer) -> str:
    """Return one or a few plain sentences that say truthfully what came of an answer."""
    match answer.result:
        case Result.APPROVED if answer.display_code:
            return "Approved. Now type this code into the login page:"
        case Result.APPROVED:
            return "Approved. The browser is let in."
        case Result.DENIED:
            return "Denied. Nobody was let in."
        case Result.EXPIRED if answer.problem:
            return answer.problem
        case Result.EXPIRED:
            return "Too late: this login request had expired. Log in again if it was you."
        case Result.ANSWERED_ELSEWHERE:
            where = f" on {answer.decided_by}" if answer.decided_by else ""
            return f"It was answered{where} before."
        case Result.WRONG_CODE if answer.tries_left:
            tries = "1 try is" if answer.tries_left == 1 else f"{answer.tries_left} tries are"
            return f"That is not the code on the login page. {tries} left."
        case Result.WRONG_CODE:
            stopped = "This login was stopped." if not answer.problem else answer.problem
            return f"That was not the code, and the last try. {stopped}"
        case Result.UNKNOWN:
            sent = "approval" if decision is Decision.APPROVE else "refusal"
            return f"Your {sent} was sent, but the server did not confirm it. {answer.problem}".rstrip()
