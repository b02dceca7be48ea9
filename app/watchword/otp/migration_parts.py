"""The QR codes of one Google Authenticator export, collected in any order: 2 of 5 scanned."""

from watchword.errors import InvalidInput
from watchword.otp.migration import MigrationPart, SkippedEntry
from watchword.otp.otpauth import OtpauthEntry


class PartRefused(InvalidInput):
    """The QR code does not belong to those that were collected; they stay as they are."""


class MigrationParts:
    """What has been scanned of one export. The first part that is added says which export it is."""

    def __init__(self) -> None:
        self._parts: dict[int, MigrationPart] = {}

    def add(self, part: MigrationPart) -> bool:
        """Take a part; return False if it was there already. Raises PartRefused."""
        first = next(iter(self._parts.values()), part)
        if part.batch_id != first.batch_id:
            raise PartRefused(
                "This QR code belongs to another export",
                f"{self.progress} of the one before",
                "Go on with that one, or begin again with this one",
            )
        if part.batch_size != first.batch_size:
            raise PartRefused(
                "This QR code does not fit the others",
                f"It is one of {part.batch_size}, and they are of {first.batch_size}",
                "Make the export anew",
            )
        known = self._parts.setdefault(part.batch_index, part)
        if known != part:
            raise PartRefused(
                "This QR code does not fit the others",
                f"Another number {part.batch_index + 1} was scanned before",
                "Make the export anew",
            )
        return known is part

    @property
    def size(self) -> int:
        """How many parts there are; 0 before the first one."""
        return next((part.batch_size for part in self._parts.values()), 0)

    @property
    def missing(self) -> tuple[int, ...]:
        """The parts that are still to be scanned, counted from 1."""
        return tuple(n for n in range(1, self.size + 1) if n - 1 not in self._parts)

    @property
    def complete(self) -> bool:
        """Whether every part is there."""
        return bool(self._parts) and not self.missing

    @property
    def progress(self) -> str:
        """How far it is: "2 of 5 scanned"."""
        return f"{len(self._parts)} of {self.size} scanned"

    @property
    def entries(self) -> tuple[OtpauthEntry, ...]:
        """The accounts of the parts that are there, in the export's order."""
        return tuple(entry for part in self._in_order() for entry in part.entries)

    @property
    def skipped(self) -> tuple[SkippedEntry, ...]:
        """What cannot be taken over of the parts that are there, in the export's order."""
        return tuple(each for part in self._in_order() for each in part.skipped)

    def _in_order(self) -> list[MigrationPart]:
        return [self._parts[index] for index in sorted(self._parts)]
