"""Accounts as QR codes that Google Authenticator, and every app that reads its exports, takes."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from watchword.otp.migration import ALGORITHMS, BATCH_LIMIT, DIGITS, TYPES, SkippedEntry
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.otp.protobuf import bytes_field, number_field

ENTRIES_EACH = 10  # as Google Authenticator itself does
LINK_EACH = 1_200  # characters; a code that a phone reads from a screen at once
LONGEST_LINK = 2_300  # one long account alone; QR version 40 with level M holds 2,331

_PERIOD = 30
_VERSION = 1
_ALGORITHMS = {algorithm: number for number, algorithm in ALGORITHMS.items()}
_DIGITS = {digits: number for number, digits in DIGITS.items()}
_TYPES = {kind: number for number, kind in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Export:
    """The links, one QR code each, and what none of them holds."""

    links: tuple[str, ...] = field(repr=False)
    left_out: tuple[SkippedEntry, ...]


def export(entries: Sequence[OtpauthEntry], batch_id: int) -> Export:
    """Return `entries` as links in their order; `batch_id` (int32) tells exports apart.

    What the format cannot hold (other kinds, digits but 6 and 8, periods but 30 s, names too long
    for a QR code, more parts than a reader takes) is left out, with the reason.
    """
    left_out: list[SkippedEntry] = []
    parts: list[list[bytes]] = []
    for entry in entries:
        reason = _refused(entry.otp)
        raw = b"" if reason else _entry(entry)
        if not reason and len(_link([raw], batch_id)) > LONGEST_LINK:
            reason = "its names are too long for a QR code"
        if not reason and not _fits(parts, raw, batch_id):
            if len(parts) == BATCH_LIMIT:
                reason = f"an export has at most {BATCH_LIMIT} QR codes"
            else:
                parts.append([])
        if reason:
            name = entry.account or entry.issuer or "an account without a name"
            left_out.append(SkippedEntry(name, reason))
        else:
            parts[-1].append(raw)
    links = (_link(part, batch_id, len(parts), index) for index, part in enumerate(parts))
    return Export(tuple(links), tuple(left_out))


def _fits(parts: list[list[bytes]], raw: bytes, batch_id: int) -> bool:
    """Tell whether `raw` has room in the last part."""
    return (
        bool(parts)
        and len(parts[-1]) < ENTRIES_EACH
        and len(_link([*parts[-1], raw], batch_id)) <= LINK_EACH
    )


def _link(
    part: list[bytes], batch_id: int, size: int = BATCH_LIMIT, index: int = BATCH_LIMIT - 1
) -> str:
    """Return the link of one part; without size and index one at least as long."""
    message = b"".join(bytes_field(1, raw) for raw in part)
    for number, value in ((2, _VERSION), (3, size), (4, index), (5, batch_id)):
        message += number_field(number, value)
    data = quote(base64.b64encode(message).decode("ascii"), safe="")
    return f"otpauth-migration://offline?data={data}"


def _entry(entry: OtpauthEntry) -> bytes:
    otp, issuer, account = entry.otp, entry.issuer, entry.account
    # As the label of a link: a colon ends the issuer.
    name = f"{issuer}:{account}" if issuer or ":" in account else account
    written = bytes_field(1, otp.secret) + bytes_field(2, name.encode())
    if issuer:
        written += bytes_field(3, issuer.encode())
    written += number_field(4, _ALGORITHMS[otp.algorithm]) + number_field(5, _DIGITS[otp.digits])
    written += number_field(6, _TYPES[otp.type])
    return written + number_field(7, otp.counter) if otp.counter else written


def _refused(otp: OtpParameters) -> str:
    """Return why the format cannot hold such codes; empty if it can."""
    if otp.type not in _TYPES:
        return f"Google Authenticator has no {otp.type.shown} codes"
    if otp.digits not in _DIGITS:
        return f"its codes have {otp.digits} digits, and there they have 6 or 8"
    if otp.type is OtpType.TOTP and otp.period != _PERIOD:
        return f"its codes last {otp.period} s, and there they last {_PERIOD} s"
    return ""
