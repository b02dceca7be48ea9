"""What whoever runs the server chooses, as one frozen value."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from watchword.protocol.origin import Origin, parse_origin
from watchword.protocol.version import REQUEST_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this server runs; made from the command line by __main__."""

    data: Path
    name: str = "Watchword server"  # the service's public name, on pages and in requests
    origin: Origin  # what browsers and devices call it
    host: str = "127.0.0.1"
    port: int = 8765
    proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed
    login_seconds: int = REQUEST_LIFETIME  # how long a login request may be answered
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


def loopback_origin(port: int) -> Origin:
    """Return the origin of a server that only this computer reaches."""
    return parse_origin(f"http://127.0.0.1:{port}")
