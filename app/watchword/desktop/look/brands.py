"""Which brand a name means, and its icon's data; knows nothing of Qt.

The icons are resources/brands/brands.json (docs/decisions/0042-brand-icons.md). The file is read when the first
name is looked up, so that nothing before the list of accounts waits for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from watchword.desktop.look.resources import resources

# What people leave out or put in without meaning another service. Everything else counts: a letter of another
# alphabet, an accent or a hidden character makes another name, and that has a monogram.
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", " .-_'’,:!/()")


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand and its icon: one path on a grid of 24 by 24."""

    slug: str
    title: str
    colour: str  # "#RRGGBB"
    names: tuple[str, ...]  # what else it is called
    path: str


@dataclass(frozen=True, slots=True)
class _Known:
    brands: Mapping[str, Brand]
    names: Mapping[str, Brand]  # by folded name
    domains: Mapping[str, Brand]


@cache
def _known() -> _Known:
    rows = json.loads((resources() / "brands" / "brands.json").read_bytes())["brands"]
    brands: dict[str, Brand] = {}
    by_name: dict[str, Brand] = {}
    by_domain: dict[str, Brand] = {}
    for slug, title, colour, names, path in rows:
        brand = brands[slug] = Brand(slug, title, f"#{colour}", tuple(names), path)
        for name in (title, *names):
            if _is_domain(name):
                by_domain[name.lower()] = brand
            else:
                by_name[folded(name)] = brand
    return _Known(brands, by_name, by_domain)


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
