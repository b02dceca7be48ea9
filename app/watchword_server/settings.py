"""What whoever runs the server chooses, as one frozen value."""

import os
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from watchword.protocol.origin import Origin, parse_origin
from watchword.protocol.version import REQUEST_LIFETIME
from watchword_server.errors import CannotStart
from watchword_server.logs import LogFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server that takes our mails, and who they are from."""

    host: str
    port: int
    tls: bool  # from the first byte; else STARTTLS, without which only loopback is trusted
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this server runs; made from the command line by __main__."""

    data: Path  # the sealing key, and the SQLite file
    database: str = ""  # a PostgreSQL URL; empty: SQLite in `data`
    name: str = "Watchword server"  # the service's public name, on pages and in requests
    origin: Origin  # what browsers and devices call it
    host: str = "127.0.0.1"
    port: int = 8765
    proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed
    login_seconds: int = REQUEST_LIFETIME  # how long a login request may be answered
    places: Path | None = None  # an .mmdb file; without it every place is unknown
    mail: Mail | None = None  # without it nothing is mailed, and no link to a new password
    log_format: LogFormat = "text"
    log_requests: bool = True  # a line for each
    metrics_port: int = 0  # on 127.0.0.1; 0: none
    limits_times: int = 1  # every limit on attempts is this many times as high
    # Argon2id for passwords (RFC 9106 §4, second recommendation); tests take less.
    password_memory: int = 65_536  # KiB
    password_passes: int = 3

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it by TLS, so that cookies may say so."""
        return self.origin.scheme == "https"


def default_data() -> Path:
    """Return WATCHWORD_SERVER_HOME, else the platform's folder for this server."""
    if home := os.environ.get("WATCHWORD_SERVER_HOME"):
        return Path(home)
    return Path(platformdirs.user_data_dir("watchword-server", appauthor=False))


def default_database() -> str:
    """Return WATCHWORD_SERVER_DATABASE, else "" for SQLite."""
    return os.environ.get("WATCHWORD_SERVER_DATABASE", "")


def loopback_origin(port: int) -> Origin:
    """Return the origin of a server that only this computer reaches."""
    return parse_origin(f"http://127.0.0.1:{port}")


def mail_server(url: str, sender: str, password: str) -> Mail:
    """Return the mail server of `smtp://[user@]host[:port]` or `smtps://…`. Raises CannotStart."""
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urllib.parse.urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.password:
        raise CannotStart(
            "The mail server cannot be used",
            f"“{url}” is not smtp://[user@]host[:port], or smtps://… for TLS from the start.",
            "Correct --smtp. Its password comes from WATCHWORD_SMTP_PASSWORD.",
        )
    if not sender:
        raise CannotStart(
            "Mails need a sender",
            "",
            "Name an address with --mail-from, for example login@club.example.",
        )
    tls = parts.scheme == "smtps"
    return Mail(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        tls=tls,
        sender=sender,
        user=urllib.parse.unquote(parts.username or ""),
        password=password,
    )
