"""Whatever comes in, a parser answers with a message or one of its named errors."""

import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_material import NOW, REQUEST, SERVER, all_messages

from watchword.protocol import signing
from watchword.protocol.authorisation import new_secret, read_callback
from watchword.protocol.encoding import canonical, from_base64url, parse_json, to_base64url
from watchword.protocol.enrol_link import parse_enrol_link
from watchword.protocol.errors import (
    BadSignature,
    LinkRefused,
    MessageRefused,
    NotForUs,
    OriginRefused,
    ProtocolError,
    WrongServer,
)
from watchword.protocol.http_signing import read_signature
from watchword.protocol.messages import Request
from watchword.protocol.origin import parse_origin
from watchword.protocol.request_link import parse_request_link

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.binary(max_size=64))
def test_base64url_goes_round(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data


@settings(deadline=None)
@given(st.text(max_size=12))
def test_base64url_has_one_spelling(text: str) -> None:
    try:
        data = from_base64url(text)
    except ValueError:
        return
    assert to_base64url(data) == text


OURS = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(OURS)
def test_what_is_written_is_canonical_by_the_package_for_it(value: object) -> None:
    try:
        known = rfc8785.dumps({"v": value})
    except rfc8785.CanonicalizationError:
        with pytest.raises(UnicodeEncodeError):  # half a character
            canonical({"v": value})
        return
    assert canonical({"v": value}) == known


@settings(deadline=None)
@given(st.sampled_from(sorted(json.loads(REQUEST.to_bytes()))), JSON)
def test_any_value_in_any_member(name: str, value: object) -> None:
    members = {**json.loads(REQUEST.to_bytes()), name: value}
    raw = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        message = Request.parse(raw.encode("utf-8", "surrogatepass"))
    except ProtocolError:
        return
    assert message.to_bytes() == raw.encode()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    with pytest.raises(MessageRefused):
        Request.parse(raw)


@settings(deadline=None)
@given(st.text(max_size=60).map(lambda text: f"https://{text}"))
def test_any_origin(text: str) -> None:
    try:
        origin = parse_origin(text)
    except OriginRefused:
        return
    assert parse_origin(str(origin)) == origin
    assert str(origin).isascii()


@settings(deadline=None)
@given(st.text(max_size=100).map(lambda text: f"watchword://enrol/1?{text}"))
def test_any_link(text: str) -> None:
    with pytest.raises((LinkRefused, OriginRefused)):
        parse_enrol_link(text)


@settings(deadline=None)
@given(st.text(max_size=100).map(lambda text: f"watchword://request/1?{text}"))
def test_any_link_to_a_request(text: str) -> None:
    with pytest.raises((LinkRefused, OriginRefused)):
        parse_request_link(text)


@settings(deadline=None)
@given(st.text(max_size=100))
def test_anything_at_the_listening_port(text: str) -> None:
    with pytest.raises((MessageRefused, NotForUs)):
        read_callback(text, state=new_secret(), origin=parse_origin("https://login.example"))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["signature", "signature-input"]), st.text())))
def test_any_signature_header(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(BadSignature):
        read_signature(headers)


def test_no_secret_in_any_repr() -> None:
    for message, key in all_messages():
        assert to_base64url(key.private) not in repr(key)
        assert "K7QM" not in repr(message)


@pytest.mark.parametrize(
    "text", ['{"a":NaN}', '{"a":1e400}', '{"a":1}x', "[]", '"x"', "", "\ufeff{}"]
)
def test_json_that_is_not_ours(text: str) -> None:
    with pytest.raises(MessageRefused):
        parse_json(text.encode())


def test_a_huge_number_and_a_huge_body() -> None:
    with pytest.raises(MessageRefused):
        parse_json(b'{"a":' + b"1" * 5000 + b"}")
    with pytest.raises(MessageRefused):
        parse_json(b'{"a":"' + b"x" * 70_000 + b'"}')


def test_expect_names_what_does_not_fit() -> None:
    assert REQUEST.expect(id=REQUEST.id, origin=REQUEST.origin) is REQUEST
    with pytest.raises(NotForUs, match="origin"):
        REQUEST.expect(id=REQUEST.id, origin="https://evil.example")


@pytest.mark.parametrize("now", [NOW - 61, NOW + 120, NOW + 1e9])
def test_a_request_outside_its_time(now: float) -> None:
    REQUEST.check_time(NOW + 119)
    with pytest.raises(NotForUs):
        REQUEST.check_time(now)


def test_the_servers_key_must_be_the_links() -> None:
    signing.check_server_key(SERVER.public, signing.sha256(SERVER.public))
    with pytest.raises(WrongServer):
        signing.check_server_key(signing.SigningKey.generate().public, bytes(32))


def test_a_package_opens_only_for_its_offer_and_key() -> None:
    seal = signing.SealKey.generate()
    sealed = signing.seal_package(b"package", seal.public, bytes(32))
    assert seal.open(sealed, bytes(32)) == b"package"
    for key, offer, what in (
        (seal, b"\1" * 32, sealed),
        (signing.SealKey.generate(), bytes(32), sealed),
        (seal, bytes(32), sealed[:-1]),
        (seal, bytes(32), b""),
    ):
        with pytest.raises(BadSignature):
            key.open(what, offer)
    with pytest.raises(MessageRefused):
        signing.seal_package(b"package", bytes(32), bytes(32))
