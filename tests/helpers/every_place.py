"""Goes through every place of the window as `make screenshots` does, and looks at it without eyes.

Imported after the application is made: the pictures want a scale of their own.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLayout,
    QScrollArea,
    QWidget,
)
from screenshots import HEIGHT, WIDTH, Studio
from spoken import spoken_parts

from watchword.desktop.look.widgets.toast import Toast
from watchword.desktop.shell.main_window import MainWindow

# A list opened over the page covers controls that Tab would close it for.
COVERED = {"edit-icon"}
_LEAST = 24  # px of a control that are to be seen, at least, when the keyboard comes to it


class Walker(Studio):
    """Takes no pictures; writes down what somebody without eyes or mouse could not do."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application, "light")
        self.places: list[str] = []
        self.kinds: set[str] = set()  # all classes of widgets that were seen
        self.faults: list[str] = []

    def wait(self, until: Callable[[], bool] = lambda: False, seconds: float = 0.4) -> None:
        # What only lets the eye see a picture is left out.
        self._hush()
        if seconds in {0.4, 1.5}:
            self.application.processEvents()
        else:
            super().wait(until, seconds)

    def _hush(self) -> None:
        for toast in self.window.findChildren(Toast):
            toast._gone.stop()
            toast.hide()

    def close(self) -> None:
        self._hush()
        super().close()

    def take(self, name: str, *, wide: bool = False) -> None:
        self.window.resize(*((1000, 700) if wide else (WIDTH, HEIGHT)))
        self.window.show()
        self.window.activateWindow()
        self.application.processEvents()
        self.places.append(name)
        self.kinds |= {
            kind.__name__ for each in _shown(self.window) for kind in type(each).__mro__
        }
        self._look_for_names(name)
        if name not in COVERED:
            focused = QApplication.focusWidget()
            self._walk_by_tab(name)
            if focused is not None and focused.isVisible():
                focused.setFocus()

    def _look_for_names(self, place: str) -> None:
        for part in spoken_parts(self.window):
            what = part.object()
            named = part.text(QAccessible.Text.Name).strip()
            if part.state().focusable and not named:  # type: ignore[attr-defined]
                self.faults.append(f"{place}: a {type(what).__name__} has no name")
            if isinstance(what, QLabel) and not named:
                parent = type(what.parent()).__name__
                self.faults.append(f"{place}: an empty text is read in {parent}")

    def _walk_by_tab(self, place: str) -> None:
        window: QWidget = self.window  # or a dialog for a moment
        over = (window.sheet if isinstance(window, MainWindow) else None) or window
        expected = {each for each in _shown(over) if _takes_tab(each)}
        came_to: list[QWidget] = []
        for _ in range(len(expected) + 2):
            QTest.keyClick(QApplication.focusWidget() or self.window, Qt.Key.Key_Tab)
            here = QApplication.focusWidget()
            if here is None or here in came_to:
                break
            came_to.append(here)
            self._look_at(place, here)
        if here is not came_to[0]:
            self.faults.append(f"{place}: Tab does not come back to where it began")
        for missed in expected - set(came_to):
            self.faults.append(f"{place}: Tab does not come to {_called(missed)}")
        # What floats over the others in a corner comes after them.
        laid_out = [each for each in came_to if not _floats(each)]
        top = min(range(len(laid_out)), key=lambda n: _reading(self.window, laid_out[n]))
        around = laid_out[top:] + laid_out[:top]
        for before, after in pairwise(around):
            if _goes_back(*_boxes(self.window, before, after)):
                self.faults.append(f"{place}: {_called(after)} comes after {_called(before)}")

    def _look_at(self, place: str, here: QWidget) -> None:
        # What a list shows is its viewport, which is opaque and covers the list itself.
        shown = here.viewport() if isinstance(here, QAbstractScrollArea) else here
        seen, whole = shown.visibleRegion().boundingRect(), shown.rect()
        if seen.width() < min(_LEAST, whole.width()) or seen.height() < min(
            _LEAST, whole.height()
        ):
            self.faults.append(f"{place}: {_called(here)} has the keyboard and is not seen")
        box = _box(self.window, here)
        if box.left() < 0 or box.right() > self.window.width():
            self.faults.append(f"{place}: {_called(here)} stands outside of the window")


def _shown(widget: QWidget) -> Iterator[QWidget]:
    for part in widget.children():
        if isinstance(part, QWidget) and part.isVisible() and not part.isWindow():
            yield part
            yield from _shown(part)


def _floats(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    layout = parent.layout() if parent is not None else None
    return layout is not None and not _holds(layout, widget)


def _holds(layout: QLayout, widget: QWidget) -> bool:
    if layout.indexOf(widget) >= 0:
        return True
    inner = (layout.itemAt(number) for number in range(layout.count()))
    layouts = [item.layout() for item in inner if item is not None]
    return any(_holds(each, widget) for each in layouts if each is not None)


def _takes_tab(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    return (
        widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & tab == tab
        and widget.focusProxy() is None
        and not widget.window().isHidden()
    )


def _called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"


def _area(widget: QWidget) -> QScrollArea | None:
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


def _box(over: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(over, QPoint(0, 0)), widget.size())


def _boxes(over: QWidget, one: QWidget, other: QWidget) -> tuple[QRect, QRect]:
    """Return where two controls stand; what scrolls, as a whole where only one of them is in it."""
    areas = _area(one), _area(other)
    if areas[0] is areas[1]:
        return _box(over, one), _box(over, other)
    first, second = (
        _box(over, each if area is None else area.viewport())
        for each, area in zip((one, other), areas, strict=True)
    )
    return first, second


def _reading(over: QWidget, widget: QWidget) -> tuple[int, int]:
    area = _area(widget)
    middle = _box(over, widget).center()
    if area is not None:
        middle.setY(middle.y() + area.verticalScrollBar().value())
    return middle.y() // 24, middle.x()


def _goes_back(before: QRect, after: QRect) -> bool:
    """Whether who reads from the left and from the top would have read `after` first."""
    beside = after.left() >= before.right()  # another column may begin at the top again
    above = after.bottom() <= before.top() and not beside
    left = after.right() <= before.left()
    return above or (left and after.top() < before.bottom() and before.top() < after.bottom())
