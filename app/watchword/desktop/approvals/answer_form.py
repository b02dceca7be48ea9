"""What the person carries over from the login page: typed cells, a choice of numbers, or nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.code_cells import CROCKFORD, DIGITS, CodeCells
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.number_choice import NumberChoice
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.providers.login_request import LoginRequest, Match

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class AnswerForm(QWidget):
    """Made for one request; `changed` whenever `complete` may have changed."""

    changed = Signal()
    chosen = Signal(str)  # one of the offered numbers was pressed
    typing_asked = Signal()  # the code is to be typed, although a link stands for it

    def __init__(
        self, request: LoginRequest, parent: QWidget | None = None, *, by_link: bool = False
    ) -> None:
        """`by_link`: a browser on this computer handed the request over, and nothing is typed."""
        super().__init__(parent)
        self.cells: CodeCells | None = None
        self.password: PasswordField | None = None
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
            if request.ask_password:
                self._add_password(column)
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
        if request.ask_password and self.password is None:
            self._add_password(column)

    def _add_password(self, column: QVBoxLayout) -> None:
        self.password = PasswordField(
            self.tr("Password of the vault"),
            self,
            hint=self.tr("Password of the vault, as the server wants"),
        )
        self.password.text_changed.connect(self.changed)
        column.addWidget(self.password)

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
        return typed and (self.password is None or bool(self.password.text()))

    @property
    def code(self) -> str:
        """The code as typed; empty where none is."""
        return self.cells.text() if self.cells is not None else ""

    def focus(self) -> None:
        """Put the keyboard where typing begins."""
        if self.cells is not None:
            self.cells.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.password is not None:
            self.password.setFocus()
        elif self.choices is not None:
            self.choices.setFocus(Qt.FocusReason.OtherFocusReason)

    def let_choose(self, possible: bool) -> None:
        """Make the numbers pressable, or not yet."""
        if self.choices is not None:
            for button in self.choices.buttons:
                button.setEnabled(possible and self.complete)
