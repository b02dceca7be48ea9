"""The same way without a window: watchword-cli, a real browser, a real server."""

import re
import subprocess
from pathlib import Path

import pytest
from browser import Browser
from person import VAULT_PASSWORD, match_code, show_enrolment_code, sign_in, sign_out
from programs import CLI, Server, cli, result

pytestmark = pytest.mark.end2end


@pytest.fixture
def linked(chromium: Browser, kalos: Server, tmp_path: Path) -> Path:
    """Return the home of a vault that was linked by the picture the browser showed."""
    home = tmp_path / "home"
    result(cli("--json", "init", home=home, password=VAULT_PASSWORD))
    sign_in(chromium, kalos.origin)
    picture = show_enrolment_code(chromium, tmp_path)
    adding = subprocess.Popen(
        [CLI, "--password-stdin", "--json", "--yes", "add", "--image", picture, "--device-name", "Shell"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "WATCHWORD_HOME": str(home), "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert adding.stdin is not None
    assert adding.stderr is not None
    adding.stdin.write(f"{VAULT_PASSWORD}\n")
    adding.stdin.close()
    said = ""
    while not (found := re.search(r"\b([0-9A-Z]{4})-[0-9A-Z]{4}\b", said)):
        line = adding.stderr.readline()
        assert line, f"it ended without a short code: {said}"
        said += line
    assert "127.0.0.1" in said
    chromium.find("input[name=code]").send_keys(found.group(1))
    chromium.press("Add it")
    chromium.wait_for_text("“Shell” has joined")
    assert adding.wait(30) == 0
    adding.stderr.close()
    assert adding.stdout is not None
    adding.stdout.close()
    return home


def test_approve_from_a_terminal(linked: Path, chromium: Browser, kalos: Server) -> None:
    sign_out(chromium)
    sign_in(chromium, kalos.origin)
    code = match_code(chromium)
    waiting = result(
        cli("--json", "requests", "--wait", "10", home=linked, password=VAULT_PASSWORD)
    )
    assert [(r["service"], r["match"], r["user_agent"]) for r in waiting] == [
        ("Kalos Club", "type4", "Chrome on Linux")
    ]
    wrong = cli(
        "--json", "approve", waiting[0]["id"], "--code", "2222" if code != "2222" else "3333",
        home=linked, password=VAULT_PASSWORD,
    )  # fmt: skip
    assert wrong.returncode == 1
    assert '"wrong_code"' in wrong.stdout
    told = result(
        cli(
            "--json",
            "approve",
            waiting[0]["id"],
            "--code",
            code,
            home=linked,
            password=VAULT_PASSWORD,
        )
    )
    assert told["result"] == "approved"
    chromium.wait_for_text("You are inside", within=5)
    history = result(cli("--json", "history", home=linked, password=VAULT_PASSWORD))
    assert [row["result"] for row in history] == ["wrong_code", "approved"]


def test_deny_from_a_terminal(linked: Path, chromium: Browser, kalos: Server) -> None:
    sign_out(chromium)
    sign_in(chromium, kalos.origin)
    match_code(chromium)
    (request,) = result(
        cli("--json", "requests", "--wait", "10", home=linked, password=VAULT_PASSWORD)
    )
    told = result(
        cli("--json", "deny", request["id"], "--not-me", home=linked, password=VAULT_PASSWORD)
    )
    assert told["result"] == "denied"
    chromium.wait_for_text("Nobody was let in")
