"""A real privacyIDEA behind a certificate that nobody signed: refused, then pinned."""

import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import server_certificate
from gate import Gate
from privacyidea import PrivacyIdea
from privacyidea_accounts import (
    OTHER_PIN,
    Kept,
    begun,
    only,
    state_of,
)

from watchword.clock import SystemClock
from watchword.providers.login_request import Decision
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.remote.errors import TlsRefused

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@pytest.fixture
def secured(school: PrivacyIdea, tmp_path: Path) -> Iterator[Gate]:
    context, _, _ = server_certificate(tmp_path)
    with school.behind_a_gate(context) as before:
        yield before


def test_a_self_signed_server_is_refused_until_its_key_is_confirmed(
    school: PrivacyIdea, secured: Gate, tmp_path: Path
) -> None:
    made = school.make("push", pin=OTHER_PIN)
    text = made["pushurl"]["value"]
    kept = Kept()
    refused = begun(text, kept)
    assert not refused.needs_fingerprint
    with pytest.raises(TlsRefused, match="certificate was refused"):
        refused.contact()
    assert refused.needs_fingerprint
    with pytest.raises(TlsRefused, match="does not go on like that"):
        refused.contact()

    # A code that wants no check gets one.
    unchecked = begun(text.replace("sslverify=1", "sslverify=0"))
    assert unchecked.needs_fingerprint
    with pytest.raises(TlsRefused, match="does not go on like that"):
        unchecked.contact()

    other = begun(text)
    other.confirm_fingerprint("ab" * 32)
    with pytest.raises(TlsRefused, match="not the one that was pinned"):
        other.contact()
    other.close()
    assert state_of(school, made["serial"]) == "clientwait"

    refused.confirm_fingerprint(refused.fingerprint())
    refused.contact()
    refused.wait()
    refused.acknowledge()
    refused.close()
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as provider:
        login = school.login(OTHER_PIN)
        request = only(provider, kept.links[0])
        provider.answer(kept.links[0], request, Decision.APPROVE)
        assert login.is_in()
        # Somebody else's key on the same address is not believed.
        folder = tmp_path / "other"
        folder.mkdir()
        secured.context, _, _ = server_certificate(folder)
        assert isinstance(secured.context, ssl.SSLContext)
    with (
        contextlib.closing(PrivacyIdeaProvider(SystemClock())) as provider,
        pytest.raises(TlsRefused),
    ):
        provider.poll("a1", kept.links[0])
    school.remove(made["serial"])
