"""Files to import, as other programs write them."""

import base64
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
KALOS = f"otpauth://totp/Kalos:ann?secret={SECRET}&issuer=Kalos"
SAFE = f"otpauth://hotp/Safe:door?secret={OTHER_SECRET}&issuer=Safe&counter=3"
EMPTY = "otpauth://totp/Empty:ann?secret="


def links(folder: Path, *lines: str, name: str = "list.txt") -> Path:
    """Write a text of lines; return where it is."""
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def google_part(
    accounts: Sequence[tuple[str, str, bytes]],
    *,
    index: int = 0,
    size: int = 1,
    algorithm: int = 1,
) -> str:
    """Return one QR code's text of a Google export: (issuer, name, secret), all TOTP, six digits.

    Written from the table in docs/transfer-formats.md, so that the reader is not tested by itself.
    """
    message = b""
    for issuer, name, secret in accounts:
        entry = _texts((1, secret), (2, name.encode()), (3, issuer.encode()))
        entry += bytes([4 << 3, algorithm, 5 << 3, 1, 6 << 3, 2])
        message += _texts((1, entry))
    message += bytes([2 << 3, 2, 3 << 3, size, 4 << 3, index, 5 << 3, 7])
    data = quote(base64.b64encode(message).decode(), safe="")
    return f"otpauth-migration://offline?data={data}"


def _texts(*fields: tuple[int, bytes]) -> bytes:
    out = b""
    for number, value in fields:
        assert len(value) < 128  # one byte of length is enough for tests
        out += bytes([number << 3 | 2, len(value)]) + value
    return out
