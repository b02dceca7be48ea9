"""Which brand a name means, and its icon's data; knows nothing of Qt.

The icons are resources/brands/brands.json (docs/decisions/0042-brand-icons.md), a brand a line. Its names are read
when the first one is looked up, so that nothing before the list of accounts waits for them; an icon when it is drawn:
all of them are half a megabyte, of which nobody sees more than a few.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from watchword.desktop.look.resources import resources

# What people leave out or put in without meaning another service. Everything else counts: a letter of another
# alphabet, an accent or a hidden character makes another name, and that has a monogram.
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", " .-_'’,:!/()")


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, and where its icon is."""

    slug: str
    title: str
    colour: str  # "#RRGGBB"
    names: tuple[str, ...]  # what else it is called
    row: int  # where its line begins in the file, in bytes


@dataclass(frozen=True, slots=True)
class _Known:
    brands: Mapping[str, Brand]
    names: Mapping[str, Brand]  # by folded name
    domains: Mapping[str, Brand]


@cache
def _known() -> _Known:
    brands: dict[str, Brand] = {}
    by_name: dict[str, Brand] = {}
    by_domain: dict[str, Brand] = {}
    for row, line in _rows():
        slug, title, colour, names, _path = _read(line)
        brand = brands[slug] = Brand(slug, title, f"#{colour}", tuple(names), row)
        for name in (title, *names):
            if _is_domain(name):
                by_domain[name.lower()] = brand
            else:
                by_name[folded(name)] = brand
    return _Known(brands, by_name, by_domain)


def _file() -> Path:
    return resources() / "brands" / "brands.json"


def _rows() -> Iterator[tuple[int, bytes]]:
    """Yield where each brand's line begins, and the line."""
    at = 0
    with _file().open("rb") as file:
        for line in file:
            if line.startswith(b"["):
                yield at, line
            at += len(line)


def _read(line: bytes) -> tuple[str, str, str, list[str], str]:
    slug, title, colour, names, path = json.loads(line.rstrip(b",\n"))
    return slug, title, colour, names, path


def icon_path(brand: Brand) -> str:
    """Return the brand's icon: one SVG path on a grid of 24 by 24."""
    with _file().open("rb") as file:
        file.seek(brand.row)
        return _read(file.readline())[4]


def folded(name: str) -> str:
    """Return `name` without spaces, punctuation, and the case of plain letters."""
    return name.translate(_FOLDED)


def _is_domain(name: str) -> bool:
    return "." in name and " " not in name


def brands() -> tuple[Brand, ...]:
    """Return all brands, in the order of their titles."""
    return tuple(sorted(_known().brands.values(), key=lambda brand: brand.title.casefold()))


def brand_called(slug: str) -> Brand | None:
    """Return the brand a vault names, or None if this version has no such icon."""
    return _known().brands.get(slug)


def brand_for(name: str) -> Brand | None:
    """Return the brand that an account with this title belongs to, or None.

    The whole name has to agree, so that Gitea never looks like Git; of a domain, its end:
    accounts.google.com is Google's, google.com.example is not.
    """
    if not _is_domain(name):
        return _known().names.get(folded(name))
    domains = _known().domains
    rest = name.lower() if name.isascii() else ""
    while rest:
        if brand := domains.get(rest):
            return brand
        rest = rest.partition(".")[2]
    return None
