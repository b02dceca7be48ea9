"""The server's key changes, and devices get other keys: docs/protocol.md §11 and §12, on both databases."""

import dataclasses
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from served import USER, Answered, Browser, Device, Served

from watchword.clock import SystemClock
from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import sha256
from watchword.protocol.errors import BadSignature
from watchword.protocol.key_changes import (
    PinnedKey,
    countersign,
    follow,
    open_countersigned,
    read_changes,
)
from watchword.protocol.key_messages import KeyChange, Rekey, Rekeyed
from watchword.protocol.members import Countersigned, Envelope
from watchword_server import key_commands, signing_keys, upkeep, users
from watchword_server.errors import CannotStart, Refused
from watchword_server.site import Site

T = TypeVar("T")


@pytest.fixture(autouse=True)
def today(served: Served) -> None:
    """The databases' clocks cannot be set; ours can be set to theirs."""
    served.clock.time = time.time()  # type: ignore[attr-defined]


def go_on(served: Served, seconds: float) -> None:
    """Let time go by: for this process, and for what it knows of the database's clock."""
    served.clock.time += seconds  # type: ignore[attr-defined]


def run(served: Served, work: Callable[[], Awaitable[T]]) -> T:
    return served.run(work)


def announce(served: Served, minutes: int = 1) -> str:
    return run(
        served, lambda: key_commands.change(served.site, at=None, minutes=minutes, by="root")
    )


def look(served: Served) -> None:
    run(served, served.site.look_for_keys)


def change(served: Served) -> None:
    """Announce a change and let its time come; `served` has taken it over then."""
    announce(served)
    look(served)
    due_in(served)


def due_in(served: Served) -> None:
    following = served.site.keys.following
    assert following is not None

    async def take_over() -> None:
        # PostgreSQL's clock is the real one: what it says later is what it says now, later.
        keys = served.site.keys
        async with served.site.database.write("server") as connection:
            await signing_keys.take_over(
                connection, served.site.seal, keys, served.site.now() + 120
            )
            await served.site._read_keys(connection)

    go_on(served, 120)
    run(served, take_over)


def published(served: Served) -> tuple[Countersigned, ...]:
    response = run(served, lambda: served.client().get("/api/v1/keys"))
    assert response.status_code == 200
    return read_changes(response.content)


def poll_answer(device: Device) -> Envelope:
    """An answer as it comes, believed by nobody yet."""

    async def ask() -> Any:
        response, _ = await device.send("GET", "/api/v1/requests", query="known=")
        if response.status_code == 401:
            response, _ = await device.send("GET", "/api/v1/requests", query="known=")
        return response

    return Envelope.from_json(device.served.run(ask).json())


def test_the_new_key_signs_from_its_time_on_and_the_old_one_before(
    served: Served, device: Device
) -> None:
    old = served.site.signing_key
    said = announce(served, minutes=10)
    assert "From " in said
    assert "make a backup" in said.lower()
    look(served)
    assert device.poll() == []  # by the old key
    (twice,) = published(served)
    announced = open_countersigned(twice, old.public, KeyChange)
    assert (announced.seq, announced.old) == (1, old.public)
    following = served.site.keys.following
    assert following is not None
    go_on(served, announced.not_before - served.site.keys.ahead - served.site.now() - 0.5)
    assert served.site.signing_key.public == old.public
    go_on(served, 0.6)
    # Nobody has to look for it: the process knew.
    assert served.site.signing_key.public == announced.new
    with pytest.raises(BadSignature):
        device.poll()
    pinned, message = follow(PinnedKey(old.public), published(served), poll_answer(device), m.Poll)
    assert pinned == PinnedKey(announced.new, 1)
    assert message.time >= announced.not_before


def test_the_old_private_key_is_gone_afterwards(served: Served, device: Device) -> None:
    old = served.site.signing_key
    change(served)
    (row,) = served.rows("server")
    (made,) = served.rows("key_changes")
    assert made.private_key is None
    kept = signing.SigningKey(served.site.seal.open(row.signing_key, signing_keys.PURPOSE))
    assert kept.public == served.site.signing_key.public != old.public
    events = [event.kind for event in served.rows("events")]
    assert events.count("key_changed") == 1


def test_an_open_login_request_stays_the_same_bytes_and_its_decision_is_valid(
    served: Served, device: Device
) -> None:
    asking = served.browser()
    asking.sign_in()
    (request,) = device.poll()
    (row,) = served.rows("requests")
    path, envelope = device.decision(request, "approve", asking.match_code())
    announce(served)
    look(served)
    go_on(served, 60.5)
    device.server_key = served.site.signing_key.public
    (again,) = device.poll()
    assert again == request
    assert again.to_bytes() == row.body
    result = device.call("POST", path, envelope, kind=m.Result)
    assert result.result == "approved"
    asking.finish()
    assert "You are inside" in asking.text


def test_links_that_are_out_end_with_the_key_they_name(served: Served, browser: Browser) -> None:
    link = browser.begin_enrolment()
    device = Device(served, link)
    change(served)
    with pytest.raises(Answered) as told:
        device.info()
    assert told.value.response.json() == {"error": "expired"}
    assert browser.enrol().poll() == []


def test_two_changes_and_then_seventeen_leave_the_last_sixteen(
    served: Served, device: Device
) -> None:
    first = served.site.signing_key.public
    for _ in range(2):
        change(served)
    pinned, _ = follow(PinnedKey(first), published(served), poll_answer(device), m.Poll)
    assert pinned.seq == 2
    for _ in range(15):
        change(served)
    changes = published(served)
    assert [KeyChange.parse(one.signed).seq for one in changes] == list(range(2, 18))
    pinned, _ = follow(pinned, changes, poll_answer(device), m.Poll)
    assert pinned == PinnedKey(served.site.signing_key.public, 17)


def test_a_process_that_starts_later_knows_what_was_announced(
    served: Served, device: Device
) -> None:
    announce(served)

    async def start() -> Site:
        return await Site.open(served.site.settings, SystemClock())

    second = run(served, start)
    try:
        assert second.signing_key.public == served.site.signing_key.public
        look(served)
        at = second.keys.following
        assert at is not None
        # Each reckons the database's clock from its own, and that of the first stands still.
        for keys in (second.keys, served.site.keys):
            due = at.not_before - keys.ahead
            assert keys.at(due - 1).public == served.site.signing_key.public
            assert keys.at(due + 1).public == at.key.public
        due_in(served)
        run(served, second.look_for_keys)
        assert second.keys.following is None
        assert second.signing_key.public == served.site.signing_key.public
    finally:
        run(served, second.close)


def test_many_processes_take_it_over_at_once_and_it_happens_once(
    served: Served, device: Device
) -> None:
    announce(served)
    look(served)
    keys = dataclasses.replace(served.site.keys)
    go_on(served, 120)

    async def take_over() -> None:
        async with served.site.database.write() as connection:
            await signing_keys.take_over(connection, served.site.seal, keys, served.site.now())

    served.at_once([take_over] * 8)
    look(served)
    assert [event.kind for event in served.rows("events")].count("key_changed") == 1
    assert served.site.keys.following is None


def test_what_cannot_be_announced(served: Served) -> None:
    site = served.site
    for at in (site.now() + 30, site.now() - 5, site.now() + 40 * 86_400):
        with pytest.raises(Refused, match="cannot change then"):
            run(served, lambda at=at: key_commands.change(site, at=at, minutes=0, by="x"))  # type: ignore[misc]
    announce(served)
    with pytest.raises(Refused, match="announced already"):
        announce(served)
    assert len(served.rows("key_changes")) == 1
    assert "announced" in run(served, lambda: key_commands.listed(site))


def test_an_answer_never_says_a_time_before_its_key(served: Served, device: Device) -> None:
    """The clocks of two processes differ; the app would refuse a key that is early."""
    change(served)
    served.clock.time -= 300  # type: ignore[attr-defined]
    since = served.site.keys.since
    assert served.site.now() < since
    device.server_key = served.site.signing_key.public
    answer = device.call("GET", "/api/v1/requests", query="known=", kind=m.Poll)
    assert answer.time == since


def test_check_follows_the_chain_and_opens_the_next_key(served: Served, device: Device) -> None:
    change(served)
    announce(served)
    found = run(served, lambda: upkeep.check(served.site.settings))
    assert found.lines[-1] == "The sealing key opens 4 of 4 secrets."
    assert not [line for line in found.lines if "key" in line and "WRONG" in line]

    async def spoil() -> None:
        async with served.site.database.write() as connection:
            table = signing_keys.key_changes
            await connection.execute(table.update().where(table.c.seq == 1).values(sig=bytes(64)))

    run(served, spoil)
    found = run(served, lambda: upkeep.check(served.site.settings))
    assert any("is not proved" in line for line in found.lines)


# A device gets another key


def rekeyed(device: Device, new: signing.SigningKey, **changed: Any) -> Countersigned:
    values: dict[str, Any] = {
        "device_id": device.package.device_id,
        "new_key": new.public,
        "name": "Ana’s laptop",
        "time": int(device.served.clock.now()),
    }
    return countersign(Rekey(**{**values, **changed}), device.key, new)


def send(device: Device, twice: Countersigned) -> Any:
    body = json.dumps(twice.to_json()).encode()

    async def post() -> Any:
        response, nonce = await device.send("POST", "/api/v1/device/rekey", body)
        if response.status_code == 401:
            response, nonce = await device.send("POST", "/api/v1/device/rekey", body)
        return response, nonce

    return device.served.run(post)


def told(device: Device, twice: Countersigned, kind: Any = Rekeyed) -> Any:
    response, nonce = send(device, twice)
    assert response.status_code in {200, 403}, response.text
    envelope = Envelope.from_json(response.json())
    return signing.open_envelope(envelope, device.server_key, kind).expect(nonce=nonce)


def with_key(device: Device, key: signing.SigningKey) -> Device:
    return Device.kept(device.served, key, device.server_key, device.package)


def test_the_new_key_answers_and_the_old_one_is_revoked(served: Served, device: Device) -> None:
    asking = served.browser()
    asking.sign_in()
    (request,) = device.poll()
    new = signing.SigningKey.generate()
    twice = rekeyed(device, new)
    assert told(device, twice).new_key == new.public
    moved = with_key(device, new)
    assert moved.poll() == [request]
    assert moved.decide(request, "approve", asking.match_code()).result == "approved"
    with pytest.raises(Answered) as refused:
        device.poll()
    answer = refused.value.response
    assert answer.status_code == 403
    envelope = Envelope.from_json(answer.json())
    revoked = signing.open_envelope(envelope, device.server_key, m.Revoked)
    assert (revoked.reason, revoked.device_id) == ("replaced", device.package.device_id)
    asking.finish()
    asking.get("/security")
    assert "Ana’s laptop" in asking.text
    assert "Device moved to another computer" in asking.text
    # The one-time codes are what they were.
    other = served.browser()
    other.sign_in()
    other.post("/sign-in/code", {"code": device.otp()})
    assert "You are inside" in other.text


def test_a_lost_answer_is_told_again_by_either_key_and_changes_nothing(
    served: Served, device: Device
) -> None:
    new = signing.SigningKey.generate()
    twice = rekeyed(device, new)
    told(device, twice)
    before = [served.rows(each) for each in ("devices", "replaced_keys", "events")]
    for one in (device, with_key(device, new)):
        assert told(one, twice).new_key == new.public
    assert [served.rows(each) for each in ("devices", "replaced_keys", "events")] == before


def test_of_two_copies_one_wins_and_the_other_learns_it(served: Served, device: Device) -> None:
    winner, loser = signing.SigningKey.generate(), signing.SigningKey.generate()
    told(device, rekeyed(device, winner))
    lost = told(device, rekeyed(device, loser), kind=m.Revoked)
    assert lost.reason == "replaced"
    assert with_key(device, winner).poll() == []
    response, _ = send(with_key(device, loser), rekeyed(device, loser))
    assert response.status_code == 401  # nobody knows that key


def test_many_at_once_and_one_wins(served: Served, device: Device) -> None:
    device.poll()  # a nonce
    news = [signing.SigningKey.generate() for _ in range(8)]
    bodies = [json.dumps(rekeyed(device, new).to_json()).encode() for new in news]

    def work(body: bytes) -> Callable[[], Awaitable[Any]]:
        return lambda: device.send("POST", "/api/v1/device/rekey", body)

    answers = served.at_once([work(body) for body in bodies])
    assert sorted(answer[0].status_code for answer in answers) == [200] + [403] * 7
    (winner,) = (
        new for new, answer in zip(news, answers, strict=True) if answer[0].status_code == 200
    )
    assert with_key(device, winner).poll() == []
    assert len(served.rows("replaced_keys")) == 1


@pytest.mark.parametrize(
    "role", ["of another device", "replaced before", "of the server", "of the server once",
             "of the server soon", "that is joining"],
)  # fmt: skip
def test_a_key_that_is_known_in_any_role_is_refused(
    served: Served, device: Device, role: str
) -> None:
    old_server = served.site.signing_key
    if role == "of another device":
        served.run(lambda: users.add_user(served.site, "bo", "correct horse battery"))
        other = served.browser()
        other.sign_in("bo")
        known = other.enrol().key
    elif role == "replaced before":
        known, middle = device.key, signing.SigningKey.generate()
        told(device, rekeyed(device, middle))
        device = with_key(device, middle)
    elif role == "of the server once":
        change(served)
        known = old_server
    elif role == "of the server soon":
        announce(served)
        look(served)
        assert served.site.keys.following is not None
        known = served.site.keys.following.key
    elif role == "that is joining":
        served.run(lambda: users.add_user(served.site, "bo", "correct horse battery"))
        other = served.browser()
        other.sign_in("bo")
        joining = Device(served, other.begin_enrolment())
        joining.offer()
        known = joining.key
    else:
        known = old_server
    before = served.rows("devices")
    response, _ = send(device, rekeyed(device, known))
    assert (response.status_code, response.json()["error"]) == (400, "bad_request")
    assert served.rows("devices") == before


def test_a_removed_device_hears_that_instead(served: Served, device: Device) -> None:
    twice = rekeyed(device, signing.SigningKey.generate())
    told(device, twice)
    moved = with_key(device, signing.SigningKey.generate())
    moved.key = device.key
    served.run(lambda: users.reset_factors(served.site, USER, by="root"))
    assert told(device, twice, kind=m.Revoked).device_id == device.package.device_id


def test_a_key_given_up_never_joins_again(served: Served, device: Device) -> None:
    told(device, rekeyed(device, signing.SigningKey.generate()))
    served.run(lambda: users.reset_factors(served.site, USER, by="root"))
    browser = served.browser()
    browser.sign_in()
    again = Device(served, browser.begin_enrolment(), key=device.key)
    again.offer()
    browser.get("/security")
    answer = browser.post(
        "/security/joining/confirm", {"enrolment": again.link.id, "code": again.short_code[:4]}
    )
    assert answer.status_code >= 400
    assert again.state().state != "accepted"


def test_the_wrong_seal_opens_no_next_key(served: Served) -> None:
    announce(served)
    seal = dataclasses.replace(served.site.seal, key=sha256(b"another"))

    async def read() -> None:
        async with served.site.database.read() as connection:
            await signing_keys.read(connection, seal, 0.0)

    with pytest.raises(CannotStart):
        run(served, read)
