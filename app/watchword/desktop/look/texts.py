"""What the window says, in the language that was chosen: every text goes through one of these.

Each takes the English text, whole, as it stands where it is shown (`packaging/texts.py` gathers
them); inside a QObject `self.tr` does the same as `tr`.
"""

from PySide6.QtCore import QCoreApplication, QLocale

from watchword.desktop.look import languages
from watchword.errors import WatchwordError


def tr(text: str, meaning: str = "") -> str:
    """Translate a text; `meaning` tells apart what is one word in English and two in others."""
    return QCoreApplication.translate("", text, meaning)


def plural(one: str, many: str, n: int, **values: object) -> str:
    """Return the text for `n` things; `{n}` in it is written as the language writes numbers."""
    return languages.current().plural(one, many, n, **values)


def number(n: int) -> str:
    """Write a number as people of the language do."""
    return QLocale().toString(n)


def inside(name: str) -> str:
    """Return a name as it stands inside a sentence: German nouns keep their capitals."""
    return name if QLocale().language() == QLocale.Language.German else name.lower()


def said(text: str) -> str:
    """Return a finished English text of the core in the chosen language."""
    return languages.current().said(text)


def title_of(error: WatchwordError) -> str:
    """Return what happened."""
    return said(error.title)


def rest_of(error: WatchwordError) -> str:
    """Return why it happened, and what to do about it, as sentences."""
    return _sentences(error.reason, error.what_to_do)


def whole(error: WatchwordError) -> str:
    """Return all that an error says, in one line."""
    return _sentences(error.title, error.reason, error.what_to_do)


def _sentences(*parts: str) -> str:
    return " ".join(sentence(said(part)) for part in parts if part)


def sentence(text: str) -> str:
    """Return a text with the full stop that it may lack."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
