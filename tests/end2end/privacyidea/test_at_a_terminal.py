"""watchword-cli with a real privacyIDEA: linked by its picture, answered, and written down."""

from pathlib import Path

from certificates import server_certificate
from cli_home import PASSWORD, Home
from privacyidea import NUMBERS, PrivacyIdea
from privacyidea_accounts import picture_of

from watchword.clock import SystemClock
from watchword.remote.pins import key_pin
from watchword.vault import CHEAPEST, create_vault


def home_in(folder: Path) -> Home:
    create_vault(
        folder / "vault", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )[0].lock()
    return Home(folder)


def test_a_picture_links_and_logins_are_answered(school: PrivacyIdea, tmp_path: Path) -> None:
    home = home_in(tmp_path)
    made = school.make("push", pin="4444")
    picture = tmp_path / "code.png"
    picture.write_bytes(picture_of(made["pushurl"]))
    done = home.run("--json", "--yes", "add", "--image", str(picture), "--device-name", "Desk")
    assert done.returncode == 0, done.stderr
    assert f"Server: 127.0.0.1:{school.port}" in done.stderr
    assert "The server is on this computer." in done.stderr
    assert "Short code" not in done.stderr
    assert made["enrollment_credential"] not in done.stderr + done.stdout
    (account,) = home.accounts()
    assert account.link is not None
    assert (account.type, account.link.kind, account.link.device_name) == (
        "push",
        "privacyidea",
        "Desk",
    )
    assert account.link.server_key
    assert not account.link.next_message

    with school.with_policy("choosing", "authentication", NUMBERS):
        login = school.login("4444")
        (request,) = home.json("requests")
        assert (request["match"], request["expiry_estimated"]) == ("choose", True)
        assert login.choice in request["choices"]
        not_offered = home.run("approve", request["id"], "--choice", "100")
        assert not_offered.returncode == 2
        assert "not offered" in not_offered.stderr
        wrong = [each for each in request["choices"] if each != login.choice]
        first = home.run("approve", request["id"], "--choice", wrong[0])
        assert first.returncode == 1
        assert "1 try is left" in first.stderr
        second = home.run("approve", request["id"], "--choice", wrong[1])
        assert second.returncode == 1
        assert "This login was stopped" in second.stderr
        assert not login.is_in()

        login = school.login("4444")
        (request,) = home.json("requests")
        said = home.json("approve", request["id"], "--choice", login.choice)
        assert said == {"id": request["id"], "result": "approved"}
        assert login.is_in()

    with school.with_policy("codes", "authentication", "push_code_to_phone"):
        login = school.login("4444")
        (request,) = home.json("requests")
        code = home.json("approve", request["id"])["display_code"]
        assert login.is_in(code)

    login = school.login("4444")
    (request,) = home.json("requests")
    assert home.json("deny", request["id"], "--not-me")["result"] == "denied"
    assert not login.is_in()
    history = [(each["decision"], each["result"]) for each in home.json("history")]
    assert history == [
        ("approve", "wrong_code"),
        ("approve", "wrong_code"),
        ("approve", "approved"),
        ("approve", "approved"),
        ("not_me", "denied"),
    ]
    school.remove(made["serial"])
    gone = home.run("requests")
    assert gone.returncode == 6
    assert "the account was removed there" in gone.stderr


def test_a_self_signed_server_needs_its_fingerprint(school: PrivacyIdea, tmp_path: Path) -> None:
    home = home_in(tmp_path)
    context, _, certificate = server_certificate(tmp_path)
    with school.behind_a_gate(context):
        made = school.make("push", pin="4444")
        link = made["pushurl"]["value"]
        refused = home.run("--yes", "add", link)
        assert refused.returncode == 6
        assert "certificate was refused" in refused.stderr
        assert "--fingerprint" in refused.stderr
        assert home.accounts() == ()
        unchecked = link.replace("sslverify=1", "sslverify=0")
        unconfirmed = home.run("--yes", "add", unchecked)
        assert unconfirmed.returncode == 1
        assert key_pin(certificate).hex().upper()[:4] in unconfirmed.stderr
        assert "--fingerprint" in unconfirmed.stderr
        added = home.run("--yes", "add", link, "--fingerprint", key_pin(certificate).hex())
        assert added.returncode == 0, added.stderr
        assert home.json("requests") == []
    school.remove(made["serial"])
