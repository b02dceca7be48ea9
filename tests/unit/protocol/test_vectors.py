"""Both ends must agree on these bytes; they change only together with docs/protocol.md."""

import json
from typing import Any

import protocol_vectors
import pytest

from watchword.protocol import errors, messages, signing
from watchword.protocol.encoding import from_base64url, normalised_code, sha256
from watchword.protocol.enrol_link import is_enrol_link, parse_enrol_link
from watchword.protocol.http_signing import read_signature
from watchword.protocol.members import Envelope, Message
from watchword.protocol.origin import parse_origin


def read(name: str) -> Any:
    return json.loads((protocol_vectors.FOLDER / f"{name}.json").read_text("utf-8"))


KINDS: dict[str, type[Message]] = {
    kind.TYP: kind
    for kind in vars(messages).values()
    if isinstance(kind, type) and issubclass(kind, Message)
}
MESSAGES, HTTP, LINKS, ORIGINS = read("messages"), read("http"), read("links"), read("origins")


def test_the_files_are_what_the_generator_writes() -> None:
    for name, value in protocol_vectors.vectors().items():
        path = protocol_vectors.FOLDER / f"{name}.json"
        assert path.read_text("utf-8") == protocol_vectors.written(value), name


def test_every_signed_message_has_a_vector() -> None:
    assert {case["typ"] for case in MESSAGES["valid"]} == KINDS.keys() - {
        "",
        messages.EnrolPackage.TYP,
    }


@pytest.mark.parametrize("case", MESSAGES["valid"], ids=lambda case: case["typ"])
def test_a_valid_message_opens_and_is_written_again_the_same(case: dict[str, str]) -> None:
    envelope = Envelope.from_json(case)
    message = signing.open_envelope(envelope, from_base64url(case["key"]), KINDS[case["typ"]])
    assert message.to_bytes() == envelope.signed == case["text"].encode()


@pytest.mark.parametrize("case", MESSAGES["tampered"], ids=lambda case: case["why"])
def test_a_tampered_message_is_refused_by_name(case: dict[str, str]) -> None:
    envelope = Envelope.from_json(case)
    key = from_base64url(case["key"])
    if not case["error"]:
        assert signing.open_envelope(envelope, key, messages.Request)
        return
    with pytest.raises(getattr(errors, case["error"])) as caught:
        signing.open_envelope(envelope, key, messages.Request)
    assert type(caught.value).__name__ == case["error"]


def test_enrolment_values() -> None:
    case = read("enrolment")
    offer = from_base64url(case["offer"])
    assert sha256(offer) == from_base64url(case["offer_hash"])
    key = from_base64url(case["link_key"])
    signing.check_offer_mac(key, sha256(offer), from_base64url(case["mac"]))
    code = signing.short_code(sha256(offer), from_base64url(case["nonce2"]))
    assert code == case["short_code"]
    seal = signing.SealKey(from_base64url(case["seal_private"]))
    assert seal.public == from_base64url(case["seal_public"])
    package = seal.open(from_base64url(case["sealed"]), sha256(offer))
    assert package == from_base64url(case["package"])
    assert messages.EnrolPackage.parse(package).user == "ana@kalos.example"


def check(case: dict[str, Any]) -> None:
    request = signing.HttpRequest(
        method=case["method"],
        authority=case["authority"],
        path=case["path"],
        query=case["query"],
        body=case["body"].encode(),
    )
    inputs, signature, digest = read_signature([(n, v) for n, v in case["headers"]])
    if inputs.keyid != HTTP["keyid"]:
        raise errors.BadSignature
    signing.verify_request(request, inputs, signature, digest, from_base64url(HTTP["key"]))


@pytest.mark.parametrize("case", HTTP["valid"], ids=lambda case: case["method"])
def test_a_signed_request_verifies(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.parametrize("case", HTTP["tampered"], ids=lambda case: case["why"])
def test_a_tampered_request_does_not(case: dict[str, Any]) -> None:
    with pytest.raises(errors.BadSignature):
        check(case)


def test_the_servers_part_of_a_nonce() -> None:
    secret = from_base64url(HTTP["nonce_secret"])
    issued = int(HTTP["server_nonce"].split(".")[0])
    assert signing.server_nonce(secret, issued, HTTP["keyid"]) == HTTP["server_nonce"]


@pytest.mark.parametrize("case", LINKS["valid"], ids=lambda case: case["link"][:40])
def test_a_link_is_read_and_written(case: dict[str, Any]) -> None:
    link = parse_enrol_link(case["link"], now=LINKS["now"])
    assert str(link.origin) == case["origin"]
    assert link.id == case.get("id", link.id)
    assert link.tls_pin == from_base64url(case.get("pin", ""))
    assert parse_enrol_link(str(link), now=LINKS["now"]) == link
    assert is_enrol_link(case["link"])


@pytest.mark.parametrize("case", LINKS["refused"], ids=lambda case: case["why"])
def test_a_link_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises((errors.LinkRefused, errors.OriginRefused)) as caught:
        parse_enrol_link(case["link"], now=LINKS["now"])
    assert type(caught.value).__name__ == case["error"]
    assert read("enrolment")["link_key"] not in str(caught.value)


@pytest.mark.parametrize("case", ORIGINS["valid"], ids=lambda case: case[0])
def test_an_origin_has_one_spelling(case: tuple[str, str, int]) -> None:
    origin = parse_origin(case[0])
    assert str(origin) == case[1]
    assert len(origin.notices) == case[2]
    assert parse_origin(str(origin)) == origin


@pytest.mark.parametrize("text", ORIGINS["refused"])
def test_an_odd_origin_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(errors.OriginRefused) as caught:
        parse_origin(text)
    assert caught.value.reason


@pytest.mark.parametrize(("typed", "code"), read("codes"))
def test_what_is_typed_becomes_the_code(typed: str, code: str) -> None:
    assert normalised_code(typed) == code
