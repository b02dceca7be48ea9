"""Answering from the terminal where the login page shows one of several numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from login_requests import linked_account, login_request

from watchword.approvals import moving
from watchword.approvals.seen import Seen
from watchword.cli import answering
from watchword.cli.errors import Misused
from watchword.clock import SystemClock
from watchword.errors import NoSuchThing
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Polled, Result
from watchword.providers.provider import Providers
from watchword.vault import CHEAPEST, OpenVault, create_vault
from watchword.vault.account import ServerLink


@dataclass
class Patient:
    """A server that lets numbers be tried without end."""

    now: float
    given: list[tuple[Decision, str]] = field(default_factory=list)

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        asked = login_request(
            account_id=account_id,
            issued_at=self.now,
            expires_at=self.now + 120,
            match=Match.CHOOSE,
            choices=("37", "52", "88"),
        )
        return Polled(requests=(asked,), server_time=self.now)

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        self.given.append((decision, code))
        refused = decision is not Decision.APPROVE
        return Answer(id=request.id, result=Result.DENIED if refused else Result.WRONG_CODE)

    def unlink(self, link: ServerLink) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[OpenVault]:
    one, _ = create_vault(
        tmp_path / "vault", "secret", recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )
    one.add([linked_account("a" * 16)])
    one.save()
    moving.settle(one)
    yield one
    one.lock()


def approve(vault: OpenVault, server: Patient, code: str) -> Answer:
    """Answer as one command does: nothing of it is in memory for the next."""
    clock = SystemClock()
    return answering.answer(
        vault,
        Providers(clock, {"native": lambda _: server}),
        clock,
        request_id="r1",
        decision=Decision.APPROVE,
        code=code,
        seen=Seen(None),
        warn=lambda _: None,
    )


def test_two_commands_with_wrong_numbers_end_the_login(vault: OpenVault) -> None:
    server = Patient(SystemClock().now())
    assert approve(vault, server, "37").tries_left == 1
    assert approve(vault, server, " 52 ").tries_left == 0
    assert server.given == [
        (Decision.APPROVE, "37"),
        (Decision.APPROVE, "52"),
        (Decision.NOT_ME, ""),
    ]
    with pytest.raises(NoSuchThing):
        approve(vault, server, "88")


def test_what_is_not_offered_is_not_sent_and_costs_nothing(vault: OpenVault) -> None:
    server = Patient(SystemClock().now())
    with pytest.raises(Misused, match="37, 52, 88"):
        approve(vault, server, "73")
    assert server.given == []
    assert vault.history == ()
