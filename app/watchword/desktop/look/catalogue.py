"""The texts of one language: GNU gettext's .po file, read as it is (docs/decisions/0090).

A text's key is its English sentence. Texts of the core come here finished, with names and numbers
filled in: they are recognised by their pattern, and their fillings are put into the translation.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import chain
from pathlib import Path

CORE = "core"  # the context of the core's texts
_HOLE = re.compile(r"\{\w+\}")
_LEAST_LETTERS = 4  # a pattern of fewer would fit what it was not made for
_SENTENCE = re.compile(r"(?<=[.!?:]) ")
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+")


class Catalogue:
    """What the window says in one language; an empty one leaves everything in English."""

    def __init__(self, text: str = "", *, number: Callable[[int], str] = "{:,}".format) -> None:
        """`text` is the .po file's; `number` writes numbers as the language does."""
        self._number = number
        self._texts: dict[tuple[str, str], str] = {}
        self._counted: dict[str, tuple[str, str]] = {}
        for entry in text.split("\n\n"):
            self._take(_fields(entry))

    def _take(self, found: dict[str, str]) -> None:
        text = found.get("msgid", "")
        if not text:
            return
        if "msgid_plural" in found:
            self._counted[text] = found.get("msgstr[0]", ""), found.get("msgstr[1]", "")
        elif found.get("msgstr"):
            self._texts[found.get("msgctxt", ""), text] = found["msgstr"]

    def text(self, text: str, meaning: str = "") -> str | None:
        """Return the translation of `text`; `meaning` tells apart what is one word in English."""
        return self._texts.get((meaning, text))

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the text for `n` things, with `n` written as people of the language write it."""
        forms = self._counted.get(one, ("", ""))
        if all(forms):
            one, many = forms
        # Nothing is never counted as one, also in French: a "1" may be written out.
        return (one if n == 1 else many).format(n=self._number(n), **values)

    def said(self, text: str) -> str:
        """Return a finished text of the core in this language; what is not known stays."""
        if not self._texts or not text:
            return text
        found = self._said(text)
        if found is None:
            parts = _SENTENCE.split(text)
            if len(parts) > 1:
                return " ".join(map(self.said, parts))
        return text if found is None else found

    def _said(self, text: str) -> str | None:
        """Return one sentence, which may have got its full stop or its capital from whoever tells it."""
        bare = text.removesuffix(".")
        small = bare[:1].lower() + bare[1:]
        keys = (bare, f"{bare}.", small)
        # A sentence that stands as it is comes before any that could be filled to be it.
        exact = ((key, self._texts.get((CORE, key))) for key in keys)
        filled = ((key, self._filled(key)) for key in keys)
        for key, found in chain(exact, filled):
            if found is None:
                continue
            capital = key is small and small != bare
            said = found[:1].upper() + found[1:] if capital else found
            return said.removesuffix(".") + ("." if text.endswith(".") else "")
        return None

    def _filled(self, text: str) -> str | None:
        for pattern, translation in self._patterns:
            if match := pattern.fullmatch(text):
                values = {name: self._value(value) for name, value in match.groupdict().items()}
                return translation.format(**values)
        return None

    def _value(self, value: str) -> str:
        if _NUMBER.fullmatch(value):
            return self._number(int(value.replace(",", "")))
        return self.said(value)

    @cached_property
    def _patterns(self) -> Iterable[tuple[re.Pattern[str], str]]:
        """What has holes; first what tells by its beginning, then what has most words of its own."""
        found = [
            ((text.index("{"), len(_HOLE.sub("", text))), text, translation)
            for (meaning, text), translation in self._texts.items()
            if meaning == CORE and _HOLE.search(text)
        ]
        found = [each for each in found if each[0][1] >= _LEAST_LETTERS]
        return [(_pattern(text), said) for _, text, said in sorted(found, reverse=True)]


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", text)
    literal = [re.escape(part) for part in parts[::2]]
    holes = [f"(?P<{name}>.+?)" for name in parts[1::2]]
    return re.compile(
        "".join(a + b for a, b in zip(literal, [*holes, ""], strict=True)), re.DOTALL
    )


def _fields(entry: str) -> dict[str, str]:
    """Return an entry's strings by their keywords; a string may go on over several lines."""
    found: dict[str, str] = {}
    name = ""
    for line in entry.splitlines():
        if line.startswith("#") or '"' not in line:
            continue
        word, quote, rest = line.partition('"')
        name = word.strip() or name
        # The escapes of .po files are those of JSON.
        found[name] = found.get(name, "") + json.loads(quote + rest)
    return found


def read_catalogue(path: Path, number: Callable[[int], str]) -> Catalogue:
    """Return the catalogue in a file; an empty one where there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return Catalogue(text, number=number)
