"""The window: shows one page at a time and says short things over it. Knows no page by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from watchword.desktop.look.icons import window_icon
from watchword.desktop.look.tab_order import go_on
from watchword.desktop.look.widgets.key_caps import pressed_keys
from watchword.desktop.look.widgets.title_bar import TitleBar
from watchword.desktop.look.widgets.toast import Toast

if TYPE_CHECKING:
    from watchword.desktop.look.widgets.sheet import Sheet

WIDTH, HEIGHT = 420, 680


class MainWindow(QMainWindow):
    """A stack of pages under one title."""

    closing = Signal()
    shown = Signal(bool)  # it is on the screen now, or is not any more
    page_shown = Signal()  # another page than before

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Watchword")
        self.setWindowIcon(window_icon())
        self.setMinimumSize(340, 480)
        self.resize(WIDTH, HEIGHT)
        whole = QWidget(self)
        self._column = QVBoxLayout(whole)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._pages = QStackedWidget(whole)
        self._pages.currentChanged.connect(self.page_shown)
        self._column.addWidget(self._pages, 1)
        self._whole = whole
        self.setCentralWidget(whole)
        self._toast = Toast(self, self._pages)
        self._sheet: Sheet | None = None
        self.may_close: Callable[[], bool] = lambda: True

    def show_page(self, page: QWidget) -> None:
        """Show `page`; it belongs to the window from now on. What lies over the window goes."""
        self.close_sheet()
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

    def put_below(self, strip: QWidget) -> None:
        """Stand a strip below the pages, whichever is shown."""
        self._column.addWidget(strip)

    def drop_page(self, page: QWidget) -> None:
        """Destroy a page that will not be shown again."""
        self._pages.removeWidget(page)
        page.hide()
        # Else PySide6 counts a reference twice that it gives back once: page and session would stay.
        page.setParent(None)
        page.deleteLater()

    def show_sheet(self, sheet: "Sheet", focus: QWidget) -> None:
        """Lay a sheet over whatever is shown, with the keyboard in `focus`."""
        self.close_sheet()
        self._sheet = sheet
        sheet.closed.connect(self._sheet_closed)
        sheet.open(focus)

    def close_sheet(self) -> None:
        """Let the sheet go that lies over the window, if there is one."""
        if self._sheet is not None:
            self._sheet.close_sheet()

    def _sheet_closed(self) -> None:
        self._sheet = None

    @property
    def sheet(self) -> "Sheet | None":
        """The sheet that lies over the page; None while there is none."""
        return self._sheet

    @property
    def beneath(self) -> QWidget:
        """What a sheet lies over."""
        return self._whole

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._pages.currentWidget()

    def say(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """Show a short message for a moment; `action` is a word in it that calls `on_action`."""
        self._toast.say(text, action, on_action)

    def take_back_offer(self) -> None:
        """Let a message that offered something go, as when the vault is locked."""
        self._toast.take_back_offer()

    def said(self) -> str:
        """Return the short message that is being shown; empty for none."""
        return self._toast.text()

    def come_forward(self) -> None:
        """Show the window before others, because the person started the app again."""
        # As large as it was: maximised stays maximised.
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown.emit(False)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go on by Tab in the order in which things stand; what is said at the foot comes last."""
        return go_on([self.beneath, self._toast], self.focusWidget(), forward=forward)

    def _go_back(self) -> bool:
        bars = self.page.findChildren(TitleBar) if self.page is not None else []
        return any(bar.go_back() for bar in bars if bar.isVisible())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hear what no page does: Esc for the arrow at its top, and the keys for a menu.

        Not every system opens the menu of what has the keyboard by itself.
        """
        if event.key() == Qt.Key.Key_Escape and self._go_back():
            return
        focused = QApplication.focusWidget()
        free = QApplication.activePopupWidget() is None
        if pressed_keys(event) in {"Menu", "Shift+F10"} and focused is not None and free:
            middle = focused.rect().center()
            by_key = QContextMenuEvent.Reason.Keyboard
            asked = QContextMenuEvent(by_key, middle, focused.mapToGlobal(middle))
            QApplication.sendEvent(focused, asked)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)
