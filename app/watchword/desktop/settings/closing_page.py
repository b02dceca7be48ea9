"""The question of the first closing: keep running for login requests, or quit."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink


class ClosingPage(ColumnPage):
    """Says what either means here; going back closes nothing."""

    answered = Signal(bool)  # whether to keep running

    def __init__(self, parent: QWidget | None = None, *, has_icon: bool) -> None:
        """`has_icon`: the system's bar shows one, by which the window comes back."""
        super().__init__(self.tr("Close the window"), parent, back=True)
        self.add_heading(self.tr("Keep Watchword running?"))
        self.add_text(
            self.tr(
                "While it runs, you are told when a login page asks for you. Once it has quit, "
                "login requests expire unseen."
            ),
            ink=Ink.QUIET,
        )
        facts = FactList(self)
        back = Fact(
            "computer",
            self.tr("Start Watchword again to see the window"),
            self.tr("Your desktop has no place for an icon. A notification opens it too"),
        )
        if has_icon:
            back = Fact(
                "computer",
                self.tr("The icon in your system’s bar stays"),
                self.tr("It opens the window, and copies the codes of your favourites"),
            )
        facts.show_facts(
            [
                back,
                Fact(
                    "lock",
                    self.tr("It locks by itself as before"),
                    self.tr("Locked, it only learns that a login waits, not who asks"),
                ),
                Fact(
                    "settings",
                    self.tr("This is asked once"),
                    self.tr("You can change it in the settings"),
                ),
            ]
        )
        self.column.addWidget(facts)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.keep = PrimaryButton(self.tr("Keep running for login requests"), self)
        self.keep.clicked.connect(self._keep)
        footer.addWidget(self.keep)
        self.quit = GhostButton(self.tr("Quit"), self)
        self.quit.clicked.connect(self._quit)
        footer.addWidget(self.quit)

    def _keep(self) -> None:
        self.answered.emit(True)

    def _quit(self) -> None:
        self.answered.emit(False)
