"""A hint key learns how many requests wait, and can do nothing else (docs/protocol.md §10)."""

import asyncio
import json
from dataclasses import replace

import pytest
from anyio.lowlevel import checkpoint
from served import PASSWORD, USER, Answered, Browser, Device, Served

from watchword.protocol import key_messages as k
from watchword.protocol.key_changes import countersign
from watchword.protocol.signing import SigningKey

HINT = "/api/v1/hint"


def register(device: Device, key: bytes, **changed: object) -> k.HintKeyTaken:
    values = {"device_id": device.package.device_id, "hint_key": key, "time": 1, **changed}
    envelope = device.key.seal(k.HintKey(**values))  # type: ignore[arg-type]
    taken: k.HintKeyTaken = device.call(
        "POST", "/api/v1/device/hint", envelope, kind=k.HintKeyTaken
    )
    return taken


def asking(device: Device) -> Device:
    """Register a hint key, and return who has nothing but it."""
    key = SigningKey.generate()
    register(device, key.public)
    return only(device, key)


def only(device: Device, key: SigningKey) -> Device:
    return Device.kept(device.served, key, device.server_key, device.package)


def waiting(one: Device, query: str = "") -> int:
    hint: k.Hint = one.call("GET", HINT, query=query, kind=k.Hint)
    return hint.waiting


def status(one: Device, method: str, path: str, body: bytes = b"") -> int:
    async def ask() -> int:
        await one.send(method, path, body)
        return (await one.send(method, path, body))[0].status_code

    return one.served.run(ask)


def test_it_counts_what_waits(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint) == 0
    browser, other = served.browser(), served.browser()
    browser.sign_in()
    assert waiting(hint, "known=0") == 1
    other.sign_in()
    assert waiting(hint, "known=1") == 2
    device.decide(device.poll()[0], "deny")
    assert waiting(hint) == 1


def test_it_is_held_until_the_number_changes(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint) == 0
    browser = served.browser()
    browser.get("/sign-in")

    async def both() -> k.Hint:
        held = asyncio.ensure_future(
            hint.calling("GET", HINT, query="known=0", kind=k.Hint, prefer="wait=25")
        )
        await checkpoint()
        form = {"form_key": browser.form_key(), "name": USER, "password": PASSWORD}
        await browser.asked("POST", "/sign-in", data=form)
        return await held

    assert served.run(both).waiting == 1


def test_it_can_do_nothing_else(served: Served, device: Device) -> None:
    hint = asking(device)
    browser = served.browser()
    browser.sign_in()
    (request,) = device.poll()
    path, envelope = hint.decision(request, "approve", browser.match_code())
    body = str(envelope.to_json()).replace("'", '"').encode()
    for method, where, said in (
        ("GET", "/api/v1/requests", b""),
        ("POST", path, body),
        ("POST", "/api/v1/device/unlink", body),
        ("POST", "/api/v1/device/hint", body),
        ("GET", f"/api/v1/enrol/{device.link.id}", b""),
    ):
        assert status(hint, method, where, said) == 401, where
    # Nor is the device's own key a hint key.
    assert status(device, "GET", HINT) == 401


def test_another_one_replaces_it_and_none_ends_it(served: Served, device: Device) -> None:
    first = asking(device)
    second = asking(device)
    assert status(first, "GET", HINT) == 401
    assert waiting(second) == 0
    register(device, second.key.public)  # the answer was lost: the same again is fine
    assert waiting(second) == 0
    register(device, b"")
    assert status(second, "GET", HINT) == 401


def test_a_removed_devices_hint_key_is_unknown(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint) == 0
    device.unlink()
    assert status(hint, "GET", HINT) == 401
    assert served.rows("hint_keys") == []


def test_one_that_is_held_ends_with_its_key(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint) == 0

    async def both() -> int:
        held = asyncio.ensure_future(hint.send("GET", HINT, query="known=0", prefer="wait=25"))
        await checkpoint()
        said = k.HintKey(device_id=device.package.device_id, hint_key=b"", time=2)
        await device.calling(
            "POST", "/api/v1/device/hint", device.key.seal(said), kind=k.HintKeyTaken
        )
        return (await held)[0].status_code

    assert served.run(both) == 401


def test_a_key_has_one_role(served: Served, browser: Browser, device: Device) -> None:
    mine = asking(device)
    other = served.browser()
    other.sign_in()
    other.post("/sign-in/code", {"code": device.otp()})
    served.clock.advance(30)
    other.get("/security")
    other.post("/security/devices")
    notebook = other.enrol("Notebook")
    server_key = served.site.signing_key.public
    for key in (mine.key.public, device.key.public, notebook.key.public, server_key):
        with pytest.raises(Answered) as caught:
            register(notebook, key)
        assert caught.value.response.status_code == 400
    assert waiting(mine) == 0


def test_what_is_no_number_is_refused(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint, "known=32") == 0
    for known in ("known=33", "known=-1", "known=", "known=x", "known=0&known=0"):
        with pytest.raises(Answered) as caught:
            waiting(hint, known)
        assert caught.value.response.status_code == 400


def test_somebody_elses_message(served: Served, device: Device) -> None:
    with pytest.raises(Answered) as caught:
        register(device, bytes(32), device_id="A" * 22)
    assert caught.value.response.status_code == 400
    assert served.rows("hint_keys") == []


def test_a_device_that_takes_another_key_ends_its_hint_key(served: Served, device: Device) -> None:
    hint = asking(device)
    assert waiting(hint) == 0
    new = SigningKey.generate()
    message = k.Rekey(
        device_id=device.package.device_id, new_key=new.public, name=device.name, time=1
    )
    twice = countersign(message, device.key, new)
    body = json.dumps(twice.to_json()).encode()
    assert status(device, "POST", "/api/v1/device/rekey", body) in {200, 403}
    assert served.rows("hint_keys") == []
    assert status(hint, "GET", HINT) == 401
    # And no device may take a hint key for its own.
    moved = only(device, new)
    other = asking(moved)
    again = countersign(replace(message, new_key=other.key.public), new, other.key)
    body = json.dumps(again.to_json()).encode()
    assert status(moved, "POST", "/api/v1/device/rekey", body) == 400
