"""Writes resources/brands anew: `python packaging/brands.py FOLDER`.

FOLDER is an unpacked package of Simple Icons. Which services, and what their codes are labelled with, brands.txt
says; what may be taken, docs/decisions/0042-brand-icons.md.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "brands"
LICENCE = "CC0-1.0"
# Beyond this a drawing is finer than a mark of 40 px shows.
LONGEST_PATH = 10_000
# What stands between a name and a country: example.co.uk.
SECOND_LEVELS = {"ac", "co", "com", "gov", "net", "org"}


def listed() -> dict[str, list[str]]:
    """Return the names of Simple Icons that are asked for, each with its other names."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "packaging" / "brands.txt").read_text("utf-8").splitlines():
        slug, _, rest = line.partition("#")[0].partition(":")
        if slug.strip():
            found[slug.strip()] = [name.strip() for name in rest.split(",") if name.strip()]
    return found


def own_domain(icon: dict[str, Any]) -> list[str]:
    """Return the domain the icon was taken from, where that is called like the brand itself."""
    labels = (urlsplit(icon["source"]).hostname or "").split(".")
    count = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVELS and len(labels[-1]) == 2 else 2
    domain = labels[-count:]
    title = icon["title"].lower()
    same = domain[0] in {icon["slug"], re.sub("[^a-z0-9]", "", title)}
    return [".".join(domain)] if same or ".".join(domain) == title else []


def path_of(drawing: str) -> str:
    """Return the one path an icon is made of, on its grid of 24 by 24."""
    paths = re.findall(r'<path d="([^"]+)"/>', drawing)
    if len(paths) != 1 or 'viewBox="0 0 24 24"' not in drawing:
        raise ValueError("an icon is not one path on a grid of 24 by 24")
    return str(paths[0])


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    package = Path(sys.argv[1])
    about = json.loads((package / "package.json").read_text("utf-8"))
    if about["name"] != "simple-icons" or about["license"] != LICENCE:
        print("This is not a package of Simple Icons, or its licence is another one now.")
        return 1
    icons = {
        icon["slug"]: icon
        for icon in json.loads((package / "data" / "simple-icons.json").read_text("utf-8"))
    }
    lines, taken = [], set[str]()
    for slug, names in sorted(listed().items()):
        icon = icons.get(slug)
        licence = (icon or {}).get("license", {}).get("type", LICENCE)
        if icon is None or licence != LICENCE:
            print(f"{slug}: {'is not there' if icon is None else licence}")
            return 1
        path = path_of((package / "icons" / f"{slug}.svg").read_text("utf-8"))
        if len(path) > LONGEST_PATH:
            print(f"{slug}: left out, {len(path)} characters")
            continue
        title = icon["title"]
        others = {name.lower(): name for name in [*names, *own_domain(icon)]}
        others.pop(title.lower(), None)
        for name in {title.lower(), *others}:
            if name in taken:
                print(f"{slug}: {name} is another brand's")
                return 1
            taken.add(name)
        brand = [slug, title, icon["hex"], list(others.values()), path]
        lines.append(json.dumps(brand, ensure_ascii=False, separators=(",", ":")))
    head = json.dumps({"from": f"Simple Icons {about['version']}", "licence": LICENCE})[:-1]
    TARGET.mkdir(exist_ok=True)
    (TARGET / "brands.json").write_text(
        f'{head}, "brands": [\n' + ",\n".join(lines) + "\n]}\n", "utf-8", newline="\n"
    )
    shutil.copyfile(package / "LICENSE.md", TARGET / "LICENSE.md")
    print(f"{len(lines)} brands")
    return 0


if __name__ == "__main__":
    sys.exit(main())
