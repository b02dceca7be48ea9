"""Both ends must agree on these bytes; they change only together with docs/protocol.md.

Here the protocol's own code runs them. The server's endpoints do in tests/unit/server/
test_protocol_vectors.py, and a verifier that shares nothing with ours in test_verify.py.
"""

import dataclasses
import json
from collections.abc import Callable
from typing import Any, TypeVar

import protocol_vectors
import pytest

from watchword.errors import KnownError
from watchword.protocol import authorisation as oauth
from watchword.protocol import errors, key_changes, key_messages, messages, signing
from watchword.protocol.encoding import canonical, from_base64url, normalised_code, sha256
from watchword.protocol.enrol_link import is_enrol_link, parse_enrol_link
from watchword.protocol.http_signing import read_signature
from watchword.protocol.members import Countersigned, Envelope, Message
from watchword.protocol.origin import parse_origin
from watchword.protocol.request_link import is_request_link, parse_request_link


def read(name: str) -> Any:
    return json.loads((protocol_vectors.FOLDER / f"{name}.json").read_text("utf-8"))


T = TypeVar("T")
KINDS: dict[str, type[Message]] = {
    kind.TYP: kind
    for module in (messages, key_messages)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
}
MESSAGES, HTTP, LINKS, ORIGINS = read("messages"), read("http"), read("links"), read("origins")
CHANGES, OAUTH, ENROLMENT = read("key_changes"), read("oauth"), read("enrolment")
ORIGIN = parse_origin(OAUTH["origin"])
WORDS: dict[type[Exception], str] = {
    errors.BadSignature: "bad_signature",
    errors.MessageRefused: "refused",
    errors.MessageTooNew: "too_new",
    errors.NotForUs: "not_for_us",
    errors.KeyWithoutProof: "no_proof",
    errors.LinkRefused: "refused",
    errors.OriginRefused: "refused",
    errors.LinkTooNew: "too_new",
    errors.LinkExpired: "expired",
}


def attempt(work: Callable[[], T]) -> tuple[str, T | None, str]:
    """Return the outcome as the vectors name it, what came of `work`, and the error's text."""
    try:
        return "ok", work(), ""
    except errors.SignInRefused as error:
        return ("denied" if error.denied else "failed"), None, str(error)
    except KnownError as error:
        return WORDS[type(error)], None, str(error)


def count(value: Any) -> int:
    """Return how many cases are in a file."""
    if isinstance(value, dict) and "outcome" in value:
        return 1
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(count(one) for one in inner)


def cases(of: Any) -> Any:
    return pytest.mark.parametrize("case", of, ids=lambda case: case["why"])


def test_the_files_are_what_the_generator_writes() -> None:
    for name, value in protocol_vectors.vectors().items():
        path = protocol_vectors.FOLDER / f"{name}.json"
        assert path.read_text("utf-8") == protocol_vectors.written(value), name


def test_every_message_has_vectors_of_every_kind() -> None:
    assert {group["typ"] for group in MESSAGES} == KINDS.keys()
    for group in MESSAGES:
        found = {case["outcome"] for case in group["cases"]}
        signed = {"bad_signature"} if group["key"] else set()
        assert found == {"ok", "refused", "too_new", "not_for_us"} | signed
        members = {name for name in json.loads(group["text"]) if name not in {"typ", "v"}}
        whys = {case["why"] for case in group["cases"]}
        assert {f"{name}: missing" for name in members} <= whys
    everything = [MESSAGES, HTTP, LINKS, CHANGES, OAUTH, ENROLMENT]
    assert sum(count(one) for one in everything) > 1000


def opened(group: dict[str, Any], case: dict[str, Any]) -> Message:
    """Do what a receiver does: verify, parse, compare with what it knows."""
    kind = KINDS[group["typ"]]
    key = from_base64url(group["key"])
    if "bytes" in case:
        message = kind.parse(from_base64url(case["bytes"]))
    else:
        try:
            twice = Countersigned.from_json(case) if group["second_key_in"] else None
            envelope = Envelope.from_json(case)
        except ValueError as error:
            raise errors.MessageRefused("It is not a signed message") from error
        if twice is None:
            message = signing.open_envelope(envelope, key, kind)
        elif kind is key_messages.Rekey:
            message = key_changes.open_countersigned(twice, key, key_messages.Rekey)
        else:
            message = key_changes.open_countersigned(twice, key, key_messages.KeyChange)
    written = json.loads(message.to_bytes())
    message.expect(
        **{
            name: getattr(message, name) if written[name] == value else None
            for name, value in group["expect"].items()
        }
    )
    if isinstance(message, messages.Request):
        message.check_time(group["now"])
    return message


@pytest.mark.parametrize("group", MESSAGES, ids=lambda group: group["typ"])
def test_a_message(group: dict[str, Any], subtests: pytest.Subtests) -> None:
    for case in group["cases"]:
        with subtests.test(case["why"]):
            outcome, message, _ = attempt(lambda case=case: opened(group, case))  # type: ignore[misc]
            assert outcome == case["outcome"]
            if message is not None:
                raw = from_base64url(case.get("bytes", case.get("signed")))
                names = {"typ", "v", *(one.name for one in dataclasses.fields(message))}
                known = {n: one for n, one in json.loads(raw).items() if n in names}
                assert message.to_bytes() == canonical(known)
    first = group["cases"][0]
    assert from_base64url(first.get("bytes", first.get("signed"))) == group["text"].encode()


# Enrolment


@cases(ENROLMENT["mac"])
def test_the_mac_of_an_offer(case: dict[str, str]) -> None:
    offer = sha256(from_base64url(ENROLMENT["offer"]))
    assert offer == from_base64url(ENROLMENT["offer_hash"])
    key, mac = from_base64url(ENROLMENT["link_key"]), from_base64url(case["mac"])
    assert attempt(lambda: signing.check_offer_mac(key, offer, mac))[0] == case["outcome"]


@pytest.mark.parametrize("case", ENROLMENT["short_codes"], ids=lambda case: case["code"])
def test_a_short_code(case: dict[str, str]) -> None:
    offer, nonce2 = from_base64url(case["offer_hash"]), from_base64url(case["nonce2"])
    assert signing.short_code(offer, nonce2) == case["code"]


@cases(ENROLMENT["sealed"])
def test_a_sealed_package(case: dict[str, str]) -> None:
    seal = signing.SealKey(from_base64url(ENROLMENT["seal_private"]))
    assert seal.public == from_base64url(ENROLMENT["seal_public"])
    offer, sealed = from_base64url(ENROLMENT["offer_hash"]), from_base64url(case["sealed"])
    outcome, package, _ = attempt(lambda: seal.open(sealed, offer))
    assert outcome == case["outcome"]
    if package is not None:
        assert package == from_base64url(ENROLMENT["package"])
        assert messages.EnrolPackage.parse(package).user == "ana@kalos.example"


# Requests over HTTP


@cases(HTTP["cases"])
def test_a_signed_request(case: dict[str, Any]) -> None:
    """The signature only: the time and the nonce are the server's to judge."""
    request = signing.HttpRequest(
        method=case["method"],
        authority=case["authority"],
        path=case["path"],
        query=case["query"],
        body=case["body"].encode(),
    )

    def check() -> None:
        inputs, signature, digest = read_signature([(n, v) for n, v in case["headers"]])
        signing.verify_request(request, inputs, signature, digest, from_base64url(HTTP["key"]))

    assert attempt(check)[0] == ("ok" if case["signature"] == "right" else "bad_signature")


def test_the_servers_part_of_a_nonce() -> None:
    secret = from_base64url(HTTP["nonce_secret"])
    issued = int(HTTP["server_nonce"].split(".")[0])
    assert signing.server_nonce(secret, issued, HTTP["keyid"]) == HTTP["server_nonce"]


# Links, origins, codes


@cases(LINKS["enrol"])
def test_an_enrolment_link(case: dict[str, Any]) -> None:
    outcome, link, text = attempt(lambda: parse_enrol_link(case["link"], now=LINKS["now"]))
    assert outcome == case["outcome"]
    assert ENROLMENT["link_key"] not in text + repr(link)
    if link is not None:
        reads = case["reads"]
        assert (str(link.origin), link.id, link.expires) == (reads["o"], reads["e"], reads["x"])
        assert (link.key, link.tls_pin) == (from_base64url(reads["k"]), from_base64url(reads["p"]))
        assert link.fingerprint == from_base64url(reads["f"])
        assert parse_enrol_link(str(link), now=LINKS["now"]) == link
        assert is_enrol_link(case["link"])


@cases(LINKS["request"])
def test_a_request_link(case: dict[str, Any]) -> None:
    outcome, link, text = attempt(lambda: parse_request_link(case["link"]))
    assert outcome == case["outcome"]
    assert LINKS["request"][0]["reads"]["h"] not in text + repr(link)
    if link is not None:
        reads = case["reads"]
        assert (str(link.origin), link.login) == (reads["o"], reads["r"])
        assert link.handoff == from_base64url(reads["h"])
        assert parse_request_link(str(link)) == link
        assert is_request_link(case["link"])


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


# Changes of the server's key


@cases(CHANGES["cases"])
def test_a_chain_of_keys(case: dict[str, Any]) -> None:
    pinned = key_changes.PinnedKey(from_base64url(case["pinned"]["key"]), case["pinned"]["seq"])
    answer = Envelope.from_json(case["answer"])
    published = json.dumps({"changes": case["changes"]}).encode()
    outcome, followed, _ = attempt(
        lambda: key_changes.follow(
            pinned, key_changes.read_changes(published), answer, key_messages.Hint
        )
    )
    assert outcome == case["outcome"]
    if followed is not None:
        then, message = followed
        assert then.key == from_base64url(case["then"]["key"])
        assert then.seq == case["then"]["seq"]
        assert message.to_bytes() == answer.signed


# Sign in from this computer


@cases(OAUTH["pkce"])
def test_pkce(case: dict[str, str]) -> None:
    verifier, challenge = case["verifier"], case["challenge"]
    assert attempt(lambda: oauth.check_verifier(verifier, challenge))[0] == case["outcome"]


@cases(OAUTH["discovery"])
def test_a_discovery_document(case: dict[str, str]) -> None:
    outcome, found, _ = attempt(lambda: oauth.read_discovery(case["document"].encode(), ORIGIN))
    assert outcome == case["outcome"]
    if found is not None:
        assert (found.authorise, found.exchange) == (OAUTH["authorise"], OAUTH["exchange"])


@cases(OAUTH["question"])
def test_a_question_at_the_authorisation_page(case: dict[str, str]) -> None:
    outcome, question, _ = attempt(lambda: oauth.Question.parse(case["query"]))
    assert outcome == case["outcome"]
    if question is not None:
        assert (question.port, question.device_name) == (OAUTH["port"], OAUTH["device_name"])
        assert question.state == OAUTH["state"]
        oauth.check_verifier(OAUTH["verifier"], question.challenge)


@cases(OAUTH["callback"])
def test_what_comes_back_to_this_computer(case: dict[str, str]) -> None:
    outcome, code, text = attempt(
        lambda: oauth.read_callback(case["target"], state=OAUTH["state"], origin=ORIGIN)
    )
    assert outcome == case["outcome"]
    assert code in {None, OAUTH["code"]}
    assert OAUTH["state"] not in text
    assert OAUTH["code"] not in text


@cases(OAUTH["exchanged"])
def test_what_is_posted_for_the_enrolment(case: dict[str, str]) -> None:
    outcome, given, _ = attempt(lambda: oauth.Exchange.parse(case["body"].encode()))
    assert outcome == case["outcome"]
    if given is not None:
        assert (given.code, given.verifier) == (OAUTH["code"], OAUTH["verifier"])
        assert given.redirect_uri == f"http://127.0.0.1:{OAUTH['port']}/"


@cases(OAUTH["enrolment"])
def test_the_enrolment_that_a_code_gives(case: dict[str, str]) -> None:
    outcome, link, _ = attempt(lambda: oauth.read_enrolment(case["answer"].encode(), ORIGIN))
    assert outcome == case["outcome"]
    assert link is None or str(link) == ENROLMENT["link"]
