"""A real privacyIDEA 3.14 in an environment of its own, on SQLite and loopback.

It is AGPL: started as a process and never imported. Its environment (requirements/privacyidea.txt)
and an empty server are made once, in ~/.cache/watchword-tests, and shared by every run; made anew
when what they are made from changes. Running this file makes them.
"""

import base64
import contextlib
import fcntl
import hashlib
import inspect
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LOCK = Path(__file__).parents[2] / "requirements" / "privacyidea.txt"
CACHE = Path.home() / ".cache" / "watchword-tests" / "privacyidea-3.14"
ADMIN, ADMIN_PASSWORD = "admin", "for loopback only"
USER, USER_PASSWORD, PIN = "ann", "hers", "1234"
REALM = "school"
FIRST_POLICIES = {
    "admins": ("admin", "*"),
    "polls": ("enrollment", "push_firebase_configuration=poll only"),
    "allowed": ("authentication", "push_allow_polling=allow"),
    "pins": ("authentication", "otppin=tokenpin"),
}


def stamp() -> str:
    settings = inspect.getsource(_make_empty) + inspect.getsource(_settings)
    return hashlib.sha256(LOCK.read_bytes() + settings.encode()).hexdigest()


def programs() -> Path:
    """Where its programs are; made when they are missing (half a minute) by whoever is first."""
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with (CACHE.parent / "privacyidea-3.14.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_from = CACHE / "made-from"
        locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        environment = CACHE / "environment"
        if not made_from.exists() or made_from.read_text() != locked:
            shutil.rmtree(CACHE, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
            quiet = ["--disable-pip-version-check", "--require-hashes", "--requirement", LOCK]
            subprocess.run([*pip, *quiet], check=True, stderr=subprocess.DEVNULL)
            made_from.write_text(locked)
        empty = CACHE / "empty-server"
        if not (empty / "stamp").exists() or (empty / "stamp").read_text() != stamp():
            shutil.rmtree(empty, ignore_errors=True)
            empty.mkdir()
            _make_empty(environment / "bin", empty)
            (empty / "stamp").write_text(stamp())
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
    key: rsa.RSAPrivateKey | None = None

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
        self.key = rsa.generate_private_key(65537, 2048)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.done(
            "/ttype/push",
            enrollment_credential=detail["enrollment_credential"],
            serial=self.serial,
            fbtoken="no_firebase_token",
            pubkey=base64.b64encode(public).decode(),
        )

    def poll(self) -> bytes:
        """Return a signed poll of that account, as bytes to be sent."""
        assert self.key is not None
        now = datetime.now(UTC).isoformat()
        text = f"{self.serial}|{now}".encode()
        signature = self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        query = urllib.parse.urlencode(
            {
                "serial": self.serial,
                "timestamp": now,
                "signature": base64.b32encode(signature).decode(),
            }
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
def privacyidea() -> Iterator[PrivacyIdea]:
    """Start it, with one process, a user and the policies that allow push by polling."""
    from programs import end, free_port

    found = programs()
    with tempfile.TemporaryDirectory(prefix="watchword-privacyidea-") as name:
        folder = Path(name) / "server"
        shutil.copytree(CACHE / "empty-server", folder)
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


@dataclass
class Relay:
    """Stands before the server as a proxy does, with TLS or without; can lose answers."""

    target: int
    context: ssl.SSLContext | None = None
    losing: int = 0  # so many answers to a POST, from now on, do not come back
    deaf: bool = False  # nothing reaches the server any more
    heard: bytearray = field(default_factory=bytearray)  # what was asked through it
    listener: socket.socket = field(default_factory=socket.socket)

    @property
    def url(self) -> str:
        scheme = "https" if self.context else "http"
        return f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}/ttype/push"

    def accept(self) -> None:
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(inner,), daemon=True).start()

    def serve(self, inner: socket.socket) -> None:
        with contextlib.suppress(OSError), inner:
            near = self.context.wrap_socket(inner, server_side=True) if self.context else inner
            with near, socket.create_connection(("127.0.0.1", self.target)) as far:
                back = threading.Thread(target=self.answer, args=(far, near), daemon=True)
                back.start()
                with contextlib.suppress(OSError):
                    while (data := near.recv(65_536)) and not self.deaf:
                        self.heard += data
                        far.sendall(data)
                far.shutdown(socket.SHUT_RDWR)  # closing it would wake nobody who reads from it
                back.join()

    def answer(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65_536):
                if self.losing and self.heard.rfind(b"POST /") > self.heard.rfind(b"GET /"):
                    self.losing -= 1
                    break
                near.sendall(data)
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relay(target: int, context: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """Run a relay to a port of loopback."""
    one = Relay(target, context)
    with one.listener:
        one.listener.bind(("127.0.0.1", 0))
        one.listener.listen()
        threading.Thread(target=one.accept, daemon=True).start()
        try:
            yield one
        finally:
            with contextlib.suppress(OSError):
                one.listener.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    programs()
