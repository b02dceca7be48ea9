"""From a User-Agent header to the few words a person understands: "Firefox on Windows"."""

_BROWSERS = (
    # Order matters: the later ones' marks stand in the earlier ones' headers too.
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def for_people(header: str) -> str:
    """Return browser and system, or the one that is known, or "" for neither.

    Only our own words come out: nothing of the header is repeated.
    """
    header = header[:512]
    browser = next((name for mark, name in _BROWSERS if mark in header), "")
    system = next((name for mark, name in _SYSTEMS if mark in header), "")
    return " on ".join(part for part in (browser, system) if part)
