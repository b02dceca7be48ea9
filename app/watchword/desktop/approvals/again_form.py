"""Who approves? Asked again where a server wants that: the vault's password, or this computer's keyring."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.look.widgets.text_field import PasswordField

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class AgainForm(QWidget):
    """The password, unless the person asks for the other way; nothing is asked before the answer."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, keyring: bool = False) -> None:
        """`keyring`: it opens the vault, and so may stand for the password."""
        super().__init__(parent)
        self.by_keyring = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.password = PasswordField(
            self.tr("Password of the vault"),
            self,
            hint=self.tr("Password, as the server wants"),
        )
        self.password.text_changed.connect(self.changed)
        column.addWidget(self.password)
        self._said = Label(
            self.tr("This computer’s keyring is asked when you approve."), self, align=_CENTRE
        )
        self._said.hide()
        column.addWidget(self._said)
        self.other_way = LinkButton("", self)
        self.other_way.clicked.connect(self._change_way)
        self.other_way.setVisible(keyring)
        column.addWidget(self.other_way, 0, _CENTRE)
        self._name_other_way()

    @property
    def complete(self) -> bool:
        """Whether it can be asked."""
        return self.by_keyring or bool(self.password.text())

    def show_wrong(self) -> None:
        """It was not right: the password is typed, again or instead."""
        if self.by_keyring:
            self._change_way()
        else:
            self.password.show_wrong(True)
        self.password.setFocus()

    def _change_way(self) -> None:
        self.by_keyring = not self.by_keyring
        self.password.clear()
        self.password.setVisible(not self.by_keyring)
        self._said.setVisible(self.by_keyring)
        self._name_other_way()
        if not self.by_keyring:
            self.password.setFocus()
        self.changed.emit()

    def _name_other_way(self) -> None:
        self.other_way.set_text(
            self.tr("Type the password instead")
            if self.by_keyring
            else self.tr("Use this computer’s keyring instead")
        )
