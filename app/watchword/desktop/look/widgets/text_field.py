"""Fields to type into: one line of text, a password, a search."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.texts import inside
from watchword.desktop.look.theme import (
    CONTROL_CORNER,
    FIELD_HEIGHT,
    RING,
    blend,
    colours_of,
    text_font,
)
from watchword.desktop.look.widgets.buttons import IconButton
from watchword.desktop.look.widgets.menu import offer_editing
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_glow, painter_on


class TextField(QWidget):
    """A framed line edit with a name; the frame glows while it has the keyboard.

    Pictures and files are left to the window, when pasted or dragged: a field takes text.
    """

    text_changed = Signal(str)
    entered = Signal()  # Enter was pressed

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        hint: str = "",
        icon: str = "",
        height: int = FIELD_HEIGHT,
    ) -> None:
        """`name` is what a screen reader says; `hint` stands in the empty field."""
        super().__init__(parent)
        self._icon = icon
        self._height = height
        self._wrong = False
        self.edit = QLineEdit(self)
        self.edit.setFrame(False)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(hint)
        self.edit.setFont(text_font(15))
        self.edit.setMinimumWidth(40)
        self.edit.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
        self.edit.setBackgroundRole(QPalette.ColorRole.NoRole)
        clear = QPalette()
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        # Only this one role is fixed: every other colour still follows the application's.
        self.edit.setPalette(clear)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._changed)
        self.edit.returnPressed.connect(self.entered)
        self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.edit.customContextMenuRequested.connect(self._offer)
        self.setFocusProxy(self.edit)
        self.row = QHBoxLayout(self)
        left = 40 if icon else 12
        self.row.setContentsMargins(RING + left, RING + 2, RING + 8, RING + 2)
        self.row.setSpacing(2)
        self.row.addWidget(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _offer(self, at: QPoint) -> None:
        offer_editing(self.edit, at)

    def text(self) -> str:
        """Return what was typed."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put `text` into the field."""
        self.edit.setText(text)

    def clear(self) -> None:
        """Empty the field; a password leaves no undo behind."""
        self.edit.clear()
        self.edit.setModified(False)

    def set_hint(self, hint: str) -> None:
        """Change what stands in the empty field."""
        self.edit.setPlaceholderText(hint)

    def show_wrong(self, wrong: bool) -> None:
        """Frame the field in red until something else is typed."""
        self._wrong = wrong
        self.update()

    def _changed(self, text: str) -> None:
        self.show_wrong(False)
        self.text_changed.emit(text)

    def sizeHint(self) -> QSize:
        height = max(self._height, self.edit.fontMetrics().height() + 20)
        return QSize(240, height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        if _brings_no_text(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        if not self.isEnabled():
            painter.setOpacity(0.6)
        if self._wrong:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.deny_weak)
            out = RING
            painter.drawRoundedRect(
                body.adjusted(-out, -out, out, out), CONTROL_CORNER + out, CONTROL_CORNER + out
            )
            border, width = colours.deny, 1.5
        elif self.edit.hasFocus():
            draw_glow(painter, body, CONTROL_CORNER, colours)
            border, width = colours.accent, 1.5
        elif self.underMouse():
            border, width = blend(colours.text, colours.outline, 0.3), 1.0
        else:
            border, width = colours.outline, 1.0
        draw_body(painter, body, CONTROL_CORNER, colours.surface, border, width)
        if self._icon:
            box = QRectF(body.left() + 13, body.center().y() - 9, 18, 18)
            draw_icon(painter, self._icon, box, colours.faint)


def _brings_no_text(event: QEvent) -> bool:
    """Whether `event` begins a paste or drop of a picture or of files."""
    if isinstance(event, QDragEnterEvent):
        data = event.mimeData()
    elif (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and event.matches(QKeySequence.StandardKey.Paste)
    ):
        data = QGuiApplication.clipboard().mimeData()
    else:
        return False
    # Office programs copy a picture of a text along with it.
    only_picture = data.hasImage() and not data.hasText()
    return only_picture or any(url.isLocalFile() for url in data.urls())


class PasswordField(TextField):
    """A field whose text is hidden until its eye is pressed; kept out of undo and prediction."""

    def __init__(self, name: str, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(name, parent, hint=hint)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._eye = IconButton("eye", self.tr("Show {name}").format(name=inside(name)), self)
        self._name = name
        self.text_changed.connect(self._choose_font)
        self._eye.clicked.connect(self._toggle)
        self.row.setContentsMargins(RING + 12, RING + 2, RING + 2, RING + 2)
        self.row.addWidget(self._eye)

    def _toggle(self) -> None:
        self.show_text(self.edit.echoMode() == QLineEdit.EchoMode.Password)
        self.edit.setFocus()

    def show_text(self, shown: bool) -> None:
        """Show or hide what was typed."""
        name = inside(self._name)
        if shown:
            self.edit.setEchoMode(QLineEdit.EchoMode.Normal)
            self._eye.show_as("eye-off", self.tr("Hide {name}").format(name=name))
        else:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self._eye.show_as("eye", self.tr("Show {name}").format(name=name))
        self._choose_font()

    def _choose_font(self) -> None:
        """Draw hidden text as small dots set apart, and all else as text."""
        hidden = self.edit.text() and self.edit.echoMode() == QLineEdit.EchoMode.Password
        font = text_font(10 if hidden else 15)
        if hidden:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 3)
        self.edit.setFont(font)


class SearchField(TextField):
    """A lower field with a lens, and a cross that empties it."""

    def __init__(self, name: str, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(name, parent, hint=hint, icon="search", height=40)
        self.edit.setFont(text_font(14))
        self._cross = IconButton("close", self.tr("Empty the search"), self)
        self._cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cross.clicked.connect(self.clear)
        self._cross.hide()
        self.row.setContentsMargins(RING + 40, RING + 1, RING + 1, RING + 1)
        self.row.addWidget(self._cross)
        self.text_changed.connect(self._show_cross)

    def _show_cross(self, text: str) -> None:
        self._cross.setVisible(bool(text))
