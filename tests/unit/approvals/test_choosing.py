"""Numbers to choose from: at most two wrong ones, whoever counts and wherever they were given."""

from dataclasses import dataclass, field, replace

import pytest
from login_requests import link, login_request

from watchword.approvals import choosing, decide
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Polled, Result
from watchword.remote.errors import Unreachable
from watchword.vault.account import ServerLink
from watchword.vault.history import HistoryEntry

NUMBERS = login_request(match=Match.CHOOSE, choices=("37", "52", "88"))


@dataclass
class Server:
    """One that lets numbers be tried without end, as privacyIDEA does; 88 is right."""

    given: list[tuple[Decision, str]] = field(default_factory=list)
    allows: int | None = None  # how many more tries, where it counts
    takes_refusal: bool = True
    confirms_refusal: bool = True

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        raise NotImplementedError

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        if decision is Decision.NOT_ME and not self.takes_refusal:
            raise Unreachable("The server cannot be reached")
        self.given.append((decision, code))
        if decision is not Decision.APPROVE:
            result = Result.DENIED if self.confirms_refusal else Result.UNKNOWN
            return Answer(id=request.id, result=result)
        if code == "88":
            return Answer(id=request.id, result=Result.APPROVED)
        return Answer(id=request.id, result=Result.WRONG_CODE, tries_left=self.allows)

    def unlink(self, link: ServerLink) -> None: ...

    def close(self) -> None: ...


@dataclass
class Memory:
    """What a vault keeps, across locks and commands."""

    history: list[HistoryEntry] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    def record(self, entry: HistoryEntry) -> None:
        self.history.append(entry)

    def remember_answered(self, request_id: str) -> None:
        self.answered.append(request_id)

    def save(self) -> None: ...


def choose(server: Server, memory: Memory, number: str, request: LoginRequest = NUMBERS) -> Answer:
    wrong = choosing.wrong_choices(memory.history, request)
    at = float(len(memory.history))
    decide.begin(memory, [(request, Decision.APPROVE)], at)
    answer = choosing.send(server, link(), request, Decision.APPROVE, number, wrong_before=wrong)
    decide.record(memory, request, Decision.APPROVE, answer, at)
    return answer


def test_after_two_wrong_numbers_the_login_is_declined_and_never_comes_back() -> None:
    server, memory = Server(), Memory()
    assert choose(server, memory, "37").tries_left == 1
    assert memory.answered == []
    last = choose(server, memory, "52")
    assert (last.result, last.tries_left, last.problem) == (Result.WRONG_CODE, 0, "")
    assert server.given[-1] == (Decision.NOT_ME, "")
    assert memory.answered == ["r1"]


def test_a_third_number_is_not_even_sent() -> None:
    server, memory = Server(), Memory()
    for number in ("37", "52", "88"):
        assert choose(server, memory, number).result is Result.WRONG_CODE
    assert (Decision.APPROVE, "88") not in server.given


def test_the_right_number_after_a_wrong_one_lets_in() -> None:
    server, memory = Server(), Memory()
    choose(server, memory, "37")
    assert choose(server, memory, "88").result is Result.APPROVED
    assert server.given == [(Decision.APPROVE, "37"), (Decision.APPROVE, "88")]


def test_numbers_of_another_request_or_account_do_not_count() -> None:
    server, memory = Server(), Memory()
    choose(server, memory, "37", replace(NUMBERS, id="r2"))
    choose(server, memory, "37", replace(NUMBERS, account_id="a2"))
    assert choose(server, memory, "37").tries_left == 1


@pytest.mark.parametrize(
    "server", [Server(takes_refusal=False), Server(confirms_refusal=False)], ids=["away", "lost"]
)
def test_where_the_refusal_does_not_get_through_that_is_said_and_no_number_is_taken(
    server: Server,
) -> None:
    memory = Memory()
    choose(server, memory, "37")
    last = choose(server, memory, "52")
    assert last.tries_left == 0
    assert "not confirm" in last.problem
    assert memory.answered == ["r1"]
    assert choose(server, memory, "88").result is Result.WRONG_CODE
    assert (Decision.APPROVE, "88") not in server.given


def test_a_server_that_counts_can_allow_less_but_not_more() -> None:
    server, memory = Server(allows=7), Memory()
    assert choose(server, memory, "37").tries_left == 1
    assert choose(server, memory, "52").tries_left == 0
    strict, memory = Server(allows=0), Memory()
    assert choose(strict, memory, "37").tries_left == 0
    assert strict.given == [(Decision.APPROVE, "37")]


def test_typed_codes_are_left_to_the_server() -> None:
    server, memory = Server(allows=7), Memory()
    for _ in range(3):
        assert choose(server, memory, "37", replace(NUMBERS, match=Match.TYPE4)).tries_left == 7
    assert all(decision is Decision.APPROVE for decision, _ in server.given)
