"""What people read, in their language: texts, plurals, moments.

The catalogues are GNU gettext's .po files, read as they are: nothing has to be compiled, and
nothing can be older than its source. docs/translating.md says how they are kept.
"""

import gettext
import io
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "languages"
# Each by its own name, as the footer shows them; the first is the sources' own.
LANGUAGES = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
}
# CLDR's plain "en" writes dates as in America.
_LOCALES = {"en": "en_GB"}


def N_(text: str) -> str:
    """Mark a text for translation where it stands; it is translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations of a language, read once."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def preferred(header: str) -> str:
    """Return our language that an Accept-Language header (RFC 9110 §12.5.4) likes best."""
    wanted: list[tuple[float, str]] = []
    for part in header[:512].split(","):
        name, _, parameter = part.strip().partition(";")
        language = name.strip().partition("-")[0].lower()
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            wanted.append((float(quality), language))
        except ValueError:
            continue
    # The sort keeps the order of those that are liked equally.
    for liked, language in sorted(wanted, key=lambda one: -one[0]):
        if language in LANGUAGES and liked > 0:
            return language
    return "en"


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        """Speak `language`; English if it is not one of ours."""
        self.language = language if language in LANGUAGES else "en"
        self._catalogue = catalogue(self.language)
        self._locale = Locale.parse(_LOCALES.get(self.language, self.language))

    def text(self, text: str, **values: object) -> str:
        """Return a text, its %(names)s filled in."""
        said = self._catalogue.gettext(text)
        return said % values if values else said

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the text for `number` things, which is %(n)s in it."""
        return self._catalogue.ngettext(one, many, number) % {"n": number, **values}

    def day(self, at: float, now: float) -> str:
        """Return a day as "today", "yesterday" or "12 Nov"."""
        then, today = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(now, UTC)
        days = (today.date() - then.date()).days
        if days == 0:
            return self.text("today")
        if days == 1:
            return self.text("yesterday")
        skeleton = "dMMM" if then.year == today.year else "dMMMy"
        return str(format_skeleton(skeleton, then, locale=self._locale))

    def moment(self, at: float, now: float) -> str:
        """Return a moment as "today 09:14"; the time is UTC, whoever shows it says so."""
        return f"{self.day(at, now)} {datetime.fromtimestamp(at, UTC):%H:%M}"

    def browser(self, user_agent: str) -> str:
        """Return what user_agents.for_people() said, in this language."""
        name, on, system = user_agent.partition(" on ")
        return self.text("%(browser)s on %(system)s", browser=name, system=system) if on else name
