"""Every place of the window in another language: what is cut, and what is not translated.

    python tests/helpers/places_in.py de

German is the longest of the languages, as a rule. Each translated text stands in ⟦brackets⟧ when
places are looked at for the second time, so that what nobody marked for translation can be told from what was.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import screenshots
from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from watchword.desktop.look import languages
from watchword.desktop.look.catalogue import Catalogue
from watchword.desktop.look.languages import Translator
from watchword.desktop.look.resources import resources
from watchword.desktop.look.theme import Theme
from watchword.desktop.look.widgets.label import Label

_SETTLED = 20  # rounds: a layout asks the one around it, which answers with the next event


class Marked(Catalogue):
    """A language with each text in brackets."""

    def text(self, text: str, meaning: str = "") -> str | None:
        found = super().text(text, meaning)
        return None if found is None else f"⟦{found}⟧"

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        return f"⟦{super().plural(one, many, n, **values)}⟧"

    def said(self, text: str) -> str:
        found = super().said(text)
        return f"⟦{found}⟧" if found != text and text else text


@contextmanager
def speaking(language: str, catalogue_class: type[Catalogue] = Catalogue) -> Iterator[None]:
    """Put a language in, and take it out again."""
    text = (resources() / "translations" / f"{language}.po").read_text(encoding="utf-8")
    catalogue = catalogue_class(text, number=QLocale(language).toString)
    before, languages._current = languages._current, catalogue
    QLocale.setDefault(QLocale(language))
    translator = Translator(catalogue)
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
        QLocale.setDefault(QLocale.system())
        languages._current = before


class Looking(screenshots.Studio):
    """Looks at each place instead of keeping its picture."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application, "light")
        self.places: list[str] = []
        self.cut: dict[str, str] = {}
        self.said: dict[str, str] = {}

    def wait(self, until: Any = lambda: True, seconds: float = 0.0) -> None:
        self.application.processEvents()
        if not until():
            super().wait(until, seconds)

    def take(self, name: str, *, wide: bool = False) -> None:
        if wide:
            return
        self.window.resize(screenshots.WIDTH, screenshots.HEIGHT)
        self.window.show()
        for _ in range(_SETTLED):
            self.application.processEvents()
            if not any(_is_too_low(label) for label in self._labels()):
                break
        self.places.append(name)
        with _noting(self.cut, self.said, name):
            self.window.grab()
        for widget in self.window.findChildren(QWidget):
            if widget.isVisible():
                for text in _texts_of(widget):
                    self.said.setdefault(text, name)
        for label in self._labels():
            if _is_too_low(label):
                self.cut.setdefault(label.text(), name)

    def _labels(self) -> Iterator[Label]:
        for label in self.window.findChildren(Label):
            if label.isVisible():
                yield label


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.toolTip()
    for name in ("text", "placeholderText"):
        value = getattr(widget, name, None)
        if callable(value):
            text = value()
            if isinstance(text, str) and not _is_typed(widget, name):
                yield text


def _is_typed(widget: QObject, name: str) -> bool:
    return name == "text" and widget.inherits("QLineEdit")


def _is_too_low(label: Label) -> bool:
    _, height, cut = label._laid_out(label.width() - 2 * label._inset)
    return cut or height > label.height() + 1


@contextmanager
def _noting(cut: dict[str, str], said: dict[str, str], place: str) -> Iterator[None]:
    """Note what is elided, and what is painted, while a place draws itself."""
    kept = [(QFontMetrics, "elidedText"), (QFontMetricsF, "elidedText"), (QPainter, "drawText")]
    originals = [getattr(owner, name) for owner, name in kept]

    def elided(original: Any) -> Any:
        def wrapped(self: Any, text: str, *rest: Any) -> str:
            shown = str(original(self, text, *rest))
            if shown != text:
                cut.setdefault(text, place)
            said.setdefault(text, place)
            return shown

        return wrapped

    def drawn(self: Any, *rest: Any) -> Any:
        for each in rest:
            if isinstance(each, str) and "…" not in each:
                said.setdefault(each, place)
        return originals[2](self, *rest)

    for (owner, name), made in zip(
        kept, [elided(originals[0]), elided(originals[1]), drawn], strict=True
    ):
        setattr(owner, name, made)
    try:
        yield
    finally:
        for (owner, name), original in zip(kept, originals, strict=True):
            setattr(owner, name, original)


def untranslated(text: str) -> str:
    """Return the words of a text that stand in no brackets."""
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
        if shorter == text:
            break
        text = shorter
    # The end of a text that is drawn by itself, where it is cut.
    return re.sub(r"^[^⟦⟧]*⟧", "", text)


def main(language: str) -> int:
    """Say what is cut, and what stands in no brackets: names and made-up facts, and nothing else."""
    application = QApplication(sys.argv[:1])
    Theme(application).choose(Qt.ColorScheme.Light)
    for kind in (Catalogue, Marked):
        with speaking(language, kind), tempfile.TemporaryDirectory() as work:
            looking = Looking(application)
            looking.everything(Path(work))
            looking.close()
        found = looking.cut if kind is Catalogue else looking.said
        print("Cut:" if kind is Catalogue else "Not translated:")
        for text, place in found.items():
            if kind is Catalogue or re.search(r"[^\W\d_]{2}", untranslated(text)):
                print(f"    {place}: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
