"""Tab goes as the eye goes: in the order of the layouts, which is the order on the screen."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def go_on(roots: Sequence[QWidget], here: QWidget | None, *, forward: bool) -> bool:
    """Give the keyboard to what stands after `here` on the screen, or before it; go round at the end.

    Qt's own order is that in which controls were made: what comes later (a banner above the list,
    the code's field of a login request) would be reached last, wherever it stands. `here` may be
    hidden by now, or no control: it goes on from where that stands.
    """
    widgets = [widget for root in roots for widget in _widgets_of(root, here)]
    if not forward:
        widgets.reverse()
    start = widgets.index(here) + 1 if here in widgets else 0
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    for widget in (*widgets[start:], *widgets[:start]):
        if _is_stop(widget):
            widget.setFocus(reason)
            bring_into_view(widget)
            return True
    return False


def bring_into_view(widget: QWidget) -> None:
    """Scroll whatever `widget` lies in, so that it is seen."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def _is_stop(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    # What hands the keyboard on to a part of it (a field) is reached by that part.
    return (
        widget.focusPolicy() & tab == tab
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
    )


def _widgets_of(widget: QWidget, here: QWidget | None) -> Iterator[QWidget]:
    """Return `widget` and what is in it; of what is hidden only the way to `here`."""
    leads_there = here is not None and (widget is here or widget.isAncestorOf(here))
    if not (widget.isVisible() or leads_there):
        return
    yield widget
    if isinstance(widget, QScrollArea):
        if (content := widget.widget()) is not None:
            yield from _widgets_of(content, here)
        return
    seen: set[QWidget] = set()
    if (layout := widget.layout()) is not None:
        for child in _in_layout(layout):
            seen.add(child)
            yield from _widgets_of(child, here)
    # What floats over the others comes after them.
    for part in widget.children():
        if isinstance(part, QWidget) and part not in seen and not part.isWindow():
            yield from _widgets_of(part, here)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    """Return the widgets of a layout in its order.

    Not by `itemAt`: PySide6 keeps what that returns for as long as the layout lives, also when Qt
    has deleted the item, and takes another object at the same address for it. It crashes.
    """
    around = layout.parentWidget()
    parts: list[QWidget | QLayout] = [*layout.findChildren(QLayout, options=_DIRECT)]
    if around is not None:
        parts += around.findChildren(QWidget, options=_DIRECT)
    places = ((layout.indexOf(part), part) for part in parts)
    for _, part in sorted((each for each in places if each[0] >= 0), key=lambda each: each[0]):
        if isinstance(part, QLayout):
            yield from _in_layout(part)
        else:
            yield part
