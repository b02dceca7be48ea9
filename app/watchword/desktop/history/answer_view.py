"""One answer of the past in detail: what came of it, when, for which account and from where."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.history.items import Item
from watchword.desktop.history.words import (
    Kind,
    decided,
    look_of,
    whole_moment,
)
from watchword.desktop.look.texts import tr
from watchword.desktop.look.theme import PAGE_MARGIN, RING
from watchword.desktop.look.widgets.buttons import GhostButton
from watchword.desktop.look.widgets.column_page import COLUMN_WIDTH
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.scrolling import ScrollArea
from watchword.desktop.look.widgets.sign import Sign
from watchword.vault import HistoryEntry


class AnswerView(QWidget):
    """Shows an Item; empty until it is given one."""

    account_asked = Signal(str)  # show all answers of that account

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: Item | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._nothing = Label(
            self.tr("Choose an answer to see it here."),
            self,
            ink=Ink.FAINT,
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        whole.addWidget(self._nothing, 1)
        content = QWidget()
        across = QHBoxLayout(content)
        across.setContentsMargins(0, 0, 0, 0)
        inner = QWidget(content)
        inner.setMaximumWidth(COLUMN_WIDTH)
        across.addStretch(1)
        across.addWidget(inner, 1000)
        across.addStretch(1)
        column = QVBoxLayout(inner)
        column.setContentsMargins(PAGE_MARGIN - RING, 16, PAGE_MARGIN - RING, 24)
        column.setSpacing(8)
        heading = QHBoxLayout()
        heading.setContentsMargins(RING, 0, RING, 0)
        heading.setSpacing(14)
        self._sign = Sign(52, inner)
        heading.addWidget(self._sign)
        words = QVBoxLayout()
        words.setSpacing(1)
        self.title = Label("", inner, size=19, weight=700, lines=2)
        words.addWidget(self.title)
        self._text = Label("", inner, ink=Ink.QUIET)
        words.addWidget(self._text)
        heading.addLayout(words, 1)
        column.addLayout(heading)
        column.addSpacing(6)
        self.facts = FactList(inner)
        column.addWidget(self.facts)
        self.advice = Label("", inner, ink=Ink.QUIET, inset=RING)
        column.addWidget(self.advice)
        column.addSpacing(6)
        self.all_button = GhostButton(self.tr("All of this account"), inner, small=True)
        self.all_button.clicked.connect(self._ask_for_all)
        column.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._area = ScrollArea(content, self)
        whole.addWidget(self._area, 1)
        self._area.hide()

    @property
    def item(self) -> Item | None:
        """What is shown."""
        return self._item

    def show_item(self, item: Item | None) -> None:
        """Show an answer; None empties the view."""
        self._item = item
        self._nothing.setVisible(item is None)
        self._area.setVisible(item is not None)
        if item is None:
            return
        look = look_of(item.kind)
        self._sign.show_sign(look.ink, look.icon)
        self.title.setText(look.short)
        self._text.setText(look.text)
        self.facts.show_facts(_facts(item))
        self.advice.setText(_advice(item))
        self.advice.setVisible(bool(self.advice.text()))
        self._area.verticalScrollBar().setValue(0)

    def show_all_button(self, shown: bool) -> None:
        """Offer the account's other answers, or not where only those are shown."""
        self.all_button.setVisible(shown)

    def _ask_for_all(self) -> None:
        if self._item is not None:
            self.account_asked.emit(self._item.entry.account_id)


def _facts(item: Item) -> list[Fact]:
    entry = item.entry
    return [
        Fact("clock", whole_moment(item.at), tr("by this computer’s clock")),
        Fact("door", decided(entry)),
        Fact("user", entry.account or entry.service, entry.service if entry.account else ""),
        Fact("computer", entry.user_agent or tr("Unknown browser"), tr("as it called itself")),
        Fact("place", entry.place or tr("Place unknown"), _address(entry)),
    ]


def _address(entry: HistoryEntry) -> str:
    if entry.ip and entry.place:
        return tr("{ip} · place estimated from the address").format(ip=entry.ip)
    return entry.ip or tr("The server did not say from which address")


def _advice(item: Item) -> str:
    if item.kind is not Kind.NOT_ME:
        return ""
    return tr(
        "Whoever asked knew your password for {service}. If you have not changed it since, change "
        "it there, and wherever else you use the same one."
    ).format(service=item.entry.service)
