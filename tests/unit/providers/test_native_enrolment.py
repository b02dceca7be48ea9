"""A link becomes an account only with the server that made it, and never half of one."""

from dataclasses import replace
from typing import Any

import pytest
from fake_clock import FakeClock
from native_server import ORIGIN, NativeServer, new_id

from watchword.errors import RemoteError
from watchword.protocol.encoding import sha256
from watchword.protocol.errors import BadSignature, LinkExpired, NotForUs, WrongServer
from watchword.protocol.members import Message
from watchword.protocol.messages import (
    Acknowledged,
    EnrolPackage,
    EnrolState,
    EnrolStateWord,
    EnrolTaken,
)
from watchword.protocol.signing import SigningKey, short_code
from watchword.providers.errors import (
    EnrolmentCancelled,
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
    OtherServerKey,
)
from watchword.providers.native import NativeProvider
from watchword.providers.native_enrolment import Enrolment
from watchword.remote.client import Reply
from watchword.remote.errors import (
    AnswerLost,
    NotOurServer,
    ServerBusy,
    ServerFailed,
    Unreachable,
)
from watchword.vault.account import ServerLink


class World:
    def __init__(self) -> None:
        self.server = NativeServer()
        self.clock = FakeClock()

    def enrolment(self, *links: ServerLink) -> Enrolment:
        return Enrolment(
            str(self.server.enrol_link()),
            "My laptop",
            self.clock,
            links=links,
            open_sender=lambda origin, pin: self.server,
        )

    def spoil(self, kind: type[Message], **changes: Any) -> None:
        """Change what the server says in messages of one kind."""
        self.server.spoil = lambda m: replace(m, **changes) if isinstance(m, kind) else m


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_is_contacted_before_the_person_confirmed(world: World) -> None:
    assert world.enrolment().host == "login.example"
    assert not world.server.sent


def test_from_link_to_account(world: World) -> None:
    enrolment = world.enrolment()
    code = enrolment.contact()
    assert code == short_code(world.server.offer, bytes(range(16)))
    linked = enrolment.wait()
    account, link = linked.account, linked.account.link
    assert link is not None
    assert account.otp is not None
    assert (account.issuer, account.account, account.type) == ("Kalos Club", "elena", "totp")
    assert account.otp.secret == bytes(range(20))
    assert (link.origin, link.device_name) == (ORIGIN, "My laptop")
    assert link.user_id == world.server.user_id
    assert link.server_key == world.server.key.public
    assert SigningKey(link.device_key).public == world.server.device_public
    assert linked.first_device
    assert link.backup_codes == world.server.backup_codes
    assert not world.server.acknowledged
    enrolment.acknowledge()
    assert [a.device_id for a in world.server.acknowledged] == [link.device_id]


def test_the_pin_of_a_home_server_is_kept_and_asked_for_ever_after(world: World) -> None:
    pin = world.server.tls_pin = bytes(range(32))
    opened: list[tuple[str, bytes]] = []

    def opener(origin: str, tls_pin: bytes) -> NativeServer:
        opened.append((origin, tls_pin))
        return world.server

    enrolment = Enrolment(
        str(world.server.enrol_link()), "Laptop", world.clock, open_sender=opener
    )
    enrolment.contact()
    link = enrolment.wait().account.link
    assert link is not None
    assert link.tls_pin
    NativeProvider(world.clock, opener).poll("a1", link)
    assert opened == [(ORIGIN, pin), (ORIGIN, pin)]


def test_the_one_time_key_is_never_sent(world: World) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    enrolment.wait()
    key = str(world.server.enrol_link()).split("&k=")[1].split("&")[0]
    for _, target, body, headers in world.server.sent:
        assert key not in target + body.decode() + repr(headers)
    assert key not in repr(enrolment.__dict__)


def test_another_server_than_the_links_is_told_nothing(world: World) -> None:
    enrolment = world.enrolment()
    world.server.key = SigningKey.generate()
    with pytest.raises(WrongServer):
        enrolment.contact()
    assert [target.rpartition("/")[2] for _, target, _, _ in world.server.sent] == ["info"]


@pytest.mark.parametrize(
    "change",
    [{"origin": "https://other.example"}, {"e": new_id()}, {"nonce_c": bytes(16)}],
    ids=["origin", "e", "nonce"],
)
def test_an_introduction_for_another_enrolment_is_refused(
    world: World, change: dict[str, Any]
) -> None:
    world.spoil(Message, **change)
    with pytest.raises(NotForUs):
        world.enrolment().contact()


def test_a_second_account_at_an_address_needs_the_same_key(world: World) -> None:
    known = world.server.link()
    with pytest.raises(OtherServerKey, match="elena"):
        world.enrolment(replace(known, server_key=bytes(32))).contact()
    world.enrolment(known).contact()


def test_an_answer_about_another_offer_is_refused(world: World) -> None:
    world.spoil(EnrolTaken, offer=sha256(b"x"))
    with pytest.raises(NotForUs):
        world.enrolment().contact()


@pytest.mark.parametrize(
    ("status", "error"),
    [(409, EnrolmentUsed), (410, EnrolmentExpired), (404, EnrolmentExpired)],
)
def test_used_and_expired_links_say_so(
    world: World, status: int, error: type[EnrolmentRefused]
) -> None:
    world.server.after = lambda reply: Reply(status, {}, b'{"error":"x"}')
    with pytest.raises(error):
        world.enrolment().contact()


def test_a_link_that_expired_is_not_even_tried(world: World) -> None:
    world.clock.advance(700)
    with pytest.raises(LinkExpired):
        world.enrolment()


@pytest.mark.parametrize(
    ("state", "error"),
    [(EnrolStateWord.REFUSED, EnrolmentRefused), (EnrolStateWord.EXPIRED, EnrolmentExpired)],
)
def test_no_in_the_browser_ends_it(
    world: World, state: EnrolStateWord, error: type[EnrolmentRefused]
) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    world.server.state = state
    with pytest.raises(error):
        enrolment.wait()


def test_it_waits_until_the_browser_confirmed(world: World) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    world.server.state = EnrolStateWord.WAITING
    polls: list[str] = []

    def before(method: str, target: str) -> None:
        polls.append(target)
        world.clock.advance(25)
        world.server.time += 25
        if len(polls) == 4:
            world.server.state = EnrolStateWord.ACCEPTED

    world.server.before = before
    assert enrolment.wait().account.link
    assert len(polls) == 4


def test_a_server_that_never_decides_is_not_waited_for_for_ever(world: World) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    world.server.state = EnrolStateWord.WAITING
    world.server.before = lambda method, target: world.clock.advance(25)
    with pytest.raises((EnrolmentExpired, RemoteError)):
        enrolment.wait()


def test_stopping_it_leaves_no_account(world: World) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    world.server.state = EnrolStateWord.WAITING
    world.server.before = lambda method, target: enrolment.cancel()
    with pytest.raises(EnrolmentCancelled):
        enrolment.wait()


@pytest.mark.parametrize("change", [{"e": new_id()}, {"device_id": new_id()}], ids=["e", "device"])
def test_a_package_for_another_enrolment_makes_no_account(
    world: World, change: dict[str, Any]
) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    world.spoil(EnrolPackage, **change)
    with pytest.raises(NotForUs):
        enrolment.wait()


def test_a_package_sealed_for_another_offer_makes_no_account(world: World) -> None:
    enrolment = world.enrolment()
    enrolment.contact()
    offer, world.server.offer = world.server.offer, bytes(32)
    world.spoil(EnrolState, offer=offer)
    with pytest.raises(BadSignature):
        enrolment.wait()


def test_a_lost_answer_to_the_offer_is_asked_for_again_unchanged(world: World) -> None:
    lost = [AnswerLost("x")]

    def after(reply: Reply) -> Reply:
        if world.server.offer and lost:
            raise lost.pop()
        return reply

    world.server.after = after
    world.enrolment().contact()
    offers = [body for _, target, body, _ in world.server.sent if target.endswith("offer")]
    assert len(offers) == 2
    assert offers[0] == offers[1]


@pytest.mark.parametrize("error", [Unreachable("x"), AnswerLost("x"), ServerBusy("x")])
@pytest.mark.parametrize("step", ["info", "offer", "state", "acknowledge"])
def test_a_network_that_is_gone_is_an_error_at_every_step(
    world: World, step: str, error: RemoteError
) -> None:
    def before(method: str, target: str) -> None:
        if step in target or (step == "state" and method == "GET"):
            world.clock.advance(100)
            raise error

    world.server.before = before
    with pytest.raises(type(error)):
        all_steps(world.enrolment())
    assert not world.server.acknowledged


def all_steps(enrolment: Enrolment) -> None:
    enrolment.contact()
    enrolment.wait()
    enrolment.acknowledge()


def acknowledging(world: World) -> Enrolment:
    """Return an enrolment whose account is there, and is about to be acknowledged."""
    enrolment = world.enrolment()
    enrolment.contact()
    enrolment.wait()
    return enrolment


@pytest.mark.parametrize("error", [AnswerLost("x"), ServerFailed("x"), NotOurServer("x")])
def test_an_acknowledgement_that_may_have_arrived_is_called_lost(
    world: World, error: RemoteError
) -> None:
    enrolment = acknowledging(world)

    def after(_reply: Reply) -> Reply:
        world.clock.advance(100)
        raise error

    world.server.after = after
    with pytest.raises(AnswerLost):
        enrolment.acknowledge()
    assert world.server.acknowledged


def test_a_network_that_goes_after_an_acknowledgement_does_not_unsay_it(world: World) -> None:
    enrolment = acknowledging(world)

    def after(_reply: Reply) -> Reply:
        world.server.before = gone
        raise AnswerLost("x")

    def gone(_method: str, _target: str) -> None:
        world.clock.advance(100)
        raise Unreachable("x")

    world.server.after = after
    with pytest.raises(AnswerLost):
        enrolment.acknowledge()
    assert len(world.server.acknowledged) == 1


def test_an_acknowledgement_that_is_answered_wrongly_is_called_lost(world: World) -> None:
    enrolment = acknowledging(world)
    world.spoil(Acknowledged, device_id=new_id())
    with pytest.raises(AnswerLost):
        enrolment.acknowledge()
