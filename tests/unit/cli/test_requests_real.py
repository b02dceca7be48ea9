"""The command line against a real server process: linked, asked, answered, and told the truth."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from browserless import Browserless
from programs import CLI, Server, cli, free_port, result, server

LOGIN = "correct horse battery staple"
VAULT = "a quiet cellar"
_numbers = count()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("server"), "--name", "Kalos Club") as one:
        yield one


@dataclass
class Person:
    """Somebody with a browser, a terminal and a vault."""

    server: Server
    name: str
    home: Path
    browser: Browserless

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return cli("--json", *arguments, home=self.home, password=VAULT, **options)

    def enrol_link(self) -> str:
        self.browser.sign_in(self.name, LOGIN)
        return self.browser.add_device(LOGIN)

    def start_adding(self, link: str) -> tuple[subprocess.Popen[str], str]:
        """Start `add`, and return it with the short code it shows."""
        process = subprocess.Popen(
            [CLI, "--json", "--password-stdin", "--yes", "add", "--device-name", "Terminal", link],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.home),
                "WATCHWORD_HOME": str(self.home),
            },
        )
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(f"{VAULT}\n")
        process.stdin.flush()
        said = ""
        while "Short code: " not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        return process, said.rpartition("Short code: ")[2].strip()

    def link(self) -> dict[str, Any]:
        process, code = self.start_adding(self.enrol_link())
        self.browser.join(code[:4])
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        (account,) = json.loads(out)["added"]
        return dict(account)

    def asked(self) -> tuple[str, str]:
        """Sign in anew; return the request's id and the match code of the page."""
        self.browser.open("/account")
        self.browser.submit("/sign-out")
        self.browser.sign_in(self.name, LOGIN)
        code = self.browser.match_code()
        (request,) = result(self.run("requests", "--wait", "10"))
        return request["id"], code


@contextlib.contextmanager
def person_at(running: Server, home: Path) -> Iterator[Person]:
    name = f"elena{next(_numbers)}"
    running.administer("user", "add", name, "--password-stdin", standard_input=f"{LOGIN}\n")
    person = Person(running, name, home, Browserless(running.origin))
    result(person.run("init", "--no-recovery-key"))
    yield person
    person.browser.close()


@pytest.fixture
def elena(running: Server, tmp_path: Path) -> Iterator[Person]:
    with person_at(running, tmp_path) as person:
        yield person


def test_link_then_approve_then_read_the_history(elena: Person) -> None:
    account = elena.link()
    assert (account["issuer"], account["account"]) == ("Kalos Club", elena.name)
    assert account["server"] == {
        "url": elena.server.origin,
        "kind": "native",
        "device_name": "Terminal",
        "state": "active",
    }
    assert result(elena.run("list")) == [account]
    assert result(elena.run("requests")) == []
    request, code = elena.asked()
    (listed,) = result(elena.run("requests"))
    assert listed["id"] == request
    assert (listed["account_id"], listed["match"]) == (account["id"], "type4")
    assert (listed["service"], listed["account"]) == ("Kalos Club", elena.name)
    assert (listed["ip"], listed["user_agent"]) == ("127.0.0.1", "Firefox on Linux")
    done = elena.run("approve", request, "--code", f"{code[:2]}-{code[2:]}".lower())
    assert result(done) == {"id": request, "result": "approved"}
    assert done.stderr == ""
    assert elena.browser.is_let_in()
    (line,) = result(elena.run("history"))
    assert (line["decision"], line["result"]) == ("approve", "approved")
    elena.browser.open("/security")
    assert "Terminal" in elena.browser.text
    assert result(elena.run("requests")) == []


def test_deny_wrong_code_and_unknown_ids(elena: Person) -> None:
    elena.link()
    request, code = elena.asked()
    wrong = "0" + code[1:] if code[0] != "0" else "1" + code[1:]
    done = elena.run("approve", request, "--code", wrong)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"id": request, "result": "wrong_code"}
    assert "2 tries are left" in done.stderr
    assert elena.run("approve", request).returncode == 2
    assert elena.run("approve", "rnonsense", "--code", code).returncode == 5
    assert result(elena.run("deny", request, "--not-me")) == {"id": request, "result": "denied"}
    assert not elena.browser.is_let_in()
    decisions = [(line["decision"], line["result"]) for line in result(elena.run("history"))]
    assert decisions == [("approve", "wrong_code"), ("not_me", "denied")]


def test_too_late_is_told_and_lets_nobody_in(tmp_path: Path) -> None:
    with (
        server(tmp_path / "server", "--login-seconds", "8") as hasty,
        person_at(hasty, tmp_path) as elena,
    ):
        elena.link()
        request, code = elena.asked()
        while result(elena.run("requests")):
            pass
        done = elena.run("approve", request, "--code", code)
        assert done.returncode == 1
        assert json.loads(done.stdout) == {"id": request, "result": "expired"}
        assert not elena.browser.is_let_in()


def test_no_in_the_browser_is_a_failure_and_leaves_no_account(elena: Person) -> None:
    process, _ = elena.start_adding(elena.enrol_link())
    elena.browser.refuse()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "refused" in err
    assert result(elena.run("list")) == []


def test_a_server_that_is_gone_is_exit_status_six(elena: Person) -> None:
    link = elena.enrol_link()
    process, code = elena.start_adding(link)
    elena.browser.join(code[:4])
    out, _ = process.communicate(timeout=60)
    (account,) = json.loads(out)["added"]
    link = link.replace(str(elena.server.port), str(free_port()))
    done = elena.run("--yes", "add", link)
    assert done.returncode == 6
    assert "could not be reached" in done.stderr
    assert result(elena.run("list")) == [account]
    elena.server.stop()
    try:
        for arguments in (("requests",), ("deny", "rAAAAAAAAAAAAAAAAAAAAAA")):
            done = elena.run(*arguments)
            assert (done.returncode, done.stdout) == (6, "")
            assert "could not be reached" in done.stderr
        code = result(elena.run("code", account["id"]))
        assert len(code["code"]) == 6
    finally:
        elena.server.start()


def test_an_unconfirmed_host_is_not_contacted(elena: Person) -> None:
    link = elena.enrol_link()
    done = subprocess.run(
        ["/usr/bin/setsid", CLI, "--password-stdin", "add", link],
        input=f"{VAULT}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(elena.home), "WATCHWORD_HOME": str(elena.home)},
    )
    assert done.returncode == 1
    assert f"127.0.0.1:{elena.server.port}" in done.stderr
    elena.browser.open("/security")
    assert "/security/joining/confirm" not in elena.browser.page
    assert result(elena.run("list")) == []
