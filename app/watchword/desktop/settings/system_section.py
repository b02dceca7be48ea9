"""What Watchword asks of this computer: to open its links, and to keep the window to itself."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.setting_section import SettingSection


class SystemSection(SettingSection):
    """Shows what is so, and tells what is asked for."""

    links_asked = Signal(bool)  # open them here, or not any more
    links_taken = Signal()  # although another program has them
    captures_switched = Signal(bool)  # leave the window out, or not any more

    def __init__(self, portable: str = "", parent: QWidget | None = None) -> None:
        """`portable` is the folder of an installation that leaves nothing behind; else empty."""
        super().__init__(self.tr("This computer"), parent)
        if portable:
            row = self.card.add_row("folder", self.tr("Portable mode"))
            row.show_detail(
                self.tr(
                    "Everything lies in {folder}. Watchword does not start at login, opens no links "
                    "and uses no keyring here."
                ).format(folder=portable)
            )
        self._links = self.card.add_switch("link", self.tr("Open links with Watchword"))
        self.links = self._links.switch
        self.links.setEnabled(False)
        self.links.clicked.connect(self._switch_links)
        self._links.show_detail(self.tr("Looking for what opens them…"))
        self.take = self._links.add_action(self.tr("Open them here"))
        self.take.clicked.connect(self._take)
        self.leave = self._links.add_action(self.tr("Leave it as it is"))
        self.leave.clicked.connect(self._leave)
        self._others: tuple[str, ...] = ()
        self._ask(asking=False)
        self._captures = self.card.add_switch("eye-off", self.tr("Hide from screen pictures"))
        self.captures = self._captures.switch
        self.captures.clicked.connect(self._switch_captures)

    # Links ---------------------------------------------------------------------------------------
    def show_no_links(self, *, portable: bool) -> None:
        """Say that it cannot be chosen here."""
        self.links.setChecked(False)
        self.links.setEnabled(False)
        self._links.show_detail(
            self.tr("Not in portable mode, which leaves nothing behind on a computer.")
            if portable
            else self.tr("This installation cannot choose it: the system’s own settings can.")
        )

    def show_links(self, others: Sequence[str], *, ours: bool) -> None:
        """Show whether they open here, and which other programs open some."""
        self._others = tuple(others)
        self.links.setChecked(ours)
        self.links.setEnabled(True)
        self._ask(asking=False)
        if ours:
            text = self.tr("Links to accounts (otpauth) and login requests (watchword) open here.")
        elif others:
            text = self.tr(
                "Such links open in {programs} now. You are asked before that changes."
            ).format(programs=", ".join(others))
        else:
            text = self.tr(
                "Links to accounts (otpauth) and login requests (watchword) open nowhere now."
            )
        self._links.show_detail(text)

    def show_links_refused(self, text: str) -> None:
        """Say why it could not be changed."""
        self.links.setEnabled(True)
        self._links.show_detail(text)

    def ask_for_links(self) -> None:
        """Ask whether Watchword is to take another program's place."""
        self._links.show_detail(
            self.tr(
                "Such links open in {programs} now. Shall they open in Watchword instead?"
            ).format(programs=", ".join(self._others))
        )
        self._ask(asking=True)
        self.leave.setFocus()

    def links_text(self) -> str:
        """Return what is said about them."""
        return self._links.detail()

    def _ask(self, *, asking: bool) -> None:
        self._links.show_actions(shown=asking)

    def _switch_links(self) -> None:
        self.links_asked.emit(not self.links.isChecked())

    def _take(self) -> None:
        self._ask(asking=False)
        self.links.setFocus()
        self.links_taken.emit()

    def _leave(self) -> None:
        self.links.setFocus()
        self.show_links(self._others, ours=False)

    # Pictures of the screen ----------------------------------------------------------------------
    def show_captures(self, *, left_out: bool, possible: bool) -> None:
        """Show whether the window is left out, and say what that is worth on this system."""
        self.captures.setChecked(left_out and possible)
        self.captures.setEnabled(possible)
        if not possible:
            text = self.tr(
                "Linux cannot be asked for it: what records the screen records this window too."
            )
        elif sys.platform == "darwin":
            text = self.tr(
                "Older versions of macOS leave it out. Recent ones may show it all the same."
            )
        else:
            text = self.tr("Windows leaves it out of pictures, recordings and shared screens.")
        self._captures.show_detail(text)

    def captures_text(self) -> str:
        """Return what is said about them."""
        return self._captures.detail()

    def _switch_captures(self) -> None:
        self.captures_switched.emit(not self.captures.isChecked())
