"""`requests`, `approve`, `deny` and `history`, with a real vault and a server inside the test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from native_server import NativeServer

from watchword.approvals.seen import Seen
from watchword.cli import answering, history, requests
from watchword.cli.errors import Misused
from watchword.clock import SystemClock
from watchword.errors import NoSuchThing
from watchword.protocol.messages import ResultWord
from watchword.providers.login_request import Answer, Decision, LoginRequest, Result
from watchword.providers.native import NativeProvider
from watchword.providers.provider import Providers
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, Unreachable
from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault
from watchword.vault.account import Account

A1, A2 = "00000000000000a1", "00000000000000a2"


class World:
    """A vault with as many accounts as servers, and whatever was said to the person."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "vault"
        self.clock = SystemClock()
        self.servers: dict[str, NativeServer] = {}
        self.said: list[str] = []
        self.seen = Seen(folder / "requests.json")
        self.vault, _ = create_vault(
            self.path, "secret", recovery_key=False, cost=CHEAPEST, clock=self.clock
        )

    def link(self, name: str = A1) -> NativeServer:
        server = NativeServer(time=int(self.clock.now()))
        origin = f"https://{name}.example"
        account = Account(
            id=name,
            issuer=name,
            account="elena",
            otp=None,
            link=replace(server.link(), origin=origin),
        )
        self.servers[origin] = server
        self.vault.add([account])
        self.vault.save()
        return server

    def ask(self, server: NativeServer, **changes: int) -> None:
        origin = next(name for name, one in self.servers.items() if one is server)
        server.request(origin=origin, **changes)

    def providers(self) -> Providers:
        return Providers(
            self.clock,
            {"native": lambda clock: NativeProvider(clock, lambda o, pin: self.servers[o])},
        )

    def list(self, wait: float = 0) -> tuple[LoginRequest, ...]:
        return requests.open_requests(
            self.vault,
            self.providers(),
            self.clock,
            wait=wait,
            seen=self.seen,
            warn=self.said.append,
        )

    def answer(self, request_id: str, decision: Decision, code: str = "") -> Answer:
        return answering.answer(
            self.vault,
            self.providers(),
            self.clock,
            request_id=request_id,
            decision=decision,
            code=code,
            seen=self.seen,
            warn=self.said.append,
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.vault.lock()


def unreachable(method: str, target: str) -> None:
    raise Unreachable("The server could not be reached")


def lost_once_decided(server: NativeServer) -> Callable[[Reply], Reply]:
    lost = [AnswerLost("x"), AnswerLost("x")]

    def after(reply: Reply) -> Reply:
        if server.decisions and lost:
            raise lost.pop()
        return reply

    return after


def test_without_linked_accounts_nothing_waits(world: World) -> None:
    assert world.list() == ()
    assert world.list(wait=5) == ()


def test_oldest_first_over_all_accounts(world: World) -> None:
    first, second = world.link(A1), world.link(A2)
    world.ask(first, issued=first.time - 5)
    world.ask(second, issued=second.time - 50, expires=second.time + 50)
    assert [request.account_id for request in world.list()] == [A2, A1]


def test_the_contract_of_one_request(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    assert requests.as_json(request) == {
        "id": f"r{request.id}",
        "account_id": A1,
        "service": "Kalos Club",
        "account": "elena",
        "ip": "192.0.2.7",
        "place": "Geneva",
        "user_agent": "Firefox on Windows",
        "reported_by": "",
        "text": "",
        "created_at": server.time - 10,
        "expires_at": server.time + 110,
        "match": "type4",
        "choices": [],
    }
    assert requests.meant_id(f"r{request.id}") == request.id


def test_what_a_service_reports_is_said_to_be_its_word(world: World) -> None:
    world.ask(world.link(), service="Bookshop", reported_by="Bookshop", ip="", place="")
    (request,) = world.list()
    assert requests.as_json(request)["reported_by"] == "Bookshop"
    told = "\n".join(requests.as_lines(request, request.issued_at))
    assert "Firefox on Windows (reported by Bookshop, not checked)" in told


def test_it_waits_until_one_asks_and_then_returns_at_once(world: World) -> None:
    server = world.link()
    polls: list[str] = []

    def before(method: str, target: str) -> None:
        polls.append(target)
        if len(polls) == 3:
            world.ask(server)

    server.before = before
    assert len(world.list(wait=30)) == 1


def test_at_the_time_out_nothing_is_no_error(world: World) -> None:
    world.link()
    assert world.list(wait=0.3) == ()
    assert not world.said


def test_one_server_that_is_gone_is_a_warning_and_all_are_an_error(world: World) -> None:
    fine, gone = world.link(A1), world.link(A2)
    gone.before = unreachable
    world.ask(fine)
    assert len(world.list()) == 1
    assert [f"{A2}: " in text and "could not be reached" in text for text in world.said] == [True]
    fine.before = unreachable
    with pytest.raises(Unreachable):
        world.list()


def test_an_account_removed_at_its_server_is_marked_for_good(world: World) -> None:
    world.link().revoked = True
    assert world.list() == ()
    assert "removed at the server" in world.said[0]
    world.vault.lock()
    world.vault = LockedVault(world.path).unlock("secret", clock=world.clock)
    (account,) = world.vault.accounts
    assert account.link is not None
    assert account.link.state == "revoked"
    assert world.list() == ()


def test_an_answer_stands_in_the_history_and_the_request_does_not_come_back(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    answer = world.answer(request.id, Decision.APPROVE, "7kqm")
    assert answering.as_json(answer) == {"id": f"r{request.id}", "result": "approved"}
    world.vault.lock()
    world.vault = LockedVault(world.path).unlock("secret", clock=world.clock)
    (row,) = history.rows(world.vault)
    assert abs(row.pop("at") - world.clock.now()) < 60
    assert row == {
        "service": "Kalos Club",
        "account": "elena",
        "ip": "192.0.2.7",
        "decision": "approve",
        "result": "approved",
    }
    assert world.list() == ()  # although the server lists it still


@pytest.mark.parametrize("decision", [Decision.DENY, Decision.NOT_ME])
def test_denying_needs_no_code(world: World, decision: Decision) -> None:
    server = world.link()
    server.result = ResultWord.DENIED
    world.ask(server)
    (request,) = world.list()
    assert world.answer(request.id, decision).result is Result.DENIED
    assert history.rows(world.vault)[0]["decision"] == decision.value
    # There are servers that would let it be approved now.
    sent, server.result = len(server.decisions), ResultWord.APPROVED
    later = world.answer(request.id, Decision.APPROVE, "7KQM")
    assert later.result is Result.ANSWERED_ELSEWHERE
    assert (len(server.decisions), later.decided_by) == (
        sent,
        world.vault.accounts[0].link.device_name,
    )


def test_approving_without_the_code_sends_nothing(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    with pytest.raises(Misused, match="--code"):
        world.answer(request.id, Decision.APPROVE, "  ")
    assert not server.decisions


def test_a_wrong_code_may_be_followed_by_the_right_one(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    server.result, server.decided, server.tries_left = ResultWord.WRONG_CODE, "", 2
    assert world.answer(request.id, Decision.APPROVE, "XXXX").result is Result.WRONG_CODE
    server.result = ResultWord.APPROVED
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.APPROVED
    results = [row["result"] for row in history.rows(world.vault)]
    assert results == ["wrong_code", "approved"]


def test_an_id_nobody_listed_is_no_such_request(world: World) -> None:
    world.link()
    with pytest.raises(NoSuchThing, match="No login request of that id"):
        world.answer("nonsense", Decision.DENY)


def test_a_request_that_expired_meanwhile_is_told_as_the_server_says(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    server.requests.clear()
    server.result = ResultWord.EXPIRED
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.EXPIRED
    assert server.decisions[0].request == request.digest
    assert history.rows(world.vault)[0]["result"] == "expired"


def test_a_lost_confirmation_is_unknown_and_can_be_asked_for_again(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    server.after = lost_once_decided(server)
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.UNKNOWN
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.APPROVED


def test_without_a_network_an_answer_is_an_error_and_is_kept_as_not_sent(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    server.before = unreachable
    with pytest.raises(Unreachable):
        world.answer(request.id, Decision.APPROVE, "7KQM")
    assert [row["result"] for row in history.rows(world.vault)] == ["not_sent"]


def test_an_answer_that_may_have_arrived_is_not_called_unsent_by_a_later_try(
    world: World,
) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    server.after = lost_once_decided(server)
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.UNKNOWN
    server.before = unreachable
    with pytest.raises(Unreachable):
        world.answer(request.id, Decision.APPROVE, "7KQM")
    with pytest.raises(Unreachable):
        world.answer(request.id, Decision.DENY)
    said = {row["decision"]: row["result"] for row in history.rows(world.vault)}
    assert said == {"approve": "unknown", "deny": "not_sent"}


def test_a_request_of_a_removed_account_cannot_be_answered(world: World) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    world.vault.remove(A1)
    with pytest.raises(NoSuchThing):
        world.answer(request.id, Decision.DENY)


def test_a_vault_that_cannot_be_saved_does_not_hide_what_happened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = world.link()
    world.ask(server)
    (request,) = world.list()
    monkeypatch.setattr(OpenVault, "save", refuse_to_save)
    assert world.answer(request.id, Decision.APPROVE, "7KQM").result is Result.APPROVED
    assert "disk is full" in world.said[-1]


def refuse_to_save(vault: OpenVault) -> None:
    from watchword.vault import NotSaved

    raise NotSaved("The vault was not saved", "The disk is full")


def test_clocks_that_differ_do_not_matter_and_are_told(world: World) -> None:
    server = world.link()
    server.time -= 86_500
    world.ask(server)
    assert world.list()
    assert "s ahead of the server's" in world.said[0]
