"""What came of an answer is kept and said as it was, never better."""

import pytest
from login_requests import login_request

from watchword.approvals import decide
from watchword.providers.login_request import Answer, Decision, Result
from watchword.vault.history import HistoryEntry


class Memory:
    """Takes down in which order what was kept."""

    def __init__(self) -> None:
        self.kept: list[object] = []

    @property
    def history(self) -> list[HistoryEntry]:
        return [each for each in self.kept if isinstance(each, HistoryEntry)]

    def record(self, entry: HistoryEntry) -> None:
        self.kept.append(entry)

    def remember_answered(self, request_id: str) -> None:
        self.kept.append(request_id)

    def save(self) -> None:
        self.kept.append("saved")


@pytest.mark.parametrize(
    ("result", "tries", "final"),
    [
        (Result.APPROVED, None, True),
        (Result.DENIED, None, True),
        (Result.EXPIRED, None, True),
        (Result.ANSWERED_ELSEWHERE, None, True),
        (Result.WRONG_CODE, 0, True),
        (Result.WRONG_CODE, 2, False),
        (Result.UNKNOWN, None, False),
    ],
)
def test_every_answer_is_in_the_history_and_final_ones_do_not_come_back(
    result: Result, tries: int | None, final: bool
) -> None:
    memory = Memory()
    answer = Answer(id="r1", result=result, tries_left=tries)
    decide.record(memory, login_request(), Decision.APPROVE, answer, 5.0)
    entry = memory.kept[0]
    assert isinstance(entry, HistoryEntry)
    assert (entry.at, entry.decision, entry.result) == (5.0, "approve", result.value)
    assert (entry.service, entry.ip, entry.request_id) == ("Kalos Club", "192.0.2.7", "r1")
    assert memory.kept[1:] == (["r1", "saved"] if final else ["saved"])


def test_before_it_is_sent_it_is_written_down_as_open() -> None:
    memory = Memory()
    decide.begin(memory, [(login_request(), Decision.APPROVE)], 4.0)
    entry, saved = memory.kept
    assert isinstance(entry, HistoryEntry)
    assert (entry.at, entry.decision, entry.result, saved) == (4.0, "approve", "unknown", "saved")


def test_an_answer_that_was_begun_before_may_have_arrived_and_no_other() -> None:
    memory = Memory()
    same = (login_request(), Decision.APPROVE)
    assert decide.begin(memory, [same], 4.0) == (False,)
    others = [(login_request(), Decision.DENY), (login_request("r2"), Decision.APPROVE)]
    assert decide.begin(memory, [*others, same], 5.0) == (False, False, True)


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("result", Result)
def test_only_what_was_wanted_and_confirmed_took_effect(
    decision: Decision, result: Result
) -> None:
    wanted = {
        (Decision.APPROVE, Result.APPROVED),
        (Decision.DENY, Result.DENIED),
        (Decision.NOT_ME, Result.DENIED),
    }
    took_effect = decide.took_effect(decision, Answer(id="r1", result=result))
    assert took_effect == ((decision, result) in wanted)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(id="r", result=Result.WRONG_CODE, tries_left=1), "1 try is left"),
        (Answer(id="r", result=Result.WRONG_CODE, tries_left=2), "2 tries are left"),
        (Answer(id="r", result=Result.WRONG_CODE, tries_left=0), "the last try"),
        (Answer(id="r", result=Result.ANSWERED_ELSEWHERE, decided_by="Phone"), "on Phone before"),
        (Answer(id="r", result=Result.ANSWERED_ELSEWHERE), "answered before"),
        (Answer(id="r", result=Result.UNKNOWN, problem="It broke off."), "It broke off."),
        (Answer(id="r", result=Result.EXPIRED), "Too late"),
        (Answer(id="r", result=Result.EXPIRED, problem="Or elsewhere."), "Or elsewhere."),
        (Answer(id="r", result=Result.APPROVED, display_code="42"), "type this code"),
    ],
)
def test_in_words(answer: Answer, says: str) -> None:
    words = decide.in_words(Decision.APPROVE, answer)
    assert says in words
    assert "let in." not in words
