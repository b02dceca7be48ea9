"""A real privacyIDEA in an environment of its own, on SQLite, with one push token that polls.

privacyIDEA is AGPL: it is started as a process and never imported. Its environment is made once,
in ~/.cache/watchword-tests.
"""

import base64
import contextlib
import json
import os
import secrets
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from programs import end, free_port

PACKAGES = ("privacyidea==3.14", "gunicorn")
ENVIRONMENT = Path.home() / ".cache" / "watchword-tests" / "privacyidea"
POLICIES = {
    "polls": ("enrollment", "push_firebase_configuration=poll only"),
    "where": ("enrollment", "push_registration_url=http://127.0.0.1:{port}/ttype/push"),
    "allowed": ("authentication", "push_allow_polling=allow"),
    "admins": ("admin", "*"),
}


def programs() -> Path:
    """Where its programs are; made when first asked for (half a minute)."""
    if not (ENVIRONMENT / "bin" / "gunicorn").exists():
        subprocess.run(["python3", "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([ENVIRONMENT / "bin" / "pip", "install", "-q", *PACKAGES], check=True)
    return ENVIRONMENT / "bin"


@dataclass
class PrivacyIdea:
    port: int
    token: str = ""  # of its administrator
    serial: str = ""
    key: rsa.RSAPrivateKey | None = None

    def call(self, path: str, **values: str) -> Any:
        request = urllib.request.Request(  # of loopback
            f"http://127.0.0.1:{self.port}{path}",
            urllib.parse.urlencode(values).encode(),
            {"Authorization": self.token} if self.token else {},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def enrol(self) -> None:
        for name, (scope, action) in POLICIES.items():
            self.call(
                f"/policy/{name}",
                scope=scope,
                action=action.format(port=self.port),
                active="true",
                adminuser="*",
            )
        detail = self.call("/token/init", type="push", genkey="1")["detail"]
        self.serial = detail["serial"]
        self.key = rsa.generate_private_key(65537, 2048)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.call(
            "/ttype/push",
            enrollment_credential=detail["enrollment_credential"],
            serial=self.serial,
            fbtoken="no_firebase_token",
            pubkey=base64.b64encode(public).decode(),
        )

    def poll(self) -> bytes:
        """Return a signed poll, as bytes to be sent."""
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


@contextlib.contextmanager
def privacyidea() -> Iterator[PrivacyIdea]:
    """Start it, with one worker, and enrol a token."""
    found = programs()
    with tempfile.TemporaryDirectory(prefix="watchword-privacyidea-") as name:
        folder, one = Path(name), PrivacyIdea(free_port())
        configuration = folder / "pi.cfg"
        configuration.write_text(
            f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{folder}/pi.db'\n"
            f"SECRET_KEY = '{secrets.token_hex(16)}'\nPI_PEPPER = '{secrets.token_hex(16)}'\n"
            f"PI_ENCFILE = '{folder}/enckey'\nPI_AUDIT_KEY_PRIVATE = '{folder}/private.pem'\n"
            f"PI_AUDIT_KEY_PUBLIC = '{folder}/public.pem'\nPI_LOGFILE = '{folder}/log'\n"
        )
        environment = {**os.environ, "PRIVACYIDEA_CONFIGFILE": str(configuration)}
        password = secrets.token_hex(8)
        with (folder / "output").open("wb") as output:
            for step in (
                ["setup", "create_enckey"],
                ["setup", "create_audit_keys"],
                ["setup", "create_tables"],
                ["admin", "add", "admin", "-p", password],
            ):
                subprocess.run(
                    [found / "pi-manage", *step],
                    env=environment,
                    check=True,
                    stdout=output,
                    stderr=output,
                )
            process = subprocess.Popen(
                [
                    found / "gunicorn",
                    "--bind",
                    f"127.0.0.1:{one.port}",
                    "--threads",
                    "8",
                    "privacyidea.app:create_app(config_name='production', silent=True)",
                ],
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            give_up = time.monotonic() + 90
            while not one.token:
                with contextlib.suppress(OSError):
                    said = one.call("/auth", username="admin", password=password)
                    one.token = said["result"]["value"]["token"]
                time.sleep(0.1)
                assert process.poll() is None, (folder / "output").read_text()[-4000:]
                assert time.monotonic() < give_up, (folder / "output").read_text()[-4000:]
            one.enrol()
            yield one
        finally:
            end(process)
