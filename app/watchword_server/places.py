"""Where an address is, by a database of the operator's own; nobody else is asked.

It tells a person whether a login comes from near or far, and nothing is decided by it.
"""

import logging
from pathlib import Path
from typing import Any

from watchword.plain_text import plain_text
from watchword_server.errors import CannotStart

_logger = logging.getLogger(__name__)
_LIMIT = 128


class Places:
    """An .mmdb file: MaxMind's form, in which DB-IP, IPinfo and others give theirs, too."""

    def __init__(self, file: Path | None) -> None:
        """Open the file; without one every place is unknown. Raises CannotStart."""
        self._reader: Any = None if file is None else _opened(file)

    def of(self, ip: str) -> str:
        """Return "Lausanne, Switzerland", or what of that is known; empty: nothing is."""
        if self._reader is None:
            return ""
        import maxminddb

        try:
            found = self._reader.get(ip)
        except ValueError:
            return ""  # no address, or one of IPv6 in a database without them
        except maxminddb.InvalidDatabaseError:
            _logger.exception("the database of places is damaged")
            return ""
        names = (_name(found, "city"), _name(found, "country_name") or _name(found, "country"))
        return plain_text(", ".join(name for name in names if name), limit=_LIMIT)

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()


def _opened(file: Path) -> Any:
    try:
        import maxminddb
    except ImportError as error:
        raise CannotStart(
            "The database of places cannot be used",
            "The Python package maxminddb is not installed.",
            "Install it: pip install 'watchword[server,places]'",
        ) from error
    try:
        return maxminddb.open_database(file)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise CannotStart(
            "The database of places cannot be used",
            f"{file}: {getattr(error, 'strerror', None) or error}.",
            "Name an .mmdb file of cities or countries with --places, or leave it out.",
        ) from error


def _name(found: Any, what: str) -> str:
    """Return one of the names of a row, whichever way it is written."""
    value = found.get(what) if isinstance(found, dict) else None
    if isinstance(value, dict):  # MaxMind's and DB-IP's: {"names": {"en": …}}
        names = value.get("names")
        value = names.get("en") if isinstance(names, dict) else None
    return value if isinstance(value, str) else ""
