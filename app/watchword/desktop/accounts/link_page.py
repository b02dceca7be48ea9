"""What ties an account to its server: where, as which device, and when it was last heard of."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, LinkButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.errors import WatchwordError

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class LinkPage(ColumnPage):
    """Facts about the link, and the ways on from there."""

    history_asked = Signal()
    codes_asked = Signal()
    unlink_asked = Signal()

    def __init__(self, name: str, *, has_codes: bool, parent: QWidget | None = None) -> None:
        """`name` is the account's; `has_codes`: there are backup codes to show."""
        super().__init__(self.tr("Server and device"), parent, back=True)
        self.add_heading(name)
        self._facts: list[Fact] = []
        self.facts = FactList(self)
        self.column.addWidget(self.facts)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.history_button = GhostButton(self.tr("Show its history"), self)
        self.history_button.clicked.connect(self.history_asked)
        footer.addWidget(self.history_button)
        self.codes_button = GhostButton(self.tr("Backup codes"), self)
        self.codes_button.clicked.connect(self.codes_asked)
        self.codes_button.setVisible(has_codes)
        footer.addWidget(self.codes_button)
        self.unlink_button = LinkButton(self.tr("Unlink and remove…"), self, danger=True)
        self.unlink_button.clicked.connect(self.unlink_asked)
        footer.addWidget(self.unlink_button, 0, _CENTRE)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts; the same again cost nothing."""
        if list(facts) != self._facts:
            self._facts = list(facts)
            self.facts.show_facts(self._facts)

    def show_trouble(self, error: WatchwordError | None) -> None:
        """Show what went wrong with the server and needs a person; None: nothing did."""
        if error is None:
            self.notice.hide()
        else:
            self.notice.show_error(error)


class CopiedPage(ColumnPage):
    """The vault was copied: the account's device is another computer's, and here are codes only."""

    scan_asked = Signal()
    codes_asked = Signal()
    remove_asked = Signal()

    def __init__(
        self, name: str, facts: Sequence[Fact], *, has_codes: bool, parent: QWidget | None = None
    ) -> None:
        """`name` is the account's; `has_codes`: there are backup codes to show."""
        super().__init__(self.tr("Server and device"), parent, back=True)
        self.add_heading(self.tr("Codes only"))
        self.add_text(
            self.tr("You said that this vault is a copy. {name} shows its codes here.").format(
                name=name
            ),
            ink=Ink.QUIET,
        )
        shown = FactList(self)
        shown.show_facts(list(facts))
        self.column.addWidget(shown)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.codes_button = GhostButton(self.tr("Backup codes"), self)
        self.codes_button.clicked.connect(self.codes_asked)
        self.codes_button.setVisible(has_codes)
        footer.addWidget(self.codes_button)
        self.button = PrimaryButton(self.tr("Scan a QR code"), self)
        self.button.clicked.connect(self.scan_asked)
        footer.addWidget(self.button)
        self.remove_button = LinkButton(self.tr("Remove…"), self, danger=True)
        self.remove_button.clicked.connect(self.remove_asked)
        footer.addWidget(self.remove_button, 0, _CENTRE)


class RemovedPage(ColumnPage):
    """The server no longer knows this device: why the account is grey, and where it goes on OK."""

    trash_asked = Signal()
    history_asked = Signal()

    def __init__(self, name: str, facts: Sequence[Fact], parent: QWidget | None = None) -> None:
        """`name` is the account's."""
        super().__init__(self.tr("No longer linked"), parent, back=True)
        self.add_heading(self.tr("The server removed this device"))
        self.add_text(
            self.tr(
                "Login requests and codes of {name} work here no more. Nothing else in your vault "
                "has changed."
            ).format(name=name),
            ink=Ink.QUIET,
        )
        shown = FactList(self)
        shown.show_facts(list(facts))
        self.column.addWidget(shown)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.history_button = GhostButton(self.tr("Show its history"), self)
        self.history_button.clicked.connect(self.history_asked)
        footer.addWidget(self.history_button)
        self.button = PrimaryButton(self.tr("OK, move it to the trash"), self)
        self.button.clicked.connect(self.trash_asked)
        footer.addWidget(self.button)

    def show_busy(self, busy: bool) -> None:
        """Take no second answer while the first one is carried out."""
        for widget in (self.button, self.history_button, self.bar):
            widget.setEnabled(not busy)

    def show_error(self, error: WatchwordError) -> None:
        """Say why the account is still there."""
        self.show_busy(False)
        self.notice.show_error(error)
