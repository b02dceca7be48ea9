"""Too many login requests at once: probably someone has the password and hopes for a tired thumb."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import DangerButton, GhostButton, LinkButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink


class FloodPage(ColumnPage):
    """Deny all, pause, or look at the newest after all."""

    deny_all_asked = Signal()
    pause_asked = Signal()
    review_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Login requests"), parent, back=True)
        self.add_heading(self.tr("Someone may have your password"))
        self._text = self.add_text("", ink=Ink.QUIET)
        self.facts = FactList(self)
        self.column.addWidget(self.facts)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        self.deny_all = DangerButton(self.tr("Deny all"), self)
        self.deny_all.clicked.connect(self.deny_all_asked)
        self.column.addWidget(self.deny_all)
        self.pause = GhostButton(self.tr("Pause for 15 minutes"), self)
        self.pause.clicked.connect(self.pause_asked)
        self.column.addWidget(self.pause)
        self.review = LinkButton(self.tr("Look at the newest"), self)
        self.review.clicked.connect(self.review_asked)
        self.column.addWidget(self.review, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_requests(self, facts: list[Fact], count: int) -> None:
        """Show who asks; `facts` are the newest few of `count`."""
        self._text.setText(
            self.tr(
                "{n} login requests came in a short time. If you are not signing in, deny them "
                "and change your password."
            ).format(n=count)
        )
        self.facts.show_facts(facts)
        self.facts.setVisible(bool(facts))
        self.deny_all.setEnabled(bool(facts))
        self.review.setEnabled(bool(facts))
