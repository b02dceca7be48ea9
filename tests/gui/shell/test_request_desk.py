"""From a poll to the banner, the pages and the history, with a made-up server in place of a real one."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from login_requests import link, linked_account, login_request
from pytestqt.qtbot import QtBot
from settings_steps import Memory

from watchword.approvals.decide import begin
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.shell.recent import recent_of
from watchword.desktop.shell.request_desk import RequestDesk
from watchword.desktop.shell.saving import Saves
from watchword.errors import RemoteError, WatchwordError
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Polled, Result
from watchword.providers.provider import Providers
from watchword.remote.errors import AnswerLost, Unreachable
from watchword.vault import (
    CHEAPEST,
    HistoryEntry,
    LockedVault,
    OpenVault,
    create_vault,
    keyring_slot,
)
from watchword.vault.account import ServerLink

ACCOUNT = "a" * 16


@dataclass
class MadeUp:
    """A server that lists what it is told to, and answers as it is told to."""

    waiting: list[LoginRequest] = field(default_factory=list)
    result: Result = Result.DENIED
    failure: RemoteError | None = None
    revoked: bool = False
    given: list[tuple[str, Decision, str]] = field(default_factory=list)
    polls: int = 0
    before: Callable[[], None] = lambda: None
    display_code: str = ""

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        self.polls += 1
        return Polled(
            requests=tuple(self.waiting),
            server_time=1_700_000_005.0,
            interval=3600,
            revoked=self.revoked,
        )

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        self.before()
        if self.failure is not None:
            raise self.failure
        self.given.append((request.id, decision, code))
        # No code is wrong for a refusal.
        wrong = self.result is Result.WRONG_CODE and decision is not Decision.APPROVE
        result = Result.DENIED if wrong else self.result
        return Answer(id=request.id, result=result, display_code=self.display_code)

    def unlink(self, link: ServerLink) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def made_up() -> MadeUp:
    return MadeUp()


@pytest.fixture
def vault(tmp_path: Path) -> OpenVault:
    one, _ = create_vault(
        tmp_path / "vault", "four words", recovery_key=False, cost=CHEAPEST, clock=FakeClock()
    )
    return one


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keyring() -> Memory:
    return Memory()


@pytest.fixture
def desk(
    qtbot: QtBot,
    jobs: Jobs,
    vault: OpenVault,
    made_up: MadeUp,
    clock: FakeClock,
    keyring: Memory,
) -> Iterator[RequestDesk]:
    one = RequestDesk(
        vault,
        Providers(clock, {"native": lambda _: made_up}),
        clock,
        jobs,
        Saves(vault, clock, jobs),
        keyring=keyring,
    )
    for strip in (one.strips.banner, one.strips.pause):
        qtbot.addWidget(strip)
    yield one
    one.stop()
    for page in one.pages:
        page.close()
        page.deleteLater()


def ask(desk: RequestDesk, made_up: MadeUp, count: int = 1) -> None:
    made_up.waiting = [login_request(f"r{n}", account_id=ACCOUNT) for n in range(count)]
    desk.watching.use([linked_account(ACCOUNT)])


def test_a_request_makes_the_banner_and_nothing_else_moves(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    shown: list[object] = []
    desk.page_wanted.connect(shown.append)
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    assert desk.strips.banner.accessibleName() == "Kalos Club asks: is it you?"
    assert shown == []
    desk.strips.banner.click()
    assert shown == [desk.page]


def test_an_answer_is_sent_kept_and_never_asked_again(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.NOT_ME, "", "")
    assert made_up.given == [("r0", Decision.NOT_ME, "")]
    assert [(e.decision, e.result) for e in vault.history] == [("not_me", "denied")]
    assert vault.was_answered("r0")
    assert not vault.dirty
    assert desk.waiting == 0


def test_no_network_leaves_the_request_open_and_says_why(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    made_up.failure = Unreachable("The server cannot be reached", "", "Try again")
    with qtbot.waitSignal(desk.watching.failed):
        desk.page.answer_asked.emit(desk.page.key, Decision.DENY, "", "")
    assert "cannot be reached" in desk.page.notice.text()
    qtbot.waitUntil(lambda: desk.waiting == 1)
    qtbot.waitUntil(lambda: [e.result for e in vault.history] == ["not_sent"])
    made_up.failure = None
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.DENY, "", "")
    assert [e.result for e in vault.history] == ["denied"]


@pytest.mark.parametrize("locked_between", [False, True], ids=["sent again", "after a restart"])
def test_an_answer_that_may_have_arrived_is_not_called_unsent_by_a_later_try(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault, locked_between: bool
) -> None:
    if locked_between:
        before = login_request("r0", account_id=ACCOUNT)
        begin(vault, [(before, Decision.DENY)], 1_699_999_991.0)
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    key = desk.page.key
    if not locked_between:
        made_up.failure = AnswerLost("The connection broke off")
        with qtbot.waitSignal(desk.watching.failed):
            desk.page.answer_asked.emit(key, Decision.DENY, "", "")
    made_up.failure = Unreachable("The server cannot be reached", "", "Try again")
    with qtbot.waitSignal(desk.watching.failed):
        if locked_between:
            desk.page.answer_asked.emit(key, Decision.DENY, "", "")
        else:
            desk.page.resend_asked.emit(key)
    desk._saves.save()
    qtbot.waitUntil(lambda: not desk._saves.unsaved)
    assert [e.result for e in vault.history] == ["unknown"]


@pytest.mark.parametrize("refusal", [Decision.DENY, Decision.NOT_ME])
def test_what_was_refused_before_a_lock_is_approved_by_nothing_later(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault, refusal: Decision
) -> None:
    begin(vault, [(login_request("r0", account_id=ACCOUNT), refusal)], 1_699_999_991.0)
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "7KQM", "")
    assert desk.page.outcome.title.text() == "Answered elsewhere"
    assert made_up.given == []
    assert [(e.decision, e.result) for e in vault.history] == [(refusal.value, "unknown")]


def test_a_refusal_of_before_a_lock_may_be_sent_again(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    begin(vault, [(login_request("r0", account_id=ACCOUNT), Decision.DENY)], 1_699_999_991.0)
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.DENY, "", "")
    assert [decision for _, decision, _ in made_up.given] == [Decision.DENY]


def test_what_is_on_its_way_is_on_the_disk(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    on_disk: list[list[tuple[str, str]]] = []

    def look() -> None:
        other = LockedVault(vault.path).unlock("four words", clock=FakeClock())
        on_disk.append([(e.decision, e.result) for e in other.history])
        other.lock()

    made_up.before = look
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "7KQM", "")
    assert on_disk == [[("approve", "unknown")]]
    assert [(e.decision, e.result) for e in vault.history] == [("approve", "denied")]


def test_what_is_answered_as_it_locks_is_written_down_and_not_sent(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    desk.page.deny.click()
    desk.stop()
    qtbot.waitUntil(lambda: not desk._saves.unsaved)
    vault.lock()
    assert made_up.given == []
    again = LockedVault(vault.path).unlock("four words", clock=FakeClock())
    assert [(e.decision, e.result) for e in again.history] == [("deny", "unknown")]
    again.lock()


def test_many_at_once_are_one_warning_with_one_way_to_deny_all(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    on_disk: list[list[str]] = []

    def look() -> None:
        other = LockedVault(vault.path).unlock("four words", clock=FakeClock())
        on_disk.append([e.decision for e in other.history])
        other.lock()

    made_up.before = look
    ask(desk, made_up, count=5)
    qtbot.waitUntil(lambda: desk.waiting == 5)
    assert desk.strips.banner.accessibleName() == "Someone may have your password"
    with qtbot.waitSignal(desk.page_wanted) as wanted:
        desk.open()
    assert wanted.args == [desk.flood]
    desk.flood.deny_all.click()
    qtbot.waitUntil(lambda: len(made_up.given) == 5)
    assert {decision for _, decision, _ in made_up.given} == {Decision.DENY}
    assert on_disk == [["deny"] * 5] * 5  # written down at once, before any was sent


def test_the_password_is_checked_before_an_answer_that_wants_it(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "7KQM", "not the password")
    qtbot.waitUntil(lambda: "password" in desk.page.notice.text().lower())
    assert made_up.given == []
    made_up.result = Result.APPROVED
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "7KQM", "four words")
    assert made_up.given == [("r0", Decision.APPROVE, "7KQM")]


def test_the_keyring_is_asked_before_an_answer_and_denying_does_not_wait_for_it(
    qtbot: QtBot,
    desk: RequestDesk,
    made_up: MadeUp,
    vault: OpenVault,
    clock: FakeClock,
    keyring: Memory,
) -> None:
    assert not desk._again.can_ask_keyring
    keyring_slot.turn_on(vault, keyring, clock)
    assert desk._again.can_ask_keyring
    ask(desk, made_up, 3)
    qtbot.waitUntil(lambda: desk.waiting == 3)
    desk.open()
    first = desk.page.key
    keyring.prompt = threading.Event()
    desk.page.keyring_asked.emit(first, "7KQM")
    desk.page.deny.click()
    qtbot.waitUntil(lambda: len(made_up.given) == 1)
    keyring.prompt.set()
    assert [decision for _, decision, _ in made_up.given] == [Decision.DENY]

    desk._next()
    made_up.result = Result.APPROVED
    desk.page.keyring_asked.emit(desk.page.key, "7KQM")
    qtbot.waitUntil(lambda: len(made_up.given) == 2)
    assert made_up.given[1][1:] == (Decision.APPROVE, "7KQM")

    desk._next()
    keyring.kept.clear()
    desk.page.keyring_asked.emit(desk.page.key, "7KQM")
    qtbot.waitUntil(lambda: "no entry" in desk.page.notice.text())
    assert len(made_up.given) == 2


def test_who_leaves_a_request_while_the_keyring_asks_has_answered_nothing(
    qtbot: QtBot,
    desk: RequestDesk,
    made_up: MadeUp,
    vault: OpenVault,
    clock: FakeClock,
    keyring: Memory,
    jobs: Jobs,
) -> None:
    keyring_slot.turn_on(vault, keyring, clock)
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    keyring.prompt = threading.Event()
    desk.page.keyring_asked.emit(desk.page.key, "7KQM")
    desk.page.back_pressed.emit()
    keyring.prompt.set()
    later: list[None] = []
    jobs.run(lambda: None, on_done=later.append, lane=Lane.KEYRING)
    qtbot.waitUntil(lambda: bool(later))
    assert (made_up.given, desk.waiting) == ([], 1)


def test_two_wrong_numbers_end_a_login_and_a_lock_between_them_gives_no_more(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault, clock: FakeClock
) -> None:
    made_up.result = Result.WRONG_CODE
    made_up.waiting = [
        login_request("r0", account_id=ACCOUNT, match=Match.CHOOSE, choices=("37", "52", "88"))
    ]
    before = HistoryEntry(
        at=clock.now() - 9,
        account_id=ACCOUNT,
        service="Kalos Club",
        account="elena",
        decision="approve",
        result="wrong_code",
        request_id="r0",
    )
    vault.record(before)
    desk.watching.use([linked_account(ACCOUNT)])
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "52", "")
    assert [decision for _, decision, _ in made_up.given] == [Decision.APPROVE, Decision.NOT_ME]
    assert vault.was_answered("r0")
    assert desk.page.outcome.title.text() == "Denied after two wrong numbers"


def test_a_number_pressed_before_the_first_is_written_down_is_the_second_all_the_same(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, vault: OpenVault
) -> None:
    made_up.result = Result.WRONG_CODE
    made_up.waiting = [
        login_request("r0", account_id=ACCOUNT, match=Match.CHOOSE, choices=("37", "52", "88"))
    ]
    desk.watching.use([linked_account(ACCOUNT)])
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    numbers = ["52", "37"]

    def press() -> None:
        """Press the next number in the moment that one may be pressed."""
        if desk.waiting and numbers:
            desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, numbers.pop(), "")

    desk.watching.changed.connect(press)
    press()
    qtbot.waitUntil(lambda: vault.was_answered("r0"))
    assert made_up.given == [
        ("r0", Decision.APPROVE, "37"),
        ("r0", Decision.APPROVE, "52"),
        ("r0", Decision.NOT_ME, ""),
    ]


def test_a_code_for_the_login_page_is_shown_although_the_page_was_left(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    shown: list[object] = []
    made_up.result, made_up.display_code = Result.APPROVED, "482913"
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.APPROVE, "", "")
        desk.page.back_pressed.emit()
        desk.page_wanted.connect(shown.append)
    qtbot.waitUntil(lambda: shown == [desk.page])
    assert desk.page.outcome.display.text() == "482 913"
    with qtbot.waitSignal(desk.left):
        desk.page.back_pressed.emit()
    assert shown == [desk.page]


def test_a_removed_device_is_told_and_no_longer_asked(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    made_up.revoked = True
    with qtbot.waitSignal(desk.account_removed) as removed:
        ask(desk, made_up)
    assert removed.args == [ACCOUNT]


def test_nothing_waiting_says_so_and_shows_what_was(qtbot: QtBot, desk: RequestDesk) -> None:
    with qtbot.waitSignal(desk.said) as said, qtbot.waitSignal(desk.history_wanted):
        desk.open()
    assert said.args == ["No login request waits"]


def test_an_account_of_an_unknown_kind_of_server_is_left_alone(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    trouble: list[WatchwordError] = []
    desk.trouble.connect(trouble.append)
    desk.watching.use([linked_account(ACCOUNT, link(kind="of tomorrow"))])
    assert desk.waiting == 0
    assert trouble == []


def test_the_history_speaks_of_days_as_people_do() -> None:
    now = 1_700_000_000.0
    entry = HistoryEntry(
        at=now,
        account_id="a1",
        service="Kalos Club",
        account="elena",
        ip="192.0.2.7",
        user_agent="Firefox on Linux",
        decision="not_me",
        result="denied",
        request_id="r1",
    )
    other = replace(entry, account_id="a2")
    older = replace(entry, at=now - 86_400, decision="approve", result="approved", place="Geneva")
    oldest = replace(entry, at=now - 400 * 86_400, result="unknown")
    recent = recent_of([oldest, older, other, entry], "a1", now)
    assert [one.decision for one in recent] == ["Denied, not me", "Approved", "Not confirmed"]
    assert [one.good for one in recent] == [False, True, False]
    assert recent[0].where == "Firefox on Linux · 192.0.2.7"
    assert recent[1].where == "Firefox on Linux · Geneva"
    assert recent[0].when.startswith("today")
    assert recent[1].when.startswith("yesterday")
    assert "2022" in recent[2].when


def test_the_queue_is_counted_and_gone_through_round_and_round(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    ask(desk, made_up, count=3)
    qtbot.waitUntil(lambda: desk.waiting == 3)
    desk.open()
    seen = []
    for _ in range(4):
        assert desk.page.key is not None
        seen.append((desk.page.key[1], desk.page.more.text()))
        desk.page.more.click()
    newest, second, third = (entry.key[1] for entry in desk.watching.inbox.open)
    assert seen == [
        (newest, "1 of 3"), (second, "2 of 3"), (third, "3 of 3"), (newest, "1 of 3"),
    ]  # fmt: skip
    assert desk.page.more.accessibleName() == "2 of 3, show the next"


def test_after_an_answer_the_count_is_of_those_that_still_wait(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp
) -> None:
    ask(desk, made_up, count=2)
    qtbot.waitUntil(lambda: desk.waiting == 2)
    desk.open()
    with qtbot.waitSignal(desk.answered):
        desk.page.answer_asked.emit(desk.page.key, Decision.DENY, "", "")
    assert desk.page.more.text() == "1 more"
    desk.page.outcome.done.emit()
    assert desk.page.more.isHidden()
    assert desk.waiting == 1


def test_a_pause_shows_what_is_left_of_it_and_is_ended_there(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, clock: FakeClock
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.pause()
    assert not desk.strips.pause.isHidden()
    assert desk.strips.pause.accessibleDescription().startswith("15:00 left")
    clock.advance(28)
    desk.strips.tick()
    # 14:32; what is read changes every ten seconds.
    assert desk.strips.pause.accessibleDescription().startswith("14:30 left")
    asked = made_up.polls
    clock.advance(3_600 - 28 - 3_000)
    desk.watching.woke()
    assert made_up.polls == asked
    desk.strips.pause.click()
    assert desk.strips.pause.isHidden()
    qtbot.waitUntil(lambda: made_up.polls > asked)


def test_a_pause_ends_by_itself(
    qtbot: QtBot, desk: RequestDesk, made_up: MadeUp, clock: FakeClock
) -> None:
    ask(desk, made_up)
    qtbot.waitUntil(lambda: desk.waiting == 1)
    desk.pause()
    clock.advance(901)
    desk.strips.tick()
    assert desk.strips.pause.isHidden()
