"""A vault whose contents are damaged: its password, what can still be read, and a new vault of that."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import plural, said
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.password_page import PasswordPage

_MOST_NAMED = 12


class RescuePage(PasswordPage):
    """First asks for the password, then shows what was found; nothing changes before the last step."""

    make_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Rescue what can be read"), parent)
        self._found = False
        self._heading = self.add_heading(self.tr("Read the damaged vault?"))
        self._text = self.add_text(
            self.tr(
                "Its password opens it, but not all of what is inside can be read. Watchword "
                "reads every account that is whole and shows you the list. Nothing is changed yet."
            ),
            ink=Ink.QUIET,
        )
        self._facts = FactList(self)
        self._facts.hide()
        self.column.addWidget(self._facts)
        self.column.addSpacing(4)
        self.add_form(
            self.tr("Password"),
            PrimaryButton(self.tr("Look what can be read"), self),
            self.tr("Reading"),
        )

    def show_found(self, names: Sequence[str], problems: Sequence[str]) -> None:
        """Show which accounts can be read, by name, and what cannot be."""
        self._found = True
        self.show_busy(False)
        self.password.hide()
        self._facts.show_facts([self._readable(names), *self._unreadable(problems)])
        self._facts.show()
        if names:
            self._heading.setText(self.tr("Make a new vault of these?"))
            self._text.setText(
                self.tr(
                    "It opens with the same password and gets a new recovery key. Trash, history "
                    "and settings are not taken over. The damaged file is kept among the copies: "
                    "nothing is deleted."
                )
            )
            self.waiting.set_text(self.tr("Make a new vault"))
            self.button.setFocus()
        else:
            self._heading.setText(self.tr("No account can be read"))
            self._text.setText(self.tr("Nothing was changed. Go back and restore a copy instead."))
            self.waiting.hide()
            self.bar.back_button.setFocus()

    def _readable(self, names: Sequence[str]) -> Fact:
        title = plural("1 account can be read", "{n} accounts can be read", len(names))
        listed = ", ".join(names[:_MOST_NAMED])
        if len(names) > _MOST_NAMED:
            listed = self.tr("{names} and {n} more").format(
                names=listed, n=len(names) - _MOST_NAMED
            )
        return Fact("check", title, listed)

    def _unreadable(self, problems: Sequence[str]) -> list[Fact]:
        if not problems:
            return []
        title = plural("1 cannot be read", "{n} cannot be read", len(problems))
        listed = "; ".join(map(said, problems[:_MOST_NAMED]))
        if len(problems) > _MOST_NAMED:
            listed = self.tr("{names} and {n} more").format(
                names=listed, n=len(problems) - _MOST_NAMED
            )
        return [Fact("warning", title, listed, warning=True)]

    @property
    def ready(self) -> bool:
        """Whether there is a password, or something to make a vault of."""
        return self._found or super().ready

    def _go_on(self) -> None:
        if not self._found:
            super()._go_on()
        elif self.button.isEnabled():
            self.make_asked.emit()
