"""The protocol's vectors through the server's own endpoints, wherever a message arrives there.

The site gets the vectors' keys and rows; every case is posted as a device would, in a request
that is signed rightly, so that it is the message that decides.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fake_clock import FakeClock
from protocol_material import DEVICE, LINK, NOW, OFFER, PACKAGE, REQUEST, SERVER, fixed
from protocol_vectors import FOLDER
from served import Served, serving
from sqlalchemy import delete, insert, select
from starlette.requests import Request

from watchword.protocol import key_messages as k
from watchword.protocol import messages as m
from watchword.protocol.authorisation import challenge_of, read_enrolment
from watchword.protocol.encoding import from_base64url, sha256, to_base64url
from watchword.protocol.http_signing import key_id
from watchword.protocol.key_messages import Rekey, Rekeyed
from watchword.protocol.members import Envelope, Message
from watchword.protocol.signing import (
    HttpRequest,
    offer_mac,
    open_envelope,
    server_nonce,
    sign_request,
)
from watchword_server.api.device_auth import Signed, Unauthorized, claim_of, signed_by
from watchword_server.application import create_application
from watchword_server.signing_keys import SigningKeys
from watchword_server.store import tables as t

MESSAGES = {
    group["typ"]: group for group in json.loads((FOLDER / "messages.json").read_text("utf-8"))
}
HTTP = json.loads((FOLDER / "http.json").read_text("utf-8"))
OAUTH = json.loads((FOLDER / "oauth.json").read_text("utf-8"))
ENROL = f"/api/v1/enrol/{LINK.id}"
ARRIVE: dict[type[Message], tuple[str, type[Message]]] = {
    m.EnrolOffer: (f"{ENROL}/offer", m.EnrolTaken),
    m.Acknowledge: (f"{ENROL}/acknowledge", m.Acknowledged),
    m.Decision: (f"/api/v1/requests/{REQUEST.id}/decision", m.Result),
    m.Unlink: ("/api/v1/device/unlink", m.Unlinked),
    Rekey: ("/api/v1/device/rekey", Rekeyed),
    k.HintKey: ("/api/v1/device/hint", k.HintKeyTaken),
}


@pytest.fixture(scope="module")
def vector_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data"), origin=HTTP["origin"]) as one:
        one.site = replace(one.site, keys=SigningKeys(SERVER, 0.0), secret=fixed("nonce secret"))
        one.app = create_application(one.site)
        yield one


def set_clock(served: Served, time: int) -> None:
    assert isinstance(served.clock, FakeClock)
    served.clock.time = time


def arrange(served: Served, kind: type[Message]) -> None:
    """Put the vectors' user, device, login and enrolment into the database, as before the case."""
    device = {
        "id": PACKAGE.device_id,
        "keyid": key_id(DEVICE.public),
        "public_key": DEVICE.public,
        "name": OFFER.name,
        "platform": OFFER.platform,
        "state": "pending" if kind is m.Acknowledge else "active",
        "created": NOW,
    }
    enrolment: dict[str, Any] = {
        "id": LINK.id,
        "session_id": "session",
        "state": "open",
        "created": NOW,
        "expires": LINK.expires,
        "link_key": served.site.seal.close(LINK.key, f"link key of {LINK.id}"),
    }
    if kind is m.Acknowledge:
        enrolment |= {
            "state": "confirmed",
            "link_key": None,
            "offer": OFFER.to_bytes(),
            "device_id": PACKAGE.device_id,
            "keyid": key_id(DEVICE.public),
            "package_hash": sha256(PACKAGE.to_bytes()),
            "confirmed_at": NOW,
        }
    login = {
        "id": REQUEST.login,
        "session_id": "session",
        "state": "open",
        "pushed": 1,
        "known": 1,
        "match": "type4",
        "code": "K7QM",
        "handoff": fixed("handoff", 16),
        "created": NOW,
        "expires": REQUEST.expires,
        "ip": REQUEST.ip,
        "user_agent": REQUEST.user_agent,
    }
    hint_key = {
        "device_id": PACKAGE.device_id,
        "keyid": key_id(bytes(32)),
        "public_key": bytes(32),
    }
    asked = {
        "id": REQUEST.id,
        "login_id": REQUEST.login,
        "device_id": PACKAGE.device_id,
        "body": REQUEST.to_bytes(),
        "expires": REQUEST.expires,
    }

    async def write() -> None:
        async with served.site.database.write() as connection:
            user = await connection.scalar(select(t.users.c.id))
            for table in (
                t.answers,
                t.requests,
                t.logins,
                t.enrolments,
                t.hint_keys,
                t.replaced_keys,
                t.devices,
            ):
                await connection.execute(delete(table))
            if kind is not m.EnrolOffer:
                await connection.execute(insert(t.devices).values(user_id=user, **device))
            await connection.execute(insert(t.enrolments).values(user_id=user, **enrolment))
            if kind is k.HintKey:
                await connection.execute(insert(t.hint_keys).values(**hint_key))
            if kind is m.Decision:
                await connection.execute(insert(t.logins).values(user_id=user, **login))
                await connection.execute(insert(t.requests).values(**asked))

    served.run(write)


def everything(served: Served) -> list[Any]:
    """Return what a message could change here."""

    async def read() -> list[Any]:
        async with served.site.database.read() as connection:
            return [
                tuple(row)
                for table in (
                    t.devices,
                    t.hint_keys,
                    t.enrolments,
                    t.logins,
                    t.requests,
                    t.answers,
                    t.replaced_keys,
                )
                for row in await connection.execute(select(table))
            ]

    return served.run(read)


def body_of(case: dict[str, Any], kind: type[Message]) -> bytes:
    body = {name: case[name] for name in ("signed", "sig", "sig_new") if name in case}
    if kind is m.EnrolOffer:
        try:
            offer = from_base64url(case["signed"])
        except ValueError:
            offer = b""
        body["mac"] = to_base64url(offer_mac(LINK.key, sha256(offer)))
    return json.dumps(body).encode()


@pytest.mark.parametrize("kind", ARRIVE, ids=lambda kind: kind.TYP)
def test_a_message_that_arrives_here(
    vector_site: Served, kind: type[Message], subtests: pytest.Subtests
) -> None:
    set_clock(vector_site, NOW + 10)
    path, answer_kind = ARRIVE[kind]
    client = vector_site.client()
    keyid = key_id(DEVICE.public)
    arrange(vector_site, kind)
    before = everything(vector_site)
    for case in MESSAGES[kind.TYP]["cases"]:
        body = body_of(case, kind)
        request = HttpRequest(method="POST", authority="login.example", path=path, body=body)
        nonce = server_nonce(vector_site.site.secret, NOW + 10, keyid)
        headers = sign_request(DEVICE, request, now=NOW + 10, nonce=nonce)

        async def post(body: bytes = body, headers: dict[str, str] = headers) -> Any:
            return await client.post(path, content=body, headers=headers)

        with subtests.test(case["why"]):
            response = vector_site.run(post)
            if case["outcome"] == "ok":
                assert response.status_code == 200, response.text
                open_envelope(Envelope.from_json(response.json()), SERVER.public, answer_kind)
                assert everything(vector_site) != before
                arrange(vector_site, kind)
                before = everything(vector_site)
            else:
                assert response.status_code == 400, response.text
                assert response.json()["error"] == "bad_request"
                assert everything(vector_site) == before


@pytest.mark.parametrize("case", HTTP["cases"], ids=lambda case: case["why"])
def test_a_signed_request(vector_site: Served, case: dict[str, Any]) -> None:
    set_clock(vector_site, case["now"])
    scope = {
        "type": "http",
        "method": case["method"],
        "path": case["path"],
        "raw_path": case["path"].encode(),
        "query_string": case["query"].encode(),
        "headers": [(name.encode(), value.encode()) for name, value in case["headers"]],
    }
    body, key = case["body"].encode(), from_base64url(HTTP["key"])

    def check() -> Signed:
        request = Request(scope)
        return signed_by(vector_site.site, request, claim_of(request), body, key)

    if case["outcome"] == "ok":
        signed = check()
        assert signed.inputs.keyid == HTTP["keyid"]
    else:
        with pytest.raises(Unauthorized):
            check()


def test_what_this_server_says_of_itself(vector_site: Served) -> None:
    client = vector_site.client()
    answer = vector_site.run(lambda: client.get("/.well-known/oauth-authorization-server"))
    assert answer.json() == json.loads(OAUTH["discovery"][0]["document"])


def test_a_question_that_a_browser_brings(vector_site: Served, subtests: pytest.Subtests) -> None:
    client = vector_site.client()
    for case in OAUTH["question"]:
        with subtests.test(case["why"]):

            async def get(query: str = case["query"]) -> Any:
                return await client.get(f"/authorise?{query}")

            answer = vector_site.run(get)
            if case["outcome"] == "ok":
                assert (answer.status_code, answer.headers["location"]) == (303, "/authorise")
            else:  # it is answered nowhere
                assert answer.status_code == 400
                assert "location" not in answer.headers
                assert "50123" not in answer.text


def test_what_is_posted_for_an_enrolment(vector_site: Served, subtests: pytest.Subtests) -> None:
    set_clock(vector_site, NOW + 10)
    client = vector_site.client()
    kept = {
        "id": to_base64url(sha256(OAUTH["code"].encode())),
        "enrolment_id": LINK.id,
        "challenge": challenge_of(OAUTH["verifier"]),
        "redirect_uri": f"http://127.0.0.1:{OAUTH['port']}/",
        "device_name": OAUTH["device_name"],
        "expires": NOW + 60,
    }

    async def hand_out() -> None:
        async with vector_site.site.database.write() as connection:
            await connection.execute(insert(t.authorisations).values(**kept))

    for case in OAUTH["exchanged"]:
        arrange(vector_site, m.EnrolOffer)
        vector_site.run(hand_out)

        async def post(body: str = case["body"]) -> Any:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return await client.post(OAUTH["exchange"], content=body, headers=headers)

        with subtests.test(case["why"]):
            answer = vector_site.run(post)
            if case["outcome"] == "ok":
                origin = vector_site.site.settings.origin
                assert read_enrolment(answer.content, origin).key == LINK.key
            else:
                assert answer.status_code == 400
                assert vector_site.rows("authorisations")[0].uses == 0
