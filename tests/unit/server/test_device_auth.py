"""Who is not who it says it is gets 401, always the same (HOSTILE-INPUTS D1)."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import httpx2
import pytest
from anyio.lowlevel import checkpoint
from served import Answered, Browser, Device, Served

from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import to_base64url
from watchword.protocol.members import Envelope

PATH = "/api/v1/requests"


def sent(device: Device, headers: list[tuple[str, str]], method: str = "GET") -> httpx2.Response:
    return device.served.run(lambda: device.client.request(method, PATH, headers=headers))


def signed(device: Device, **more: int) -> dict[str, str]:
    device.poll()
    return device.signed_headers("GET", PATH, **more)


def replaced(name: str, old: str, new: str) -> Callable[[dict[str, str]], list[tuple[str, str]]]:
    def change(headers: dict[str, str]) -> list[tuple[str, str]]:
        assert old in headers[name]
        return list({**headers, name: headers[name].replace(old, new)}.items())

    return change


CHANGES: dict[str, Callable[[dict[str, str]], list[tuple[str, str]]]] = {
    "unsigned": lambda headers: [],
    "no digest": lambda headers: [(n, v) for n, v in headers.items() if n != "Content-Digest"],
    "bad signature": lambda headers: list(
        {**headers, "Signature": f"ww=:{base64.b64encode(bytes(64)).decode()}:"}.items()
    ),
    "signature twice": lambda headers: [*headers.items(), ("Signature", headers["Signature"])],
    "input twice, other case": lambda headers: [
        *headers.items(),
        ("SIGNATURE-INPUT", headers["Signature-Input"]),
    ],
    "a component less": replaced("Signature-Input", ' "@query"', ""),
    "a component more": replaced("Signature-Input", '"@query"', '"@query" "host"'),
    "alg none": replaced("Signature-Input", '"ed25519"', '"none"'),
    "alg hmac": replaced("Signature-Input", '"ed25519"', '"hmac-sha256"'),
    "alg rsa": replaced("Signature-Input", '"ed25519"', '"rsa-v1_5-sha256"'),
    "another digest": replaced("Content-Digest", "sha-256=:", "sha-256=:A"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_request_that_is_not_signed_so(
    device: Device, change: Callable[[dict[str, str]], list[tuple[str, str]]]
) -> None:
    good = signed(device)
    answer = sent(device, change(good))
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert answer.headers["watchword-nonce"]
    assert sent(device, list(good.items())).status_code == 200


def test_a_key_that_nobody_knows(served: Served, device: Device) -> None:
    stranger = Device(served, device.link)
    answer, _ = served.run(lambda: stranger.send("GET", PATH))
    assert answer.status_code == 401
    answer, _ = served.run(lambda: stranger.send("GET", PATH))
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


def test_another_devices_keyid(served: Served, device: Device) -> None:
    stranger = Device(served, device.link, nonce=device.nonce)
    headers = stranger.signed_headers("GET", PATH)
    mine, theirs = signing.key_id(stranger.key.public), signing.key_id(device.key.public)
    headers["Signature-Input"] = headers["Signature-Input"].replace(mine, theirs)
    assert sent(device, list(headers.items())).status_code == 401


@pytest.mark.parametrize("seconds", [-61, 61, 3600])
def test_created_too_far_from_the_servers_clock(device: Device, seconds: int) -> None:
    now = int(device.served.clock.now())
    assert sent(device, list(signed(device, now=now + seconds).items())).status_code == 401


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_created_within_a_minute(device: Device, seconds: int) -> None:
    now = int(device.served.clock.now())
    assert sent(device, list(signed(device, now=now + seconds).items())).status_code == 200


def test_a_wrong_clock_keeps_nobody_out(served: Served, device: Device) -> None:
    """The nonce carries the server's time, so that the app need not trust its own."""
    served.clock.advance(86_400)
    answer, _ = served.run(lambda: device.send("GET", PATH))
    assert answer.status_code == 401
    issued = int(answer.headers["watchword-nonce"].split(".")[0])
    assert abs(issued - served.clock.now()) <= 1
    assert device.poll() == []


def test_an_old_nonce_and_a_made_up_one(served: Served, device: Device) -> None:
    device.poll()
    old = device.nonce
    served.clock.advance(301)
    device.nonce = old
    assert sent(device, list(device.signed_headers("GET", PATH).items())).status_code == 401
    key = b"not the server's secret"
    text = f"{int(served.clock.now())}.{signing.key_id(device.key.public)}".encode()
    mac = hmac.digest(key, text, hashlib.sha256)[:16]
    device.nonce = f"{int(served.clock.now())}.{to_base64url(mac)}"
    assert sent(device, list(device.signed_headers("GET", PATH).items())).status_code == 401


def test_a_post_is_accepted_once(served: Served, device: Device) -> None:
    login = served.browser()
    login.sign_in()
    (request,) = device.poll()
    path, envelope = device.decision(request, "deny")
    body = json.dumps(envelope.to_json()).encode()
    headers = device.signed_headers("POST", path, body)
    answers = served.at_once([lambda: device.send("POST", path, body, headers=headers)] * 20)
    assert sorted(answer.status_code for answer, _ in answers) == [200] + [401] * 19


def test_a_body_that_was_changed(served: Served, device: Device) -> None:
    login = served.browser()
    login.sign_in()
    (request,) = device.poll()
    path, envelope = device.decision(request, "deny")
    body = json.dumps(envelope.to_json()).encode()
    headers = device.signed_headers("POST", path, body)
    answer, _ = served.run(lambda: device.send("POST", path, body + b" ", headers=headers))
    assert answer.status_code == 401
    login.get("/sign-in/waiting")
    assert "Approve it in Watchword" in login.text


def test_a_removed_device_is_told_so_signed(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.post(f"/security/devices/{device.package.device_id}/remove")
    browser.get("/security")
    assert "Two-step sign-in is off" in browser.text
    with pytest.raises(Answered) as caught:
        device.poll()
    response = caught.value.response
    assert response.status_code == 403
    envelope = Envelope.from_json(response.json())
    told = signing.open_envelope(envelope, device.server_key, m.Revoked)
    assert (told.device_id, told.reason) == (device.package.device_id, "removed")
    assert told.nonce.startswith(device.nonce.split(".")[0])


def test_a_removed_devices_key_alone_says_nothing(
    served: Served, browser: Browser, device: Device
) -> None:
    browser.post(f"/security/devices/{device.package.device_id}/remove")
    headers = device.signed_headers("GET", PATH)
    headers["Signature"] = f"ww=:{base64.b64encode(bytes(64)).decode()}:"
    assert sent(device, list(headers.items())).status_code == 401


def test_a_device_unlinks_itself(served: Served, browser: Browser, device: Device) -> None:
    assert device.unlink().device_id == device.package.device_id
    with pytest.raises(Answered) as caught:
        device.unlink()
    assert "watchword/revoked" in Envelope.from_json(caught.value.response.json()).signed.decode()
    browser.get("/security")
    assert "Device removed itself" in browser.text


def test_twenty_removals_are_one_event(served: Served, browser: Browser, device: Device) -> None:
    data = {"form_key": browser.form_key()}
    path = f"/security/devices/{device.package.device_id}/remove"
    served.at_once([lambda: browser.asked("POST", path, data=data)] * 20)
    kinds = [row.kind for row in served.rows("events")]
    assert kinds.count("device_removed") == 1


@pytest.mark.parametrize(
    "query", ["known=x", "known=a,b", "known=&known=", "known=" + "a" * 22 + ","]
)
def test_a_poll_that_names_nonsense(device: Device, query: str) -> None:
    device.poll()
    answer, _ = device.served.run(lambda: device.send("GET", PATH, query=query))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b"[" * 9999, b'{"signed":"","sig":""}']
)
def test_a_decision_that_is_no_message(served: Served, device: Device, body: bytes) -> None:
    login = served.browser()
    login.sign_in()
    (request,) = device.poll()
    path = f"/api/v1/requests/{request.id}/decision"
    answer, _ = served.run(lambda: device.send("POST", path, body))
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_a_held_poll_outlives_its_signature(served: Served, device: Device) -> None:
    """A desktop clock 50 s behind signs for 10 s more: the answer comes all the same."""
    device.poll()
    headers = device.signed_headers("GET", PATH, now=int(served.clock.now()) - 50)

    async def wait_while_time_passes() -> int:
        polling = asyncio.create_task(device.send("GET", PATH, headers=headers, prefer="wait=25"))
        key = f"device {device.package.device_id}"
        while not any(key in str(one) for one in served.site.wakeups._listeners):
            await checkpoint()
        served.clock.advance(20)
        served.site.wakeups.close()
        return (await polling)[0].status_code

    assert served.run(wait_while_time_passes) == 200
