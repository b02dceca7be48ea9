"""Several texts at once, told apart: what can be added, what needs a PIN first, what is an export."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from watchword.enrolment.scanned import (
    EnrolLinkFound,
    MigrationFound,
    OtpauthFound,
    as_account,
    is_login_code,
    recognise,
)
from watchword.errors import InvalidInput
from watchword.otp import migration
from watchword.otp.migration import MigrationPart
from watchword.otp.parameters import PinMissing

_MOST_LINES = 50
_LONGEST_TEXT = 100_000  # characters that are looked at


@dataclass(frozen=True, slots=True)
class PinWanted:
    """A link that is right but for the PIN it does not bring."""

    link: str = field(repr=False)
    missing: PinMissing


@dataclass(frozen=True, slots=True)
class ExportFound:
    """QR codes of Google Authenticator's export."""

    parts: tuple[MigrationPart, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the texts of one picture, of several, or of a paste turned out to be."""

    found: tuple[OtpauthFound | EnrolLinkFound, ...] = ()
    pins: tuple[PinWanted, ...] = ()
    parts: tuple[MigrationPart, ...] = ()  # of exports, not necessarily of the same one
    refused: tuple[InvalidInput, ...] = ()  # why the others cannot be used


def sort_texts(texts: Sequence[str], *, now: float) -> Findings:
    """Return what each text is, in the order given; `now` as for `recognise`. Raises nothing."""
    found: list[OtpauthFound | EnrolLinkFound] = []
    pins: list[PinWanted] = []
    parts: list[MigrationPart] = []
    refused: list[InvalidInput] = []
    for text in texts:
        try:
            scanned = recognise(text, now=now)
            if isinstance(scanned, MigrationFound):
                parts.append(migration.parse(scanned.text))
            else:
                found.append(as_account(scanned))
        except PinMissing as missing:
            pins.append(PinWanted(text, missing))
        except InvalidInput as error:
            refused.append(error)
    return Findings(tuple(found), tuple(pins), tuple(parts), tuple(refused))


def codes_in(text: str) -> tuple[str, ...]:
    """Return the login codes of a pasted text, one a line, each once; the text itself if none."""
    lines = text[:_LONGEST_TEXT].splitlines()[:_MOST_LINES]
    codes = [line.strip() for line in lines if is_login_code(line)]
    return tuple(dict.fromkeys(codes)) or (text[:_LONGEST_TEXT],)
