"""Several accounts before any of them is saved: each ticked or not, all saved together."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watchword.desktop.look.texts import plural, said
from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.tick_row import TickCard, TickRow
from watchword.enrolment.batch import Batch
from watchword.enrolment.preview import AccountPreview, Addition, Likeness, keep_both, replace
from watchword.errors import WatchwordError


class BatchPage(ColumnPage):
    """Shows one batch. Nothing is saved by this page; it says what was confirmed."""

    confirmed = Signal(object)  # tuple[Addition, ...], at least one
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Add accounts"), parent, back=True)
        self.back_pressed.connect(self.cancelled)
        self._heading = self.add_heading("")
        self._text = self.add_text("", ink=Ink.QUIET)
        self.remark = Notice(self)
        self.column.addWidget(self.remark)
        self._card = TickCard(self)
        self.column.addWidget(self._card)
        self._skipped_name = self.add_text(self.tr("Cannot be added"), size=12.5, weight=600)
        self._skipped = FactList(self)
        self.column.addWidget(self._skipped)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.notice = Notice(self)
        footer.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(10 - 2 * RING)
        self.cancel_button = GhostButton(self.tr("Cancel"), self)
        self.cancel_button.clicked.connect(self.cancelled)
        row.addWidget(self.cancel_button, 10)
        self.confirm_button = PrimaryButton("", self)
        self.confirm_button.clicked.connect(self._confirm)
        row.addWidget(self.confirm_button, 14)
        footer.addLayout(row)
        self._rows: list[tuple[AccountPreview, TickRow]] = []

    def show_batch(self, shown: Batch, remark: str = "") -> None:
        """Show `shown`, and say `remark`, a sentence about what was left out."""
        self.notice.hide()
        self._busy(False)
        self._rows = [(each, self._row(each)) for each in shown.previews]
        rows = [row for _, row in self._rows]
        self._card.show_rows(rows)
        self._card.setVisible(bool(rows))
        self._skipped.show_facts(
            [Fact("warning", said(each.name), _sentence(each.reason)) for each in shown.skipped]
        )
        for widget in (self._skipped, self._skipped_name):
            widget.setVisible(bool(shown.skipped))
        self._show_texts(shown, remark)
        self._count()
        self.area.verticalScrollBar().setValue(0)

    def forget(self) -> None:
        """Let go of what was shown: no secret stays with a page that is not on the screen."""
        self._rows = []
        self._card.show_rows([])
        self._skipped.show_facts([])

    def heading(self) -> str:
        """Return what this page asks, or says."""
        return self._heading.text()

    def rows(self) -> list[TickRow]:
        """Return the rows, in the order of the batch."""
        return [row for _, row in self._rows]

    def show_error(self, error: WatchwordError) -> None:
        """Say why nothing was saved; it can be tried again."""
        self._busy(False)
        self.notice.show_error(error)

    def _show_texts(self, shown: Batch, remark: str) -> None:
        new = any(each.likeness is not Likeness.DUPLICATE for each in shown.previews)
        if new:
            self._heading.setText(self.tr("Which accounts do you want to add?"))
        elif shown.previews:
            self._heading.setText(self.tr("You have these accounts already"))
        else:
            self._heading.setText(self.tr("None of these accounts can be added"))
        self._text.setText(
            self.tr("Their codes are computed on this computer, without a network.")
        )
        self._text.setVisible(new)
        if shown.missing:
            title = self.tr("{n} of {size} QR codes were scanned").format(
                n=shown.parts - len(shown.missing), size=shown.parts
            )
            rest = self.tr("The accounts of the others are not in this list.")
            self.remark.show_texts(title, " ".join(filter(None, (rest, remark))), kind="warn")
        elif remark:
            self.remark.show_texts(self.tr("Not everything could be read"), remark, kind="warn")
        else:
            self.remark.hide()

    def _row(self, shown: AccountPreview) -> TickRow:
        account = shown.account
        duplicate = shown.likeness is Likeness.DUPLICATE
        alike = shown.like is not None and not duplicate
        row = TickRow(
            account.issuer or account.account or self.tr("Without a name"),
            (account.account if account.issuer else "") or said(shown.type_line),
            [said(warning) for warning in shown.warnings],
            self,
            other=self.tr("Replace the one I have") if alike else "",
        )
        row.tick.setEnabled(not duplicate)
        row.tick.setChecked(not duplicate)
        row.tick.toggled.connect(self._count)
        row.other.toggled.connect(self._replace_once)
        return row

    def _replace_once(self, on: bool) -> None:
        """Let one account be replaced by one only: the one that was chosen last."""
        chosen = self.sender() if on else None
        like = next((shown.like for shown, row in self._rows if row.other is chosen), None)
        for shown, row in self._rows:
            if row.other is not chosen and like is not None and shown.like == like:
                row.other.setChecked(False)

    def _count(self) -> None:
        n = sum(row.tick.isChecked() for _, row in self._rows)
        self.confirm_button.setEnabled(n > 0)
        self.confirm_button.set_text(plural("Add 1 account", "Add {n} accounts", n))

    def _busy(self, busy: bool) -> None:
        for widget in (self.confirm_button, self.cancel_button, self._card):
            widget.setEnabled(not busy)

    def _confirm(self) -> None:
        additions: list[Addition] = []
        for shown, row in self._rows:
            if row.tick.isChecked():
                additions.append((replace if row.other.isChecked() else keep_both)(shown))
        self.notice.hide()
        self._busy(True)
        self.confirmed.emit(tuple(additions))


def _sentence(reason: str) -> str:
    return said(f"{reason[:1].upper()}{reason[1:]}.")
