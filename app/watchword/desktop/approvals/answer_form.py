"""What the person carries over from the login page: typed cells, a choice of numbers, or nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.approvals.again_form import AgainForm
from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.code_cells import CROCKFORD, DIGITS, CodeCells
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.number_choice import NumberChoice
from watchword.providers.login_request import LoginRequest, Match

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class AnswerForm(QWidget):
    """Made for one request; `changed` whenever `complete` may have changed."""

    changed = Signal()
    chosen = Signal(str)  # one of the offered numbers was pressed
    typing_asked = Signal()  # the code is to be typed, although a link stands for it

    def __init__(
        self,
        request: LoginRequest,
        parent: QWidget | None = None,
        *,
        by_link: bool = False,
        keyring: bool = False,
    ) -> None:
        """`by_link`: a browser on this computer handed the request over, and nothing is typed.

        `keyring`: it may stand for the password, where the server wants that again.
        """
        super().__init__(parent)
        self.cells: CodeCells | None = None
        self.again = AgainForm(self, keyring=keyring) if request.ask_password else None
        self.choices: NumberChoice | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if by_link:
            self._add_link(column)
        elif request.match in {Match.TYPE4, Match.TYPE6}:
            self._add_cells(column, request.match)
        elif request.match is Match.CHOOSE:
            # Pressing a number is the answer, so the password is asked for before it.
            if self.again is not None:
                column.addWidget(self.again)
                if not keyring:
                    column.addSpacing(8)
            self._add_choices(column, request.choices)
        else:
            column.addWidget(
                Label(
                    self.tr("Approve only if you are signing in right now."),
                    self,
                    ink=Ink.QUIET,
                    align=_CENTRE,
                )
            )
        if self.again is not None:
            if self.choices is None:
                column.addWidget(self.again)
            self.again.changed.connect(self.changed)

    def _add_cells(self, column: QVBoxLayout, match: Match) -> None:
        length, alphabet = (4, CROCKFORD) if match is Match.TYPE4 else (6, DIGITS)
        prompt = self.tr("Type the code shown on the login page")
        column.addWidget(Label(prompt, self, weight=600, align=_CENTRE))
        self.cells = CodeCells(length, self.tr("Match code"), self, alphabet=alphabet)
        self.cells.setAccessibleDescription(prompt)
        self.cells.completed.connect(self.changed)
        column.addWidget(self.cells, 0, _CENTRE)

    def _add_link(self, column: QVBoxLayout) -> None:
        # Whose browser it is nobody knows here: any page can open such a link.
        said = self.tr("A browser on this computer opened this request")
        column.addWidget(Label(said, self, weight=600, align=_CENTRE))
        rest = self.tr(
            "Nothing to type: Approve leads back to it. A login that began in another browser "
            "is not let in."
        )
        column.addWidget(Label(rest, self, ink=Ink.QUIET, align=_CENTRE))
        self.typing = LinkButton(self.tr("Type the code instead"), self)
        self.typing.clicked.connect(self.typing_asked)
        column.addWidget(self.typing, 0, _CENTRE)

    def _add_choices(self, column: QVBoxLayout, numbers: tuple[str, ...]) -> None:
        prompt = (
            self.tr("Press the number shown on the login page")
            if all(number.isdecimal() for number in numbers)
            else self.tr("Press what the login page shows")
        )
        column.addWidget(Label(prompt, self, weight=600, align=_CENTRE))
        self.choices = NumberChoice(numbers, prompt, self)
        self.choices.setAccessibleDescription(
            self.tr("Type it or use the arrow keys, then press Enter")
        )
        self.choices.chosen.connect(self.chosen)
        column.addWidget(self.choices)
        column.addWidget(
            Label(
                self.tr("Pressing it approves. If it is not among these, deny."),
                self,
                size=12.5,
                ink=Ink.QUIET,
                align=_CENTRE,
            )
        )

    @property
    def complete(self) -> bool:
        """Whether everything asked for is there."""
        typed = self.cells is None or self.cells.complete
        return typed and (self.again is None or self.again.complete)

    @property
    def code(self) -> str:
        """The code as typed; empty where none is."""
        return self.cells.text() if self.cells is not None else ""

    def focus(self) -> None:
        """Put the keyboard where typing begins."""
        if self.cells is not None:
            self.cells.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.again is not None and not self.again.by_keyring:
            self.again.password.setFocus()
        elif self.choices is not None:
            self.choices.setFocus(Qt.FocusReason.OtherFocusReason)

    def let_choose(self, possible: bool) -> None:
        """Make the numbers pressable, or not yet."""
        if self.choices is not None:
            for button in self.choices.buttons:
                button.setEnabled(possible and self.complete)
