"""Login requests are shown, answered and believed only as the pinned key says."""

from dataclasses import replace
from typing import Any

import pytest
from fake_clock import FakeClock
from native_server import NativeServer, new_id

from watchword.errors import RemoteError
from watchword.protocol.encoding import canonical, sha256
from watchword.protocol.errors import KeyWithoutProof, MessageRefused, NotForUs
from watchword.protocol.messages import Activation, DecisionWord, MatchPolicy, ResultWord, Via
from watchword.protocol.signing import SigningKey
from watchword.providers.errors import DeviceRevoked, NotAccepted
from watchword.providers.login_request import Decision, LoginRequest, Match, Result
from watchword.providers.native import NativeProvider
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, NotOurServer, ServerBusy, ServerFailed, Unreachable

OTHER_NONCE = "1.AAAA." + "A" * 22


class World:
    def __init__(self) -> None:
        self.server = NativeServer()
        self.clock = FakeClock()
        self.native = NativeProvider(self.clock, lambda origin, pin: self.server)
        self.link = self.server.link()

    def poll(self) -> tuple[LoginRequest, ...]:
        return self.native.poll("a1", self.link).requests

    def one(self) -> LoginRequest:
        self.server.request()
        (request,) = self.poll()
        return request


@pytest.fixture
def world() -> World:
    return World()


class Lost:
    """Loses the first `times` answers after the server acted on them."""

    def __init__(self, times: int, error: RemoteError | None = None) -> None:
        self.times = times
        self.error = error or AnswerLost("x")

    def __call__(self, reply: Reply) -> Reply:
        self.times -= 1
        if self.times >= 0:
            raise self.error
        return reply


def test_a_request_arrives_as_plain_values(world: World) -> None:
    made = world.server.request(
        service="Kalos \u202eClub<b>", place="x" * 128, match=MatchPolicy.TYPE6
    )
    polled = world.native.poll("a1", world.link)
    (request,) = polled.requests
    assert (request.id, request.account_id, request.account) == (made.id, "a1", "elena")
    assert request.service == "Kalos Club<b>"
    assert (request.ip, request.user_agent) == ("192.0.2.7", "Firefox on Windows")
    assert request.reported_by == ""
    assert request.match is Match.TYPE6
    assert not request.ask_password
    assert (request.issued_at, request.expires_at) == (made.issued, made.expires)
    assert (polled.server_time, polled.interval) == (world.server.time, 2)


@pytest.mark.parametrize(
    ("policy", "match"), [(MatchPolicy.TYPE4, Match.TYPE4), (MatchPolicy.YESNO, Match.NONE)]
)
def test_what_is_asked_for(world: World, policy: MatchPolicy, match: Match) -> None:
    world.server.request(match=policy, activation=Activation.EACH)
    (request,) = world.poll()
    assert (request.match, request.ask_password) == (match, True)


@pytest.mark.parametrize("offset", [0, 86_400, -86_400, 10**9])
def test_a_wrong_clock_keeps_nobody_out(world: World, offset: int) -> None:
    world.clock.time += offset
    request = world.one()
    assert world.native.answer(world.link, request, Decision.DENY).result is Result.APPROVED
    assert len(world.server.sent) == 3  # one extra, for the first nonce


def test_a_server_that_always_wants_another_nonce_is_not_asked_for_ever(world: World) -> None:
    world.server.after = lambda reply: Reply(401, {"watchword-nonce": "1700000000.AAAA"}, b"{}")
    with pytest.raises(NotAccepted):
        world.poll()
    assert len(world.server.sent) == 2


def test_what_is_known_is_told_so_that_the_server_can_wait(world: World) -> None:
    request = world.one()
    polled = world.native.poll("a1", world.link, known=(request.id,), wait=25)
    method, target, _, headers = world.server.sent[-1]
    assert (method, target) == ("GET", f"/api/v1/requests?known={request.id}")
    assert headers["Prefer"] == "wait=25"
    assert not polled.held  # it answered at once, with nothing new
    assert world.native.poll("a1", world.link, known=(new_id(),), wait=25).held


@pytest.mark.parametrize(
    "changes",
    [
        {"device_id": new_id()},
        {"account": new_id()},
        {"origin": "https://other.example"},
        {"expires": 1_700_000_000},
        {"issued": 1_699_999_000},
        {"issued": 1_700_000_110, "expires": 1_700_000_110},
        {"issued": 1_800_000_000, "expires": 1_800_000_100},
    ],
    ids=["device", "account", "origin", "expired", "long life", "no life", "future"],
)
def test_a_request_that_is_not_ours_is_refused_and_others_are_shown(
    world: World, changes: dict[str, Any]
) -> None:
    world.server.request(**changes)
    fine = world.server.request()
    polled = world.native.poll("a1", world.link, wait=25)
    assert [request.id for request in polled.requests] == [fine.id]
    assert len(polled.problems) == 1
    assert not polled.held


def test_a_request_signed_by_somebody_else_is_refused(world: World) -> None:
    key, world.server.key = world.server.key, SigningKey.generate()
    world.server.request()
    world.server.key = key
    polled = world.native.poll("a1", world.link)
    assert not polled.requests
    assert polled.problems


@pytest.mark.parametrize(
    "change", [{"nonce": OTHER_NONCE}, {"device_id": new_id()}], ids=["nonce", "device"]
)
def test_a_poll_for_others_is_refused(world: World, change: dict[str, Any]) -> None:
    world.server.spoil = lambda message: replace(message, **change)
    with pytest.raises(NotForUs):
        world.poll()


def test_a_poll_signed_by_another_key_is_refused(world: World) -> None:
    world.server.key = SigningKey.generate()
    with pytest.raises(KeyWithoutProof):
        world.poll()


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b'"x"', b"{}", b"\xff", b'{"signed":"AA","sig":"AA"}', b"{" * 5000]
)
def test_what_is_no_message_is_refused(world: World, body: bytes) -> None:
    world.server.after = lambda reply: replace(reply, body=body)
    with pytest.raises((MessageRefused, NotAccepted)):
        world.poll()


def test_only_a_signed_revocation_counts(world: World) -> None:
    world.server.revoked = True
    assert world.native.poll("a1", world.link).revoked
    unsigned = canonical({"error": "revoked"})
    world.server.after = lambda r: replace(r, body=unsigned) if r.status == 403 else r
    with pytest.raises(NotAccepted):
        world.poll()


@pytest.mark.parametrize(
    "change", [{"nonce": OTHER_NONCE}, {"device_id": new_id()}], ids=["nonce", "device"]
)
def test_somebody_elses_revocation_does_not_count(world: World, change: dict[str, Any]) -> None:
    world.server.revoked = True
    world.server.spoil = lambda message: replace(message, **change)
    with pytest.raises(NotAccepted):
        world.poll()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 421])
def test_unsigned_refusals_change_nothing(world: World, status: int) -> None:
    world.server.after = lambda reply: Reply(status, {}, b'{"error":"x"}')
    with pytest.raises(NotAccepted) as refused:
        world.poll()
    assert refused.value.status == status


def test_the_decision_is_bound_to_the_requests_bytes(world: World) -> None:
    request = world.one()
    answer = world.native.answer(world.link, request, Decision.APPROVE, " 7k-qo ")
    (decision,) = world.server.decisions
    assert decision.request == request.digest == sha256(world.server.requests[0].signed)
    assert decision.decision is DecisionWord.APPROVE
    assert (decision.code, decision.via) == ("7KQ0", Via.TYPED)
    assert answer.result is Result.APPROVED


@pytest.mark.parametrize("decision", [Decision.DENY, Decision.NOT_ME])
def test_a_deny_carries_no_code(world: World, decision: Decision) -> None:
    request = world.one()
    world.server.result = ResultWord.DENIED
    answer = world.native.answer(world.link, request, decision, "7KQM")
    assert world.server.decisions[0].code == ""
    assert world.server.decisions[0].via is Via.NONE
    assert answer.result is Result.DENIED


def test_a_wrong_code_says_how_many_tries_are_left_and_is_then_a_new_answer(world: World) -> None:
    request = world.one()
    world.server.result, world.server.decided = ResultWord.WRONG_CODE, ""
    world.server.tries_left = 2
    for _ in range(2):
        answer = world.native.answer(world.link, request, Decision.APPROVE, "XXXX")
        assert (answer.result, answer.tries_left) == (Result.WRONG_CODE, 2)
        world.clock.advance(2)
        world.server.time += 2
    first, second = world.server.decisions
    assert first != second


def test_the_last_wrong_code_is_called_that(world: World) -> None:
    request = world.one()
    world.server.result, world.server.decided = ResultWord.DENIED, ""
    answer = world.native.answer(world.link, request, Decision.APPROVE, "XXXX")
    assert (answer.result, answer.tries_left) == (Result.WRONG_CODE, 0)


@pytest.mark.parametrize("error", [AnswerLost("x"), ServerFailed("x"), NotOurServer("x")])
def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(
    world: World, error: RemoteError
) -> None:
    request = world.one()
    world.server.after = Lost(1, error)
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert answer.result is Result.APPROVED
    world.clock.advance(5)
    world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert len(world.server.decisions) == 3
    assert len(set(world.server.decisions)) == 1
    signatures = [headers["Signature"] for *_, headers in world.server.sent]
    assert len(set(signatures)) == len(signatures)


def test_without_confirmation_it_is_unknown_never_approved(world: World) -> None:
    request = world.one()
    world.server.after = Lost(9)
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert answer.result is Result.UNKNOWN
    assert answer.problem


@pytest.mark.parametrize("error", [Unreachable("x"), ServerBusy("x")])
def test_what_was_never_sent_is_an_error_and_not_unknown(world: World, error: RemoteError) -> None:
    request = world.one()
    world.server.after = Lost(9, error)
    with pytest.raises(type(error)):
        world.native.answer(world.link, request, Decision.APPROVE, "7KQM")


def test_lost_and_then_unreachable_is_unknown(world: World) -> None:
    request = world.one()
    errors = [AnswerLost("x"), Unreachable("x")]

    def fail(reply: Reply) -> Reply:
        raise errors.pop(0)

    world.server.after = fail
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert answer.result is Result.UNKNOWN


@pytest.mark.parametrize(
    "change",
    [{"id": new_id()}, {"decision": bytes(32)}, {"nonce": OTHER_NONCE}],
    ids=["other request", "other decision", "replayed"],
)
def test_a_forged_approval_is_not_believed(world: World, change: dict[str, Any]) -> None:
    request = world.one()
    world.server.spoil = lambda message: replace(message, **change)
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert answer.result is Result.UNKNOWN


def test_answered_elsewhere_says_where(world: World) -> None:
    request = world.one()
    world.server.result, world.server.decided = ResultWord.ANSWERED_ELSEWHERE, "deny"
    world.server.decided_by = "Pho\u202ene"
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert (answer.result, answer.decided_by) == (Result.ANSWERED_ELSEWHERE, "Phone")


def test_our_own_first_answer_is_not_elsewhere(world: World) -> None:
    request = world.one()
    world.server.result, world.server.decided = ResultWord.ANSWERED_ELSEWHERE, "approve"
    world.server.decided_by = world.link.device_name
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    assert answer.result is Result.APPROVED


def test_an_answer_of_a_removed_device_says_so(world: World) -> None:
    request = world.one()
    world.server.revoked = True
    with pytest.raises(DeviceRevoked):
        world.native.answer(world.link, request, Decision.APPROVE, "7KQM")


def test_unlinking_is_signed_and_fine_when_already_removed(world: World) -> None:
    world.native.unlink(world.link)
    world.server.revoked = True
    world.native.unlink(world.link)
    world.server.revoked = False
    world.server.spoil = lambda message: replace(message, device_id=new_id())
    with pytest.raises(NotForUs):
        world.native.unlink(world.link)


def test_no_key_and_no_code_stands_in_a_text(world: World) -> None:
    request = world.one()
    world.native.answer(world.link, request, Decision.APPROVE, "7KQM")
    shown = repr((world.link, request, world.server.decisions))
    assert repr(world.server.device.private)[2:-1] not in shown
    assert "7KQM" not in shown


def test_a_hand_off_is_sent_in_place_of_a_code_and_leads_back_to_the_browser(
    world: World,
) -> None:
    request = world.one()
    assert len(request.login) == 22
    world.server.ticket = bytes(range(16))
    answer = world.native.answer(world.link, request, Decision.APPROVE, "7KQM", bytes(16))
    (sent,) = world.server.decisions
    assert (sent.via, sent.code, sent.handoff) == (Via.LINK, "", bytes(16))
    assert answer.continue_at == f"{world.link.origin}/continue/AAECAwQFBgcICQoLDA0ODw"
    assert "AAECAw" not in repr(answer)


@pytest.mark.parametrize("decision", [Decision.APPROVE, Decision.DENY, Decision.NOT_ME])
def test_a_ticket_that_no_link_asked_for_is_not_followed(world: World, decision: Decision) -> None:
    request = world.one()
    world.server.ticket = bytes(16)
    code = "7KQM" if decision is Decision.APPROVE else ""
    handoff = b"" if decision is Decision.APPROVE else bytes(16)
    answer = world.native.answer(world.link, request, decision, code, handoff)
    assert answer.continue_at == ""
    (sent,) = world.server.decisions
    assert sent.handoff == b""


def test_a_lost_answer_to_a_hand_off_is_sent_again_as_the_same_bytes(world: World) -> None:
    request = world.one()
    world.server.ticket = bytes(16)
    world.server.after = Lost(1)
    answer = world.native.answer(world.link, request, Decision.APPROVE, handoff=bytes(16))
    assert answer.continue_at
    bodies = [body for _, target, body, _ in world.server.sent if target.endswith("/decision")]
    assert len(set(bodies)) == 1
