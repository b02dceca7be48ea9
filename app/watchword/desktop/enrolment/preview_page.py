"""What would be added, before anything is: shown whole, confirmed or left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watchword.desktop.look.brands import brand_for
from watchword.desktop.look.texts import said
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.monogram import Monogram
from watchword.desktop.look.widgets.text_field import TextField
from watchword.enrolment.preview import (
    AccountPreview,
    Addition,
    Likeness,
    LinkPreview,
    Preview,
    SignInPreview,
    keep_both,
    replace,
)
from watchword.errors import WatchwordError

DEVICE_NAME_LIMIT = 64


class PreviewPage(ColumnPage):
    """Shows one preview. Nothing is saved or contacted by this page; it says what was confirmed."""

    confirmed = Signal(object)  # Addition
    link_confirmed = Signal(object, str)  # LinkPreview or SignInPreview, this computer's name
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, back=True)
        self.bar.show()
        self.back_pressed.connect(self.cancelled)
        self._shown: Preview | SignInPreview | None = None
        head = QHBoxLayout()
        head.setContentsMargins(RING, 0, RING, 0)
        head.setSpacing(12)
        self._mark = Monogram(48, self)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._heading = Label("", self, size=19, weight=700, lines=3)
        head.addWidget(self._heading, 1, Qt.AlignmentFlag.AlignVCenter)
        self.column.addLayout(head)
        self.facts = FactList(self)
        self.column.addWidget(self.facts)
        self._text = self.add_text("", ink=Ink.QUIET)
        self._name_label = self.add_text(
            self.tr("Name of this computer, as the server will list it"), size=12.5, ink=Ink.QUIET
        )
        self.device_name = TextField(self.tr("Name of this computer"), self)
        self.device_name.edit.setMaxLength(DEVICE_NAME_LIMIT)
        self.column.addWidget(self.device_name)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        self._replace = GhostButton(self.tr("Replace the one I have"), self)
        self._replace.clicked.connect(self._confirm_replacing)
        footer = add_footer(self)
        footer.addWidget(self._replace)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.cancel_button = GhostButton(self.tr("Cancel"), self)
        self.cancel_button.clicked.connect(self.cancelled)
        row.addWidget(self.cancel_button, 10)
        self.confirm_button = PrimaryButton("", self)
        self.confirm_button.clicked.connect(self._confirm)
        row.addWidget(self.confirm_button, 14)
        footer.addLayout(row)

    def show_preview(
        self, shown: Preview | SignInPreview, device_name: str, remark: str = ""
    ) -> None:
        """Show `shown`; `device_name` is proposed for a computer to be linked.

        `remark` is a sentence about what else was given and could not be read.
        """
        self._shown = shown
        self.notice.hide()
        if remark:
            self.notice.show_texts(self.tr("Not everything could be read"), remark, kind="warn")
        self.show_busy(False)
        # A server that gives no codes never hears what this computer is called.
        named = isinstance(shown, SignInPreview) or (
            isinstance(shown, LinkPreview) and shown.gives_codes
        )
        for widget in (self.device_name, self._name_label):
            widget.setVisible(named)
        self._replace.hide()
        self.cancel_button.setVisible(True)
        if isinstance(shown, LinkPreview | SignInPreview):
            self._show_link(shown, device_name)
        else:
            self._show_account(shown)

    def _show_account(self, shown: AccountPreview) -> None:
        account = shown.account
        name = account.issuer or account.account
        self._mark.show_name(name, brand_for(name))
        duplicate = shown.likeness is Likeness.DUPLICATE
        self.bar.title.setText(self.tr("Add account"))
        if duplicate:
            self._heading.setText(self.tr("You have this account already"))
        else:
            heading = self.tr("Add {name}?").format(name=name or self.tr("this account"))
            self._heading.setText(heading)
        # Beside warnings, comfort is noise.
        self._text.setVisible(bool(shown.answer) or not shown.warnings)
        self._text.setText(
            self.tr(
                "One step more follows: once it is saved, you are shown what to type at the "
                "server. Before that its codes do not count there."
            )
            if shown.answer
            else self.tr("Its codes are computed on this computer, without a network.")
        )
        facts = [
            Fact("globe", account.issuer or self.tr("No service named"), self.tr("Service")),
            Fact("user", account.account or self.tr("No account name"), self.tr("Account")),
            Fact("clock", said(shown.type_line), self.tr("Codes")),
        ]
        facts += [Fact("warning", said(warning), warning=True) for warning in shown.warnings]
        self.facts.show_facts(facts)
        alike = shown.likeness in {Likeness.SAME_SECRET, Likeness.SAME_LABEL}
        self._replace.setVisible(alike)
        self.cancel_button.setVisible(not duplicate)
        if duplicate:
            self.confirm_button.set_text(self.tr("Done"))
        else:
            self.confirm_button.set_text(self.tr("Keep both") if alike else self.tr("Add account"))

    def _show_link(self, shown: LinkPreview | SignInPreview, device_name: str) -> None:
        self.bar.title.setText(self.tr("Link this computer"))
        self._mark.show_name(shown.host)
        self._heading.setText(self.tr("Link this computer to {host}?").format(host=shown.host))
        facts = [Fact("globe", shown.host, self.tr("The server that will be contacted"))]
        if isinstance(shown, LinkPreview):
            facts += self._named(shown)
        facts += [Fact("warning", said(warning), warning=True) for warning in shown.warnings]
        self.facts.show_facts(facts)
        self._text.show()
        if isinstance(shown, SignInPreview):
            text = self.tr(
                "Nothing has been sent yet. Its page opens in your browser; once linked, it gives "
                "you codes, and asks here when someone logs in."
            )
        elif shown.gives_codes:
            text = self.tr(
                "Nothing has been sent yet. Once linked, it gives you codes, and asks here when "
                "someone logs in. Continue only if you opened its page yourself."
            )
        else:
            text = self.tr(
                "Nothing has been sent yet. Once linked, it asks here when someone logs in. "
                "Continue only if you opened its page yourself."
            )
        self._text.setText(text)
        self.device_name.set_text(device_name)
        self.confirm_button.set_text(self.tr("Continue"))

    def _named(self, shown: LinkPreview) -> list[Fact]:
        """Return what the code says by itself about whose it is."""
        facts = []
        if shown.service:
            self._mark.show_name(shown.service, brand_for(shown.service))
            facts.append(Fact("door", shown.service, self.tr("Service, as the code names it")))
        if shown.account:
            facts.append(Fact("user", shown.account, self.tr("Account")))
        return facts

    def forget(self) -> None:
        """Let go of what was shown: no secret stays with a page that is not on the screen."""
        self._shown = None
        self.facts.show_facts([])
        self.device_name.clear()

    def heading(self) -> str:
        """Return the question this page asks."""
        return self._heading.text()

    def show_busy(self, busy: bool) -> None:
        """Take no second answer while the first one is carried out."""
        for widget in (self.confirm_button, self._replace, self.cancel_button):
            widget.setEnabled(not busy)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not saved; it can be tried again."""
        self.show_busy(False)
        self.notice.show_error(error)

    def _confirm(self) -> None:
        shown = self._shown
        if isinstance(shown, LinkPreview | SignInPreview):
            self.link_confirmed.emit(shown, self.device_name.text().strip())
        elif shown is not None and shown.likeness is Likeness.DUPLICATE:
            self.cancelled.emit()
        elif shown is not None:
            self._send(keep_both(shown))

    def _confirm_replacing(self) -> None:
        if isinstance(self._shown, AccountPreview):
            self._send(replace(self._shown))

    def _send(self, addition: Addition) -> None:
        self.notice.hide()
        self.show_busy(True)
        self.confirmed.emit(addition)
