"""`make texts`: bring the catalogues up to date with the sources (docs/translating.md).

New texts come in empty, for a translator; texts that are gone go. The tests fail until every
text has its translation in every language.
"""

import io
import sys
from pathlib import Path

import app_texts
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "app" / "watchword_server"
LANGUAGES = SERVER / "languages"
APP_LANGUAGES = ROOT / "resources" / "translations"
METHODS = [
    ("pages/templates/**.html", "jinja2.ext.babel_extract"),
    ("store/**.py", "ignore"),  # its text() is SQL
    ("**.py", "python"),
]
OPTIONS = {"pages/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
# Texts.text() and Texts.plural() beside gettext's own names.
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "text": None, "plural": (1, 2)}


def found() -> Catalog:
    """Return every text of the sources, with where it stands."""
    catalogue = Catalog(charset="utf-8")
    for name, _line, text, _comments, context in extract_from_dir(
        str(SERVER), METHODS, OPTIONS, keywords=KEYWORDS
    ):
        # Without line numbers: a catalogue changes when a text does.
        catalogue.add(text, locations=[(name, 0)], context=context)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as its file, without the headers that name nobody or change by themselves."""
    file = io.BytesIO()
    write_po(file, catalogue, width=99, include_lineno=False, sort_by_file=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    kept = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-")
    end = lines.index("\n")
    head = [one for one in lines[:end] if not one.startswith('"') or one[1:].startswith(kept)]
    return "".join([*head, *lines[end:]]).encode()


def bring_up_to_date(folder: Path, catalogue: Catalog) -> None:
    """Write every catalogue of a folder anew, and say what is to be translated."""
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            known = read_po(file, locale=path.stem)
        known.update(catalogue, no_fuzzy_matching=True)
        known.obsolete.clear()
        path.write_bytes(written(known))
        missing = [str(one.id) for one in known if one.id and not (one.string and all(one.string))]
        print(f"{path.relative_to(ROOT)}: {len(known)} texts, {len(missing)} to translate")
        for one in missing:
            print(f"    {one}")


def main() -> int:
    bring_up_to_date(LANGUAGES, found())
    bring_up_to_date(APP_LANGUAGES, app_texts.found())
    return 0


if __name__ == "__main__":
    sys.exit(main())
