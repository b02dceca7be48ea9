"""Before the first vault is made: the folder it would lie in is not one of this computer's own."""

from PySide6.QtCore import Signal

from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink


class FolderPage(ColumnPage):
    """Says whose folder it is and what follows; only on a network disk there is a way on."""

    use_chosen = Signal()

    def __init__(
        self, folder: str, *, program: str = "", kind: str = "", backups: str = ""
    ) -> None:
        """Show that a sync `program` looks after `folder`, or on what `kind` of network disk it lies.

        `backups` is where every save is kept on this computer; "" where it cannot be.
        """
        super().__init__(self.tr("Create my vault"), back=True)
        if program:
            self._show_synced(folder, program)
        else:
            self._show_far_away(folder, kind, backups)
        self.column.addStretch(1)

    def _show_synced(self, folder: str, program: str) -> None:
        self.add_heading(self.tr("Not in a synced folder"))
        self.add_text(
            self.tr("Your vault would lie in a folder that {program} looks after.").format(
                program=program
            ),
            ink=Ink.QUIET,
        )
        self._add_facts(
            Fact("place", self.tr("The folder"), folder),
            Fact(
                "warning",
                self.tr("Changes would get lost"),
                self.tr(
                    "When two computers save, {program} keeps one vault and puts the other aside "
                    "as a “conflicted copy”, with what was added there"
                ).format(program=program),
                warning=True,
            ),
            Fact(
                "settings",
                self.tr("What you can do"),
                self.tr(
                    "Start Watchword with WATCHWORD_HOME set to a folder that is not synced, or "
                    "take this folder out of the sync"
                ),
            ),
            Fact("check", self.tr("Backups of the vault may be synced")),
        )

    def _show_far_away(self, folder: str, kind: str, backups: str) -> None:
        self.add_heading(self.tr("Your vault would lie on a server"))
        self.add_text(
            self.tr(
                "This folder is on a network disk ({kind}), as home folders at schools are."
            ).format(kind=kind),
            ink=Ink.QUIET,
        )
        here = Fact("computer", self.tr("Every save is also kept on this computer"), backups)
        if not backups:
            here = Fact(
                "warning",
                self.tr("No backups on this computer"),
                self.tr("No folder of yours was found on its own disk"),
                warning=True,
            )
        self._add_facts(
            Fact("place", self.tr("The folder"), folder),
            Fact(
                "offline",
                self.tr("Without the network it does not open"),
                self.tr("Then there are no codes either"),
            ),
            Fact(
                "shield",
                self.tr("Who runs the server cannot read it"),
                self.tr("They can delete it, or put an older one in its place"),
            ),
            here,
        )
        self.use = PrimaryButton(self.tr("Use it all the same"), self)
        self.use.clicked.connect(self.use_chosen)
        add_footer(self).addWidget(self.use)

    def _add_facts(self, *facts: Fact) -> None:
        shown = FactList(self)
        shown.show_facts(list(facts))
        self.column.addWidget(shown)
