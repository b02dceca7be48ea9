"""A declined login and a privacyIDEA 3.12, which lets it be approved afterwards: not from our side.

    python tests/end2end/privacyidea/older_server.py

By hand the trap is shown to be there. Then the same is tried with the provider and with
watchword-cli, each command of which is a process that remembers only what the vault does.
"""

import contextlib
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "helpers"))

from cli_home import PASSWORD, Home
from privacyidea import OLD, PIN, PrivacyIdea, privacyidea
from privacyidea_accounts import linked_by, only, picture_of, waiting

from watchword.clock import SystemClock
from watchword.providers.login_request import Decision, Result
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.vault import CHEAPEST, create_vault

PROVIDERS_PIN, TERMINALS_PIN = "5555", "6666"


def by_hand(school: PrivacyIdea) -> None:
    school.enrol()
    assert school.key is not None
    login = school.login(PIN)
    now = datetime.now(UTC).isoformat()
    signed = school.key.sign(f"{school.serial}|{now}")
    polled = school.done(
        "/ttype/push", "GET", serial=school.serial, timestamp=now, signature=signed
    )
    (challenge,) = polled["result"]["value"]
    start = f"{challenge['nonce']}|{school.serial}"
    said = [
        school.call(
            "/ttype/push",
            serial=school.serial,
            signature=school.key.sign(text),
            **more,
        )["result"].get("value")
        for text, more in ((f"{start}|decline", {"decline": "1"}), (start, {}))
    ]
    assert said == [True, True], said
    assert login.is_in()
    print("by hand: declined, then approved, and the login is let in: the trap is there")


def by_the_provider(school: PrivacyIdea) -> None:
    link = linked_by(school.make("push", pin=PROVIDERS_PIN)["pushurl"]["value"])
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as provider:
        login = school.login(PROVIDERS_PIN)
        request = only(provider, link)
        assert provider.answer(link, request, Decision.APPROVE).result is Result.APPROVED
        assert waiting(provider, link) == ()
        assert login.is_in()
        print("by the provider: approved, and the login is let in")
        for decision in (Decision.DENY, Decision.NOT_ME):
            login = school.login(PROVIDERS_PIN)
            (request,) = (r for r in waiting(provider, link) if r.id != request.id)
            assert provider.answer(link, request, decision).result is Result.DENIED
            later = provider.answer(link, request, Decision.APPROVE)
            assert later.result is Result.ANSWERED_ELSEWHERE, later
            assert not login.is_in()
            print(f"by the provider: {decision}, and no approval is sent after it")


def at_a_terminal(school: PrivacyIdea, folder: Path) -> None:
    create_vault(
        folder / "vault", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )[0].lock()
    home = Home(folder)
    picture = folder / "code.png"
    picture.write_bytes(picture_of(school.make("push", pin=TERMINALS_PIN)["pushurl"]))
    added = home.run("--yes", "add", "--image", str(picture), "--device-name", "Desk")
    assert added.returncode == 0, added.stderr
    login = school.login(TERMINALS_PIN)
    (request,) = home.json("requests")
    assert home.json("deny", request["id"])["result"] == "denied"
    approved = home.run("--json", "approve", request["id"])
    assert approved.returncode == 1, approved
    assert home.json("requests") == []
    assert not login.is_in()
    print("by watchword-cli: denied, and a later approve is refused:", approved.stderr.strip())


def main() -> int:
    with privacyidea(OLD) as school, tempfile.TemporaryDirectory() as folder:
        by_hand(school)
        by_the_provider(school)
        at_a_terminal(school, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
