"""A real privacyIDEA in an environment of its own, on SQLite and loopback: 3.14, or an older one.

It is AGPL: started as a process and never imported. Its environment (requirements/privacyidea-3.14.txt)
and an empty server are made once, in ~/.cache/watchword-tests, and shared by every run; made anew
when what they are made from changes. Running this file makes them.
"""

import contextlib
import fcntl
import hashlib
import inspect
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gate import Gate, gate

from watchword.providers.privacyidea_keys import PushKey

CURRENT, OLD = "3.14", "3.12"  # in which a login that was declined can still be approved
CACHES = Path.home() / ".cache" / "watchword-tests"
ADMIN, ADMIN_PASSWORD = "admin", "for loopback only"
USER, USER_PASSWORD, PIN = "ann", "hers", "1234"
REALM = "school"
NUMBERS = "push_require_presence, push_presence_options=NUMERIC"  # a policy's action
FIRST_POLICIES = {
    "admins": ("admin", "*"),
    "polls": ("enrollment", "push_firebase_configuration=poll only"),
    "allowed": ("authentication", "push_allow_polling=allow"),
    "pins": ("authentication", "otppin=tokenpin"),
}


def programs(version: str = CURRENT) -> Path:
    """Where its programs are; made when they are missing (half a minute) by whoever is first."""
    needs = Path(__file__).parents[2] / "requirements" / f"privacyidea-{version}.txt"
    cache = CACHES / f"privacyidea-{version}"
    CACHES.mkdir(parents=True, exist_ok=True)
    with cache.with_name(f"{cache.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_from = cache / "made-from"
        locked = hashlib.sha256(needs.read_bytes()).hexdigest()
        environment = cache / "environment"
        if not made_from.exists() or made_from.read_text() != locked:
            shutil.rmtree(cache, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
            quiet = ["--disable-pip-version-check", "--require-hashes", "--requirement", needs]
            subprocess.run([*pip, *quiet], check=True, stderr=subprocess.DEVNULL)
            made_from.write_text(locked)
        empty = cache / "empty-server"
        settings = inspect.getsource(_make_empty) + inspect.getsource(_settings)
        stamp = hashlib.sha256(needs.read_bytes() + settings.encode()).hexdigest()
        if not (empty / "stamp").exists() or (empty / "stamp").read_text() != stamp:
            shutil.rmtree(empty, ignore_errors=True)
            empty.mkdir()
            _make_empty(environment / "bin", empty)
            (empty / "stamp").write_text(stamp)
    return environment / "bin"


def _make_empty(found: Path, folder: Path) -> None:
    environment = _settings(folder)
    with (folder / "output").open("wb") as output:
        for step in (
            ["setup", "create_enckey"],
            ["setup", "create_audit_keys"],
            ["setup", "create_tables"],
            ["admin", "add", ADMIN, "-p", ADMIN_PASSWORD],
        ):
            subprocess.run(
                [found / "pi-manage", *step],
                env=environment,
                cwd=folder,
                check=True,
                stdout=output,
                stderr=output,
            )


def _settings(folder: Path) -> dict[str, str]:
    """Write the server's settings into its folder; return the environment that names them."""
    configuration = folder / "pi.cfg"
    configuration.write_text(
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{folder}/pi.db'\n"
        "SECRET_KEY = 'for loopback only'\nPI_PEPPER = 'for loopback only'\n"
        f"PI_ENCFILE = '{folder}/enckey'\nPI_AUDIT_KEY_PRIVATE = '{folder}/private.pem'\n"
        f"PI_AUDIT_KEY_PUBLIC = '{folder}/public.pem'\nPI_LOGFILE = '{folder}/log'\n"
        # Its passwords and PINs are hashed for a tenth of a second by default.
        "PI_HASH_ALGO_LIST = ['pbkdf2_sha512']\n"
        "PI_HASH_ALGO_PARAMS = {'pbkdf2_sha512__rounds': 1}\n"
        "PI_AUDIT_MODULE = 'privacyidea.lib.auditmodules.loggeraudit'\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PRIVACYIDEA_CONFIGFILE": str(configuration)}


@dataclass
class PrivacyIdea:
    """The running server, as its administrator and its users use it."""

    port: int
    token: str = ""  # of its administrator
    serial: str = ""  # of the account that enrol() makes, and its key
    key: PushKey | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ttype/push"

    def call(self, path: str, method: str = "POST", **values: str) -> Any:
        """Return what it says, errors too."""
        body = urllib.parse.urlencode(values)
        query = f"?{body}" if body and method == "GET" else ""
        request = urllib.request.Request(  # of loopback
            f"http://127.0.0.1:{self.port}{path}{query}",
            None if method == "GET" else body.encode(),
            {"Authorization": self.token} if self.token else {},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def done(self, path: str, method: str = "POST", **values: str) -> Any:
        """Return what it says, which must be a yes."""
        said = self.call(path, method, **values)
        assert said["result"]["status"], said
        return said

    def policy(self, name: str, scope: str, action: str) -> None:
        self.done(
            f"/policy/{name}", scope=scope, action=action, active="true", adminuser="*", realm=""
        )

    @contextlib.contextmanager
    def with_policy(self, name: str, scope: str, action: str) -> Iterator[None]:
        self.policy(name, scope, action)
        try:
            yield
        finally:
            self.done(f"/policy/{name}", "DELETE")

    @contextlib.contextmanager
    def at(self, url: str) -> Iterator[None]:
        """Say that it is reached at another address, in codes and requests."""
        self.policy("where", "enrollment", f"push_registration_url={url}")
        try:
            yield
        finally:
            self.policy("where", "enrollment", f"push_registration_url={self.url}")

    @contextlib.contextmanager
    def behind_a_gate(self, context: ssl.SSLContext | None = None) -> Iterator[Gate]:
        """Be reached through a gate, with TLS or without; what links or answers decides."""
        with (
            gate(self.port, context, decides=b"/ttype/push ") as before,
            self.at(f"{before.origin}/ttype/push"),
        ):
            yield before

    def prepare(self, folder: Path) -> None:
        """Make the policies and one user."""
        for name, (scope, action) in FIRST_POLICIES.items():
            self.policy(name, scope, action)
        self.policy("where", "enrollment", f"push_registration_url={self.url}")
        names = folder / "users"
        names.write_text(f"{USER}:x:1000:1000:Ann,,,,:/home/ann:/bin/sh\n")
        self.done("/resolver/users", type="passwdresolver", fileName=str(names))
        self.done(f"/realm/{REALM}", resolvers="users")
        self.done(f"/defaultrealm/{REALM}")

    def make(self, kind: str, **values: str) -> Any:
        """Make an account of that kind for the user; return what there is to know about it."""
        values = {"genkey": "1", "user": USER, "pin": PIN, **values}
        return self.done("/token/init", type=kind, **values)["detail"]

    def login(self, pin: str = PIN) -> "Login":
        """Begin to log in as on a web page."""
        detail = self.done("/validate/check", user=USER, **{"pass": pin})["detail"]
        return Login(self, detail["transaction_id"], str(detail.get("presence_answer", "")))

    def remove(self, serial: str) -> None:
        self.done(f"/token/{serial}", "DELETE")

    def accepts(self, code: str, pin: str = PIN, login: str = "") -> bool:
        """Whether the user is let in with that, or as what became of a login."""
        more = {"transaction_id": login} if login else {}
        said = self.call("/validate/check", user=USER, **{"pass": pin + code}, **more)
        return bool(said["result"].get("authentication") == "ACCEPT")

    def enrol(self) -> None:
        """Link one account by itself, as an app would: for whoever measures only."""
        detail = self.make("push")
        self.serial = detail["serial"]
        self.key = PushKey.generate(2048)
        self.done(
            "/ttype/push",
            enrollment_credential=detail["enrollment_credential"],
            serial=self.serial,
            fbtoken="no_firebase_token",
            pubkey=self.key.public,
        )

    def poll(self) -> bytes:
        """Return a signed poll of that account, as bytes to be sent."""
        assert self.key is not None
        now = datetime.now(UTC).isoformat()
        signature = self.key.sign(f"{self.serial}|{now}")
        query = urllib.parse.urlencode(
            {"serial": self.serial, "timestamp": now, "signature": signature}
        )
        return (
            f"GET /ttype/push?{query} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Connection: keep-alive\r\n\r\n"
        ).encode()


@dataclass(frozen=True)
class Login:
    """A login that a web page began."""

    server: PrivacyIdea
    number: str
    choice: str  # what the page tells the person to choose, if anything

    def is_in(self, code: str = "") -> bool:
        """Whether the page lets the person in now; of an approved login only once."""
        return self.server.accepts(code, pin="", login=self.number)


@contextlib.contextmanager
def privacyidea(version: str = CURRENT) -> Iterator[PrivacyIdea]:
    """Start it, with one process, a user and the policies that allow push by polling."""
    from programs import end, free_port

    found = programs(version)
    with tempfile.TemporaryDirectory(prefix="watchword-privacyidea-") as name:
        folder = Path(name) / "server"
        shutil.copytree(CACHES / f"privacyidea-{version}" / "empty-server", folder)
        one = PrivacyIdea(free_port())
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [
                    found / "gunicorn",
                    "--bind",
                    f"127.0.0.1:{one.port}",
                    "--threads",
                    "8",
                    "privacyidea.app:create_app(config_name='production', silent=True)",
                ],
                env=_settings(folder),
                cwd=folder,
                stdout=output,
                stderr=output,
            )
        try:
            give_up = time.monotonic() + 90
            while not one.token:
                with contextlib.suppress(OSError):
                    said = one.done("/auth", username=ADMIN, password=ADMIN_PASSWORD)
                    one.token = said["result"]["value"]["token"]
                time.sleep(0.05)
                assert process.poll() is None, (folder / "output").read_text()[-4000:]
                assert time.monotonic() < give_up, (folder / "output").read_text()[-4000:]
            one.prepare(folder)
            yield one
        finally:
            end(process, signal.SIGINT)  # at once, whoever is connected


if __name__ == "__main__":
    programs()
