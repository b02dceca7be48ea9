"""The buttons of a page stay in reach while what is above them scrolls."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import PAGE_MARGIN, RING
from watchword.desktop.look.widgets.column_page import COLUMN_WIDTH, ColumnPage
from watchword.desktop.look.widgets.waiting import BAR_BELOW


def add_footer(page: ColumnPage, *, waits: bool = False) -> QVBoxLayout:
    """Return a column below the page's scrolled part, as wide as that.

    With `waits` its last button is a Waiting's: the bar below that has its room in the margin.
    """
    across = QHBoxLayout()
    across.setContentsMargins(0, 8, 0, 16 - waits * BAR_BELOW)
    inner = QWidget(page)
    inner.setMaximumWidth(COLUMN_WIDTH)
    across.addStretch(1)
    across.addWidget(inner, 1000)
    across.addStretch(1)
    column = QVBoxLayout(inner)
    column.setContentsMargins(PAGE_MARGIN - RING, 0, PAGE_MARGIN - RING, 0)
    column.setSpacing(8 - 2 * RING)
    whole = page.layout()
    if isinstance(whole, QVBoxLayout):
        whole.addLayout(across)
    return column
