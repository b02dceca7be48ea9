"""What login codes say: links of several kinds and lengths, with made-up people and secrets."""

import base64
import urllib.parse

import numpy as np

Chance = np.random.Generator

_SERVICES = (
    *("Kalos", "Orchid Bank", "Northwind", "GitHarbour", "Mail", "University of Weidenau"),
    *("Acme Cloud Console", "Postkontor", "VPN", "Stadtwerke", "Example Industries International"),
)
_PEOPLE = (
    *("ana", "ben@example.org", "c.delacroix@example.com", "admin", "maria.lopez-garcia"),
    *("long.name.of.a.person@department.example.org", "+15550100", "root@build-07"),
)
# Apps write these as they are, without percent signs, though the rules ask for them.
_RAW_LABELS = (
    *("Zürich:jörg", "東京銀行:花子", "Société Générale:élodie", "Ørsted:søren", "Банк:иван"),
    *("Müller & Söhne:größe@example.org", "Καλημέρα:ελένη", "Łódź:żaneta", "São Paulo:joão"),
)


def login_text(chance: Chance) -> str:
    """Return the text of one login code."""
    kind = chance.choice(
        ["short", "usual", "long", "raw", "migration", "enrol"],
        p=[0.2, 0.35, 0.12, 0.13, 0.1, 0.1],
    )
    match kind:
        case "short":
            return f"otpauth://totp/{_pick(chance, _PEOPLE[:4])}?secret={_base32(chance, 10)}"
        case "long":
            return _otpauth(chance, 32) + "&algorithm=SHA256&digits=8&period=60"
        case "raw":
            issuer, _, _ = (label := _pick(chance, _RAW_LABELS)).partition(":")
            return f"otpauth://totp/{label}?secret={_base32(chance, 20)}&issuer={issuer}"
        case "migration":
            data = urllib.parse.quote(_migration(chance), safe="")
            return f"otpauth-migration://offline?data={data}"
        case "enrol":
            server = "https%3A%2F%2Flogin.example.org"
            key = base64.urlsafe_b64encode(chance.bytes(32)).decode().rstrip("=")
            return f"watchword://enrol?v=1&server={server}&key={key}"
        case _:
            return _otpauth(chance, 20)


def _pick(chance: Chance, options: tuple[str, ...]) -> str:
    return options[int(chance.integers(len(options)))]


def _base32(chance: Chance, length: int) -> str:
    return base64.b32encode(chance.bytes(length)).decode().rstrip("=")


def _otpauth(chance: Chance, length: int) -> str:
    issuer = urllib.parse.quote(_pick(chance, _SERVICES))
    label = f"{issuer}:{urllib.parse.quote(_pick(chance, _PEOPLE))}"
    return f"otpauth://totp/{label}?secret={_base32(chance, length)}&issuer={issuer}"


def _migration(chance: Chance) -> str:
    """Return a Google export of one to five accounts (protocol buffers, written by hand)."""
    accounts = b""
    for _ in range(int(chance.integers(1, 6))):
        entry = b""
        for number, data in (
            (1, chance.bytes(20)),
            (2, _pick(chance, _PEOPLE).encode()),
            (3, _pick(chance, _SERVICES).encode()),
        ):
            entry += bytes((number << 3 | 2, len(data))) + data
        entry += bytes((4 << 3, 1, 5 << 3, 1, 6 << 3, 2))
        accounts += bytes((1 << 3 | 2, len(entry))) + entry
    return base64.b64encode(accounts + bytes((2 << 3, 1, 3 << 3, 1, 4 << 3, 0))).decode()
