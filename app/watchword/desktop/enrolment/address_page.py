"""Sign in from this computer, the first page: which server."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import rest_of, said
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_field import TextField
from watchword.enrolment.server_address import read_address
from watchword.errors import InvalidInput
from watchword.protocol.origin import Origin

_LONGEST = 1024
_PAUSE_MS = 400


class AddressPage(ColumnPage):
    """One field; below it which server is meant, in ASCII, or what is wrong."""

    read = Signal(object)  # Origin

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Sign in from this computer"), parent, back=True)
        self._is_wrong = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._show_remark)
        self.add_text(
            self.tr(
                "Your browser opens the server’s page. There you sign in and authorise this "
                "computer, without a QR code."
            ),
            ink=Ink.QUIET,
        )
        self.add_name(self.tr("Address of the server"))
        self.address = TextField(
            self.tr("Address of the server"), self, hint="login.example.org", icon="globe"
        )
        self.address.edit.setMaxLength(_LONGEST)
        self.address.text_changed.connect(self._changed)
        self.address.entered.connect(self._read)
        self.column.addWidget(self.address)
        self.remark = self.add_text("", size=12.5)
        self.notices = self.add_text("", size=12.5, ink=Ink.WARN)
        self.column.addStretch(1)
        self.add_text(
            self.tr(
                "Here the server’s certificate alone vouches for it. A QR code on its page proves "
                "more: scan that where you can."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )
        self.button = PrimaryButton(self.tr("Continue"), self)
        self.button.clicked.connect(self._read)
        add_footer(self).addWidget(self.button)
        self._changed()

    def forget(self) -> None:
        """Empty the field."""
        self.address.clear()

    def _origin(self) -> Origin | None:
        try:
            return read_address(self.address.text())
        except InvalidInput:
            return None

    def _changed(self) -> None:
        typed = bool(self.address.text().strip())
        self.button.setEnabled(typed)
        # What is right is said at once; what is wrong waits for a pause in the typing.
        if self._origin() is not None or not typed:
            self._show_remark()
            return
        if not self._is_wrong:
            self._say("")
        self._pause.start()

    def _show_remark(self) -> None:
        self._pause.stop()
        if not self.address.text().strip():
            self._say("")
            return
        try:
            origin = read_address(self.address.text())
        except InvalidInput as error:
            self._say(rest_of(error), wrong=True)
        else:
            host = self.tr("The server is {host}").format(host=origin.authority)
            self._say(host, " ".join(map(said, origin.notices)))

    def _say(self, text: str, notices: str = "", *, wrong: bool = False) -> None:
        self._is_wrong = wrong
        for label, shown in ((self.remark, text), (self.notices, notices)):
            label.setVisible(bool(shown))
            label.show_text(shown)
        self.remark.set_ink(Ink.DENY if wrong else Ink.QUIET)
        self.address.show_wrong(wrong)
        self.address.edit.setAccessibleDescription(f"{text} {notices}".strip())

    def _read(self) -> None:
        if not self.button.isEnabled():
            return
        self._show_remark()
        origin = self._origin()
        if origin is None:
            self.address.setFocus()
        else:
            self.read.emit(origin)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.address.setFocus()
