"""The installed program on a real socket: starts, answers, holds, lets go, stops."""

import contextlib
import http.client
import json
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from post_office import PostOffice
from programs import SERVER, free_port
from served import PASSWORD, USER, Answered, Device, served_at

from watchword.protocol import messages as m
from watchword_server import users


def command(data: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SERVER, "--data", data, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass
class Running:
    port: int
    process: subprocess.Popen[str]
    data: Path
    log: str = ""  # all that it printed, once it has ended

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def running(data: Path, *arguments: str, before: str = "") -> Iterator[Running]:
    port = free_port()
    shell = ["/bin/sh", "-c", f'{before}; exec "$@"', "sh"] if before else []
    process = subprocess.Popen(
        [*shell, SERVER, "--data", data, "--port", str(port), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    one = Running(port, process, data)
    deadline = time.monotonic() + 30
    while True:
        with (
            contextlib.suppress(OSError, urllib.error.URLError),
            urllib.request.urlopen(f"{one.address}/healthz", timeout=5) as answer,
        ):
            assert answer.read() == b"ok\n"
            break
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)  # it starts the sooner when nobody keeps its processor busy
    try:
        yield one
    finally:
        process.kill()
        one.log, _ = process.communicate(timeout=10)


@pytest.fixture(scope="module")
def first_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one user, to be copied: making one hashes a password."""
    folder = tmp_path_factory.mktemp("server") / "data"
    assert command(folder, "user", "add", USER, "--password-stdin", text=f"{PASSWORD}\n").stdout
    return folder


@pytest.fixture
def data(first_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_data, tmp_path / "data"))


def held_poll(device: Device, answers: list[tuple[float, list[m.Request]]]) -> threading.Thread:
    """Poll in a thread; note when the answer came."""

    def work() -> None:
        found = device.served.run(lambda: device.polling(prefer="wait=25"))
        answers.append((time.monotonic(), found))

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_login_reaches_a_waiting_device_in_under_a_second_and_the_stop_lets_go(
    data: Path,
) -> None:
    with running(data, "--name", "Kalos Club") as one, served_at(one.address, data) as served:
        browser = served.browser()
        browser.sign_in()
        device = browser.enrol()
        device.poll()
        answers: list[tuple[float, list[m.Request]]] = []
        thread = held_poll(device, answers)
        login = served.browser()
        login.get("/sign-in")
        assert not answers
        login.post("/sign-in", {"name": USER, "password": PASSWORD})
        asked = time.monotonic()  # the password's own time does not count
        thread.join(10)
        at, (request,) = answers[0]
        assert at - asked < 1
        assert request.service == "Kalos Club"
        assert device.decide(request, "approve", login.match_code()).result == "approved"
        login.finish()
        assert "You are inside" in login.text


def test_a_stop_lets_everybody_go_and_the_log_has_no_secrets(
    tmp_path: Path, database: str
) -> None:
    data, measured = tmp_path / "data", free_port()
    options = ("--database", database, "--log-format", "json", "--metrics-port", str(measured))
    if database:
        assert command(data, "--database", database, "migrate").returncode == 0
    with running(data, *options) as one, served_at(one.address, data, database) as served:
        served.run(lambda: users.add_user(served.site, USER, PASSWORD))
        browser = served.browser()
        browser.sign_in(password="not this one")
        browser.sign_in()
        device = browser.enrol()
        login = served.browser()
        login.sign_in()
        (request,) = device.poll()
        known = f"known={request.id}"
        waiting = [
            threading.Thread(
                target=lambda: answers.append(
                    served.run(lambda: device.polling(request.id, prefer="wait=25"))
                )
            )
            for _ in range(10)
        ]
        answers: list[list[m.Request]] = []
        for thread in waiting:
            thread.start()
        while "watchword_requests_open 10" not in metrics(measured):
            assert not answers
            time.sleep(0.02)
        assert 'watchword_events_total{event="wrong_password"} 1' in metrics(measured)
        assert 'route="/api/v1/requests/{id}/decision"' not in metrics(measured)
        started = time.monotonic()
        one.process.send_signal(signal.SIGTERM)
        for thread in waiting:
            thread.join(10)
        assert one.process.wait(10) == 0
        assert time.monotonic() - started < 5  # of the 25 seconds that were asked for
        assert [[each.id for each in answer] for answer in answers] == [[request.id]] * 10
    log = one.log
    first, *lines = log.splitlines()
    assert first.startswith(f"Watchword server: {one.address} (data in {data}")
    said = [json.loads(line) for line in lines]
    assert {line["level"] for line in said} == {"info"}
    assert len({line["id"] for line in said}) == len(said)
    polls = [line for line in said if line["route"] == "/api/v1/requests"]
    assert [line["status"] for line in polls[-10:]] == [200] * 10
    assert all(line.get("held_ms", 0) <= line["ms"] for line in polls)
    named = [(line["route"], line["events"]) for line in said if "events" in line]
    assert named == [
        ("/sign-in", "wrong_password"),
        ("/sign-in", "signed_in"),
        ("/api/v1/enrol/{e}/acknowledge", "device_added"),
    ]
    secrets = [
        USER, PASSWORD, "not this one", login.match_code(), known, device.link.id, request.id,
        device.short_code, device.nonce, *device.package.backup_codes,
        *(str(value) for each in (browser, login) for value in each.client.cookies.values()),
    ]  # fmt: skip
    assert [each for each in secrets if each in log] == []


def metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def test_a_removed_device_hears_it_while_it_waits(data: Path) -> None:
    with running(data) as one, served_at(one.address, data) as served:
        browser = served.browser()
        browser.sign_in()
        device = browser.enrol()
        browser.get("/security")
        statuses: list[int] = []

        def wait() -> None:
            with pytest.raises(Answered) as caught:
                device.served.run(lambda: device.polling(prefer="wait=25"))
            statuses.append(caught.value.response.status_code)

        thread = threading.Thread(target=wait)
        thread.start()
        started = time.monotonic()
        browser.post(f"/security/devices/{device.package.device_id}/remove")
        thread.join(10)
        assert statuses == [403]
        assert time.monotonic() - started < 2


def test_what_was_decided_survives_kill_9(data: Path) -> None:
    with running(data) as one, served_at(one.address, data) as served:
        browser = served.browser()
        browser.sign_in()
        device = browser.enrol()
        login = served.browser()
        login.sign_in()
        (request,) = device.poll()
        device.decide(request, "not_me")
        one.process.kill()
        one.process.wait(10)
        with sqlite3.connect(data / "server.sqlite3") as database:
            assert database.execute("select state, decided from logins").fetchall() == [
                ("denied", "not_me")
            ]


def test_a_locked_database_is_busy_not_broken(data: Path) -> None:
    with running(data) as one, served_at(one.address, data) as served:
        browser = served.browser()
        browser.get("/sign-in")
        blocker = sqlite3.connect(data / "server.sqlite3", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        answer = browser.post("/sign-in", {"name": USER, "password": PASSWORD})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert urllib.request.urlopen(f"{one.address}/healthz", timeout=5).status == 200
        blocker.execute("ROLLBACK")
        browser.sign_in()
        assert "You are inside" in browser.text


def test_slow_and_broken_clients_hinder_nobody(data: Path) -> None:
    with running(data) as one, contextlib.ExitStack() as sockets:
        for number in range(200):
            slow = sockets.enter_context(socket.create_connection(("127.0.0.1", one.port)))
            slow.sendall(
                b"GET / HTTP/1.1\r\nHost: x\r\n" if number % 2 else b"\x16\x03\x01junk\r\n"
            )
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=10)
        connection.request("GET", "/sign-in")
        assert connection.getresponse().status == 200
        connection.close()
        assert time.monotonic() - started < 2


def test_more_connections_than_a_process_usually_may_have(data: Path) -> None:
    with running(data, before="ulimit -Sn 128") as one, contextlib.ExitStack() as sockets:
        for _ in range(200):
            slow = sockets.enter_context(socket.create_connection(("127.0.0.1", one.port)))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=10)
        connection.request("GET", "/sign-in")
        assert connection.getresponse().status == 200
        connection.close()


def test_users_are_administered_while_it_runs(data: Path) -> None:
    with running(data) as one, served_at(one.address, data) as served:
        added = command(data, "user", "add", "bob", "--password-stdin", text="eight chars\n")
        assert (added.returncode, added.stdout) == (0, "Added bob.\n")
        assert command(data, "user", "list").stdout == f"{USER}\nbob\n"
        bob = served.browser()
        bob.sign_in("bob", "eight chars")
        assert "You are inside" in bob.text
        assert command(data, "user", "disable", "bob").returncode == 0
        assert bob.get("/account").url.path == "/sign-in"
        assert "bob (disabled)" in command(data, "user", "list").stdout
        assert command(data, "user", "enable", "bob").returncode == 0
        command(data, "user", "passwd", "bob", "--password-stdin", text="another one\n")
        bob.sign_in("bob", "another one")
        assert "You are inside" in bob.text


def test_who_lost_every_device_is_rescued_and_it_is_written_down(data: Path) -> None:
    with running(data) as one, served_at(one.address, data) as served:
        ana = served.browser()
        ana.sign_in()
        device = ana.enrol()
        command(data, "user", "mail", USER, "ana@kalos.example")
        assert f"{USER} (1 device, ana@kalos.example)\n" in command(data, "user", "list").stdout
        done = command(data, "user", "reset-factors", USER)
        assert done.returncode == 0
        assert "1 device and all backup codes taken away" in done.stdout
        assert ana.get("/account").url.path == "/sign-in"  # every session has ended
        ana.sign_in()
        assert "You are inside" in ana.text  # by the password, which is the same
        ana.get("/security")
        assert "Two-step sign-in is off" in ana.text
        assert "Two-step sign-in reset by whoever runs this server watchword-server, " in ana.text
        with pytest.raises(Answered) as told:
            device.poll()
        assert told.value.response.status_code == 403  # revoked, signed
        command(data, "user", "mail", USER, "--none")
        assert command(data, "user", "list").stdout == f"{USER}\n"


def test_changes_are_mailed_by_the_running_server(data: Path) -> None:
    office = PostOffice()
    command(data, "user", "mail", USER, "ana@kalos.example")
    to_office = ("--smtp", f"smtp://127.0.0.1:{office.port}", "--mail-from", "login@kalos.example")
    with (
        office.open(),
        running(data, *to_office) as one,
        served_at(one.address, data) as served,
    ):
        browser = served.browser()
        browser.sign_in()
        assert "Password forgotten?" in served.browser().get("/sign-in").text
        browser.enrol()
        receiver, subject, _text = office.take()
        assert (receiver, subject) == ("ana@kalos.example", "Watchword server: Device added")


@pytest.mark.parametrize(
    ("arguments", "text", "status", "words"),
    [
        (["user", "reset-factors", "bob"], "", 1, "no user"),
        (["user", "mail", "bob", "bob@kalos.example"], "", 1, "no user"),
        (["user", "mail", USER, "no address"], "", 1, "no mail address"),
        (["user", "mail", USER], "", 2, "required"),
        (["--smtp", "mail.example"], "", 1, "smtp://"),
        (["--smtp", "smtp://u:secret@mail.example"], "", 1, "WATCHWORD_SMTP_PASSWORD"),
        (["--smtp", "smtp://mail.example"], "", 1, "--mail-from"),
        (["user", "add", USER, "--password-stdin"], "long enough\n", 1, "already"),
        (["user", "add", "bob", "--password-stdin"], "short\n", 1, "8 to"),
        (["user", "add", "", "--password-stdin"], "long enough\n", 1, "name"),
        (["user", "passwd", "bob", "--password-stdin"], "long enough\n", 1, "no user"),
        (["user", "disable", "bob"], "", 1, "no user"),
        (["user"], "", 2, "usage"),
        (["--origin", "http://login.example"], "", 1, "used only for this computer"),
        (["--port", "0"], "", 1, "port"),
        (["--nonsense"], "", 2, "usage"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said(
    data: Path, arguments: list[str], text: str, status: int, words: str
) -> None:
    done = command(data, *arguments, text=text)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_the_data_is_for_its_owner_only_and_needs_its_key(data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for name in ("seal.key", "server.sqlite3"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    key = (data / "seal.key").read_bytes()
    (data / "seal.key").unlink()
    done = command(data, "user", "list")
    assert (done.returncode, "Put the file back" in done.stderr) == (1, True)
    (data / "seal.key").write_bytes(bytes(32))
    done = command(data, "user", "list")
    assert (done.returncode, "same backup" in done.stderr) == (1, True)
    (data / "seal.key").write_bytes(key)
    assert command(data, "user", "list").stdout == f"{USER}\n"


def test_a_port_in_use_is_said(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = command(data, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "in use" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_stop_while_it_starts_is_heard(tmp_path: Path) -> None:
    port = free_port()
    with contextlib.closing(sqlite3.connect(tmp_path / "server.sqlite3")) as blocker:
        blocker.execute("PRAGMA journal_mode=WAL")
        blocker.execute("BEGIN IMMEDIATE")  # the start has to wait for it
        with subprocess.Popen([SERVER, "--data", tmp_path, "--port", str(port)]) as process:
            try:
                deadline = time.monotonic() + 30
                while True:
                    with (
                        contextlib.suppress(OSError),
                        socket.create_connection(("127.0.0.1", port)),
                    ):
                        break
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
                process.terminate()
                assert process.wait(30) == -signal.SIGTERM
            finally:
                process.kill()
