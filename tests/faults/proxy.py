"""The real server behind a real nginx with TLS, configured as docs/server.md says.

    python tests/faults/proxy.py [--nginx /usr/sbin/nginx]

A browser signs in and a device joins and polls through it; a poll is held for its whole time; other names are
refused, addresses cannot be made up; a stop gives held polls an ordinary answer; and no log keeps an address that opens something.
"""

import argparse
import contextlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "helpers"))

from programs import SERVER, free_port
from served import PASSWORD, USER, Browser, served_at

from watchword.protocol import messages as m
from watchword_server import users

CONFIGURATION = Path(__file__).parent.parent.parent / "packaging" / "linux" / "nginx.conf"
KEPT_SECONDS = 6  # longer than either side keeps an idle connection
MADE_UP = "198.51.100.66"
LINK = "what-only-the-mailed-link-holds"


@contextlib.contextmanager
def nginx(program: str, folder: Path, port: int, behind: int) -> Iterator[None]:
    """Run nginx with our configuration file, changed only where and what for it listens."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    ours = CONFIGURATION.read_text()
    for old, new in {
        "127.0.0.1:8765": f"127.0.0.1:{behind}",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "login.example;": "localhost;",
        "/etc/ssl/login.example.pem": str(certificate),
        "/etc/ssl/login.example.key": str(key),
        "/var/log/nginx/watchword.log": str(folder / "access"),
        "/var/log/nginx/watchword-error.log": str(folder / "crit"),
    }.items():
        assert old in ours, old
        ours = ours.replace(old, new)
    paths = "".join(
        f"{name}_temp_path {folder / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {folder / 'pid'}; error_log {folder / 'error'};\n"
        f"events {{}}\nhttp {{ {paths}\n{ours} }}\n"
    )
    with subprocess.Popen(
        [program, "-e", str(folder / "error"), "-p", str(folder), "-c", str(whole)]
    ) as running:
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nginx", default=shutil.which("nginx", path="/usr/sbin:/usr/bin"))
    program = parser.parse_args().nginx
    if program is None:
        print("nginx is not installed: apt-get install nginx-light")
        return 1
    with tempfile.TemporaryDirectory(prefix="watchword-proxy-") as name:
        folder, port, behind = Path(name), free_port(), free_port()
        origin = f"https://localhost:{port}"
        data = folder / "data"
        with (
            (folder / "log").open("wb") as log,
            served_at(origin, data) as served,
            subprocess.Popen(
                [SERVER, "--data", data, "--port", str(behind), "--origin", origin,
                 "--proxy", "127.0.0.1"],
                stdout=log, stderr=log,
            ) as server,
            nginx(program, folder, port, behind),
        ):  # fmt: skip
            served.run(lambda: users.add_user(served.site, USER, PASSWORD))
            browser = served.browser()
            try:
                wait(browser)
                told = walk(browser)
                # A held poll gets an ordinary answer when the server stops.
                device = browser.enrol("Another")
                held: list[list[m.Request]] = []
                thread = threading.Thread(
                    target=lambda: held.append(
                        served.run(lambda: device.polling(prefer="wait=25"))
                    )
                )
                thread.start()
                time.sleep(1)  # until it has come through both
                started = time.monotonic()
            finally:
                server.send_signal(signal.SIGTERM)
            thread.join(20)
            stopped = server.wait(20), round(time.monotonic() - started, 1)
            assert held == [[]], held
            assert stopped[0] == 0, stopped
            # nginx tells of a server that is away, and not who asked for what.
            assert browser.get(f"/new-password/{LINK}").status_code == 502
        log_text = "".join(
            (folder / name).read_text() for name in ("access", "log", "error", "crit")
        )
        assert " 502 " in log_text
        for secret in ("known=", MADE_UP, LINK):
            assert secret not in log_text, secret
        print(f"{told}; a held poll was answered within {stopped[1]} s of a stop")
    return 0


def wait(browser: Browser) -> None:
    """Wait until both of them listen."""
    give_up = time.monotonic() + 60
    while True:
        with contextlib.suppress(Exception):
            if browser.get("/sign-in").status_code == 200:
                return
        assert time.monotonic() < give_up, "nobody answers"
        time.sleep(0.1)


def walk(browser: Browser) -> str:
    served = browser.served
    cookies = browser.page.headers.get_list("set-cookie")
    assert all(re.match("__Host-.*; Secure", one) for one in cookies), cookies
    assert "max-age" in browser.page.headers["strict-transport-security"]
    browser.sign_in()
    device = browser.enrol()
    assert device.poll() == []

    login = served.browser()
    login.get("/sign-in")
    made_up = {"X-Forwarded-For": MADE_UP, "X-Real-IP": MADE_UP}
    login.post("/sign-in", {"name": USER, "password": PASSWORD}, headers=made_up)
    (request,) = device.poll()
    assert request.ip == "127.0.0.1", request.ip
    time.sleep(KEPT_SECONDS)  # idle connections of both sides have ended
    assert device.decide(request, "approve", login.match_code()).result == "approved"
    login.finish()
    assert "You are inside" in login.text

    wrong = served.run(
        lambda: device.client.get("/api/v1/requests", headers={"Host": "evil.example"})
    )
    assert wrong.status_code == 421, wrong
    started = time.monotonic()
    assert served.run(lambda: device.polling(prefer="wait=25")) == []
    held = time.monotonic() - started
    assert held > 24, held
    return f"signed in and approved through nginx; a poll was held for {held:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
