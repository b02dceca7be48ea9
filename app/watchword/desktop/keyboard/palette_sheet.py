"""Ctrl+K: a field, and below it what its letters find among accounts, actions and settings."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.keyboard.finding import Entry, Finder
from watchword.desktop.keyboard.palette_rows import BrandOf, PaletteModel, PaletteView, spoken
from watchword.desktop.look.theme import RING, colours_of, text_scale
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import painter_on
from watchword.desktop.look.widgets.sheet import Sheet
from watchword.desktop.look.widgets.text_field import SearchField

_TALLEST = 472
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_FAR = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class _Foot(QWidget):
    """The line that says what the keys do here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 9, 18, 10)
        self.text = Label("", self, size=12.5, ink=Ink.QUIET, lines=2)
        column.addWidget(self.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter_on(self).fillRect(QRectF(1, 0, self.width() - 2, 1), colours_of(self).border)


class PaletteSheet(Sheet):
    """The keyboard stays in the field; the arrows walk through what is found."""

    taken = Signal(object, bool)  # an Entry, and whether it is only to be shown

    def __init__(
        self,
        finder: Finder,
        hint_of: Callable[[Entry], str],
        brand_of: BrandOf,
        over: QWidget,
        beneath: QWidget,
    ) -> None:
        """`hint_of` says what Enter does with an entry, `brand_of` whose icon an account has."""
        super().__init__(
            self.tr("Find an account, an action or a setting"),
            over,
            beneath,
            tallest=round(_TALLEST * text_scale()),
        )
        self._finder = finder
        self._hint_of = hint_of
        self._model = PaletteModel(self)
        top = QVBoxLayout()
        top.setContentsMargins(12 - RING, 12 - RING, 12 - RING, 8 - RING)
        self.field = SearchField(
            self.tr("Find"), self.card, hint=self.tr("Find an account, an action or a setting")
        )
        self.field.text_changed.connect(self._search)
        self.field.edit.installEventFilter(self)
        top.addWidget(self.field)
        self.column.addLayout(top)
        self.view = PaletteView(self._model, brand_of, self.card)
        self.view.taken.connect(self._take)
        self.view.typed.connect(self._type)
        self.view.selectionModel().currentChanged.connect(self._show_hint)
        self.column.addWidget(self.view, 1)
        self._nothing = Label(
            "", self.card, ink=Ink.QUIET, align=Qt.AlignmentFlag.AlignHCenter, lines=4, inset=18
        )
        self.column.addWidget(self._nothing, 1)
        self._foot = _Foot(self.card)
        self.column.addWidget(self._foot)
        self._search("")

    def found(self) -> list[Entry]:
        """Return what is shown."""
        return list(self._model.entries)

    def _search(self, text: str) -> None:
        found = self._finder.find(text)
        self._model.show_entries(found)
        self.view.setVisible(bool(found))
        self._nothing.setVisible(not found)
        if found:
            self.view.light(0)
            self.view.scrollToTop()
        else:
            self._nothing.setText(
                self.tr("Nothing here is called “{text}”.").format(text=text.strip())
            )
        self._show_hint()

    def _show_hint(self) -> None:
        entry = self.view.current()
        self._foot.text.show_text(self._hint_of(entry) if entry else self.tr("Esc closes it."))

    def _type(self, text: str) -> None:
        """Go on with what was typed outside the field."""
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.edit.insert(text)

    def _take(self, entry: Entry, only_show: bool = False) -> None:
        self.taken.emit(entry, only_show)

    def _walk(self, steps: int) -> None:
        self.view.light(self.view.currentIndex().row() + steps)
        if (entry := self.view.current()) is not None:
            # The keyboard stays in the field, so that no screen reader would hear of the row.
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.view, spoken(entry)))

    def _hears(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._walk(_STEPS[key])
        elif key in _FAR:
            rows = max(1, self.view.viewport().height() // max(1, self.view.sizeHintForRow(0)) - 1)
            last = len(self._model.entries) - 1
            row = self.view.currentIndex().row()
            self._walk(max(0, min(last, row + _FAR[key] * rows)) - row)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if (entry := self.view.current()) is not None and not event.isAutoRepeat():
                control = Qt.KeyboardModifier.ControlModifier
                self._take(entry, bool(event.modifiers() & control))
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.field.edit
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and self._hears(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hears(event):
            super().keyPressEvent(event)
