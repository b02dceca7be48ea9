"""How a few letters find accounts, actions and settings, and in which order; knows nothing of Qt.

The order is meant to be foretold. For each word that was typed, from the best:

0. it is the whole name,
1. the name begins with it,
2. a word of the name begins with it,
3. it is somewhere in the name,
4. a word of the rest begins with it (the line below the name, tags, note),
5. it is somewhere in the rest,
6. its letters stand in the name in this order, the first at a word's beginning ("gh": GitHub).

All words must be found, and the worst of them counts. Among equals what was used last is first,
then what was given first. Accents and case make no difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from watchword.plain_text import fold
from watchword.vault.account import Account

MOST_FOUND = 50  # nobody reads on: another letter is quicker
MOST_RECENT = 5
_BY_LETTERS = 6


class Kind(Enum):
    """What is found."""

    ACCOUNT = "account"
    ACTION = "action"
    SETTING = "setting"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found; all texts have passed plain_text."""

    kind: Kind
    name: str  # tells it from others of its kind: an account's id, an action's name
    title: str
    line: str = ""
    words: str = ""  # finds it too, and is not shown
    icon: str = ""
    keys: tuple[str, ...] = ()
    account: Account | None = None

    @property
    def key(self) -> tuple[Kind, str]:
        """What it is remembered by."""
        return self.kind, self.name


class Finder:
    """Searches one set of entries; their texts are folded once."""

    def __init__(
        self, entries: Sequence[Entry], recent: Mapping[tuple[Kind, str], float] | None = None
    ) -> None:
        """`recent` tells when an entry was used last, in seconds of any clock."""
        self._entries = entries
        self._recent = recent or {}
        self._titles = [fold(entry.title) for entry in entries]
        self._rests = [fold(f"{entry.line}\n{entry.words}") for entry in entries]

    def find(self, text: str) -> list[Entry]:
        """Return what `text` finds, the best first; for no text, what is likely wanted."""
        words = fold(text).split()
        if not words:
            return self._likely()
        scored = [
            (_rank(words, self._titles[place], self._rests[place]), place)
            for place in self._holding(words)
        ]
        if len(scored) < MOST_FOUND:
            # The lowest class of all: where enough is found without it, it would not be seen.
            have = {place for _, place in scored}
            scored += self._by_letters("".join(words), have)
        recent = self._recent
        scored.sort(key=lambda each: (each[0], -recent.get(self._entries[each[1]].key, 0.0)))
        return [self._entries[place] for _, place in scored[:MOST_FOUND]]

    def _likely(self) -> list[Entry]:
        """Return what was used last, filled up with the first accounts, and then all actions."""
        used = [entry for entry in self._entries if entry.key in self._recent]
        used.sort(key=lambda entry: -self._recent[entry.key])
        accounts = (entry for entry in self._entries if entry.kind is Kind.ACCOUNT)
        # A dict keeps its order, and each key once.
        first = {entry.key: entry for entry in used[:MOST_RECENT]}
        for entry in islice(accounts, MOST_RECENT):
            if len(first) < MOST_RECENT:
                first.setdefault(entry.key, entry)
        actions = {entry.key: entry for entry in self._entries if entry.kind is Kind.ACTION}
        return list({**first, **actions}.values())[:MOST_FOUND]

    def _holding(self, words: Sequence[str]) -> Sequence[int]:
        found: Sequence[int] = range(len(self._entries))
        for word in words:
            found = [n for n in found if word in self._titles[n] or word in self._rests[n]]
        return found

    def _by_letters(self, letters: str, have: set[int]) -> list[tuple[tuple[int, int], int]]:
        if len(letters) < 2:
            return []
        rank = (_BY_LETTERS, _BY_LETTERS)
        return [
            (rank, place)
            for place, title in enumerate(self._titles)
            if place not in have and _has_letters(letters, title)
        ]


def _has_letters(letters: str, title: str) -> bool:
    """Tell whether the letters stand in the title in their order, from the beginning of a word on."""
    at = title.find(letters[0])
    while at >= 0:
        if at == 0 or not title[at - 1].isalnum():
            # Whatever follows the first such word follows the later ones as well, or less.
            rest = iter(title[at:])
            return all(letter in rest for letter in letters)
        at = title.find(letters[0], at + 1)
    return False


def _rank(words: Sequence[str], title: str, rest: str) -> tuple[int, int]:
    """Return the worst class of the words and their sum."""
    if " ".join(words) == title:
        return 0, 0
    classes = [_class_of(word, title, rest) for word in words]
    return max(classes), sum(classes)


def _class_of(word: str, title: str, rest: str) -> int:
    if title.startswith(word):
        return 1
    if word in title:
        return 2 if _begins_a_word(word, title) else 3
    return 4 if _begins_a_word(word, rest) else 5


def _begins_a_word(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return True
        at = text.find(word, at + 1)
    return False
