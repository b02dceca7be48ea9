"""The one door for text from outside: bounded, and without characters that act instead of show.

Text from a QR code, a server or a file passes here before any widget, terminal or log sees it.
What is removed: control characters (C0, C1, also line breaks unless asked for), bidirectional
controls (Unicode TR 36 §2.10 "Bidirectional Text Spoofing"), zero-width and other invisible
format characters, tag characters, lone surrogates and non-characters. Runs of combining marks
are cut to four, so that one letter cannot cover its neighbours.
"""

import re
import unicodedata
from typing import NamedTuple

TEXT_LIMIT = 256
NOTE_LIMIT = 4096

MIXES_SCRIPTS = (
    "mixes letters of alphabets that look alike: make sure that it is who it seems to be."
)

_MOST_MARKS = 4
# Cf holds the bidi controls, zero-width characters and tags. A few are part of how
# languages are written: ZWNJ and ZWJ (Persian, Indic scripts, emoji), the soft hyphen is not.
_KEPT_FORMAT = {"\u200c", "\u200d"}
# Hangul fillers and the Mongolian vowel separator are letters that show nothing.
_INVISIBLE_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u180e", "\u2800"}
# Scripts whose letters are taken for one another. Others mix in honest names all the time
# (Latin beside Han and kana, say).
_CONFUSED = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


class PlainText(NamedTuple):
    """A text fit to show, and what had to be done to make it so."""

    text: str
    removed: int  # characters that were taken out
    shortened: bool  # whether it was cut to the limit


def fold(text: str) -> str:
    """Return `text` as searches compare it: without accents and case."""
    if text.isascii():
        # Most names are, and ten thousand are folded at every opening.
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def examine(text: str, *, limit: int = TEXT_LIMIT, lines: bool = False) -> PlainText:
    """Return `text` fit to show, at most `limit` characters, and what was changed.

    With `lines`, line feeds stay (CR LF becomes LF) and tabs become spaces; otherwise both
    become single spaces. Leading and trailing blanks go and do not count as removed.
    """
    if text.isascii() and text.isprintable():
        # Nothing in it can act or hide, and nearly all texts are of this kind.
        whole = text.strip()
        return PlainText(whole[:limit].rstrip(), 0, len(whole) > limit)
    kept: list[str] = []
    removed = 0
    marks = 0
    text = text.replace("\r\n", "\n")
    # Reading stops a little past the limit, so that a text of many megabytes costs nothing.
    for character in text[: limit * 4 + 64]:
        if character in "\n\t\r":
            kept.append("\n" if lines and character == "\n" else " ")
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        hidden = (
            (category in {"Cc", "Cs", "Cn", "Zl", "Zp"})
            or (category == "Cf" and character not in _KEPT_FORMAT)
            or character in _INVISIBLE_LETTERS
            or marks > _MOST_MARKS
        )
        if hidden:
            removed += 1
        else:
            kept.append(character)
    whole = "".join(kept).strip()
    shortened = len(whole) > limit or len(text) > limit * 4 + 64
    return PlainText(whole[:limit].rstrip(), removed, shortened)


def plain_text(text: str, *, limit: int = TEXT_LIMIT, lines: bool = False) -> str:
    """Return `text` fit to show: bounded, without control, bidi and invisible characters."""
    plain = examine(text, limit=limit, lines=lines)
    return f"{plain.text[: limit - 1]}…" if plain.shortened else plain.text


def mixes_scripts(text: str) -> bool:
    """Whether one word holds letters of two alphabets that look alike (Unicode TR 39 §5)."""
    if text.isascii():
        return False
    for word in re.split(r"[\W\d_]+", text):
        names = (unicodedata.name(letter, "").split(" ") for letter in word)
        if len({script for name in names for script in _CONFUSED if script in name}) > 1:
            return True
    return False
