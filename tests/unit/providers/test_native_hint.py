"""While the vault is locked: a key of its own that learns a number, believed only when signed."""

from dataclasses import replace

import pytest
from fake_clock import FakeClock
from native_server import NativeServer

from watchword.protocol.errors import KeyWithoutProof, NotForUs
from watchword.protocol.key_messages import Hint, HintKeyTaken
from watchword.protocol.members import Message
from watchword.protocol.signing import SigningKey
from watchword.providers.errors import NotAccepted
from watchword.providers.native import NativeProvider
from watchword.providers.native_hint import HintLine
from watchword.providers.provider import Providers


class World:
    def __init__(self) -> None:
        self.server = NativeServer()
        self.native = NativeProvider(FakeClock(), lambda origin, pin: self.server)
        self.link = self.server.link()

    def hints(self) -> HintLine:
        return self.native.begin_hints(self.link)


@pytest.fixture
def world() -> World:
    return World()


def test_it_counts_after_the_provider_has_forgotten_every_key(world: World) -> None:
    hints = world.hints()
    assert world.server.hint_key
    assert world.server.hint_key != world.server.device.public
    world.native.close()
    assert hints.waiting(None, 0).waiting == 0
    world.server.request()
    told = hints.waiting(0, 25)
    assert (told.waiting, told.held) == (1, True)
    method, target, body, headers = world.server.sent[-1]
    assert (method, target, body) == ("GET", "/api/v1/hint?known=0", b"")
    assert headers["Prefer"] == "wait=25"


def test_a_server_that_answers_at_once_with_the_same_does_not_hold(world: World) -> None:
    assert not world.hints().waiting(0, 25).held


def test_each_unlocking_has_another_key(world: World) -> None:
    world.hints()
    first = world.server.hint_key
    world.hints()
    assert world.server.hint_key != first


def test_it_can_be_ended(world: World) -> None:
    hints = world.hints()
    world.native.end_hints(world.link)
    assert world.server.hint_key == b""
    with pytest.raises(NotAccepted):
        hints.waiting(None, 0)


def test_once_closed_it_asks_nothing(world: World) -> None:
    hints = world.hints()
    hints.close()
    sent = len(world.server.sent)
    world.server.request()
    assert hints.waiting(None, 0).waiting == 0
    assert len(world.server.sent) == sent


def test_a_number_that_the_server_did_not_sign_for_this_question(world: World) -> None:
    hints = world.hints()

    def older(message: Message) -> Message:
        if not isinstance(message, Hint):
            return message
        return replace(message, nonce="1.AAAA." + "A" * 22)

    world.server.spoil = older
    with pytest.raises(NotForUs):
        hints.waiting(None, 0)
    world.server.spoil = lambda message: message
    world.server.key = SigningKey.generate()
    with pytest.raises(KeyWithoutProof):
        hints.waiting(None, 0)


def test_a_key_taken_for_another_device_is_none(world: World) -> None:
    def other(message: Message) -> Message:
        return (
            replace(message, device_id="A" * 22) if isinstance(message, HintKeyTaken) else message
        )

    world.server.spoil = other
    with pytest.raises(NotForUs):
        world.hints()


def test_the_kinds_of_server_that_can(world: World) -> None:
    providers = Providers(FakeClock())
    assert providers.hints_of(world.link) is not None
    assert providers.hints_of(replace(world.link, kind="of tomorrow")) is None
