"""What Watchword is, what it promises and what not, and the work of others that is in it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword import __version__
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.buttons import GhostButton
from watchword.desktop.look.widgets.card import Card
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.logo import Logo
from watchword.desktop.settings.licences import OTHERS, OURS, Licence


class AboutPage(ColumnPage):
    """Shows `versions` of what is installed; addresses are texts, and open nothing."""

    report_asked = Signal()

    def __init__(self, versions: dict[str, str], parent: QWidget | None = None) -> None:
        """`versions` has those of the libraries that are there."""
        super().__init__(self.tr("About"), parent, back=True)
        column = self.column
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(Logo(self))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(Label("Watchword", self, size=22, weight=700))
        version = self.tr("Version {version}").format(version=__version__)
        words.addWidget(Label(version, self, size=13, ink=Ink.QUIET))
        words.addStretch(1)
        top.addLayout(words, 1)
        column.addLayout(top)
        column.addSpacing(6)
        self.add_text(
            self.tr(
                "A watchword is what a sentry asks for before letting you pass. This one keeps "
                "your one-time codes, and asks you before somebody signs in."
            ),
            ink=Ink.QUIET,
        )
        self.add_text(
            self.tr(
                "A second factor on the computer you sign in from is weaker than one on a phone."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )
        column.addSpacing(4)
        self.report_button = GhostButton(self.tr("Make a report"), self, small=True)
        self.report_button.clicked.connect(self.report_asked)
        left = QHBoxLayout()
        left.addWidget(self.report_button)
        left.addStretch(1)
        column.addLayout(left)
        column.addSpacing(10)
        self.add_text(self.tr("Licences"), size=12.5, weight=600, ink=Ink.QUIET)
        self.add_text(
            self.tr(
                "Watchword is free software under {licence}. The marks of services are from "
                "Simple Icons, under CC0-1.0. It is made with the work of these, and of those "
                "they are made with:"
            ).format(licence=OURS.licence),
            size=12.5,
            ink=Ink.QUIET,
        )
        here = [each for each in OTHERS if each.name.lower() in versions]
        column.addWidget(_Works(here, versions, self))
        column.addStretch(1)


class _Works(Card):
    """One line for each: what, which version, under which licence, from where."""

    def __init__(
        self, works: Sequence[Licence], versions: dict[str, str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(RING + 14, RING + 12, RING + 14, RING + 12)
        rows.setSpacing(10)
        for work in works:
            words = QVBoxLayout()
            words.setSpacing(0)
            named = f"{work.name} {versions[work.name.lower()]}"
            words.addWidget(Label(named, self, size=13, weight=600))
            words.addWidget(
                Label(f"{work.licence} · {work.source}", self, size=12.5, ink=Ink.QUIET)
            )
            rows.addLayout(words)
