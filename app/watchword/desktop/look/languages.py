"""The languages of the window, and the one that is shown: our texts, Qt's own, dates and numbers."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from watchword.desktop.look.catalogue import Catalogue, read_catalogue
from watchword.desktop.look.resources import resources

# Each by its own name, as people look for it; the first is the sources' own.
LANGUAGES: Final = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
}
_current = Catalogue()


def current() -> Catalogue:
    """Return the texts of the language that is shown."""
    return _current


def system_language() -> str:
    """Return the language of ours that the system's settings like best."""
    for name in QLocale.system().uiLanguages():
        language = name.replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"


def _locale(language: str) -> QLocale:
    """Return how dates and numbers are written: as the system does it, where that is the language."""
    system = QLocale.system()
    if language == system_language() and system.name().partition("_")[0] in {language, "C"}:
        return system
    # Plain "en" is America's; the texts are England's.
    return QLocale("en_GB" if language == "en" else language)


class Translator(QTranslator):
    """Answers Qt's questions for our texts. Whose they are is no matter: a text is its own key."""

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        return self._catalogue.text(source, disambiguation or "")

    def isEmpty(self) -> bool:
        return False


class Languages(QObject):
    """Puts a language into the application, and takes the one before out of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = "en"
        self._translators: list[QTranslator] = []

    @property
    def shown(self) -> str:
        """The language that is shown."""
        return self._shown

    def use(self, wanted: str) -> bool:
        """Show `wanted`, or what the system prefers if it is empty; tell whether that is a change."""
        language = wanted if wanted in LANGUAGES else system_language()
        locale = _locale(language)
        QLocale.setDefault(locale)
        if language == self._shown:
            return False
        path = resources() / "translations" / f"{language}.po"
        self._show(language, read_catalogue(path, locale.toString))
        return True

    def stop(self) -> None:
        """Leave the application as it was."""
        QLocale.setDefault(QLocale.system())
        self._show("en", Catalogue())

    def _show(self, language: str, catalogue: Catalogue) -> None:
        global _current  # as Qt's translators, it is the application's
        self._shown, _current = language, catalogue
        for old in self._translators:
            QCoreApplication.removeTranslator(old)
            old.deleteLater()
        self._translators = []
        if language == "en":
            return
        # What is put in last is asked first: Qt knows its own texts by their contexts, ours are not.
        ours, of_qt = Translator(catalogue, self), QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._translators = [ours]
        if of_qt.load(f"qtbase_{language}", folder):
            self._translators.append(of_qt)
        for each in self._translators:
            QCoreApplication.installTranslator(each)
