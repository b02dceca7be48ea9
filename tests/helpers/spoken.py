"""What a screen reader finds in a widget, asked inside the process: cheap enough for every place."""

from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

_MOST_ROWS = 60  # of one list


def spoken_parts(widget: QWidget) -> Iterator[QAccessibleInterface]:
    """Return everything in `widget` that a screen reader comes to."""
    yield from _walk(QAccessible.queryAccessibleInterface(widget))


def _walk(part: QAccessibleInterface | None) -> Iterator[QAccessibleInterface]:
    # The stubs take a State for a number.
    if part is None or not part.isValid() or part.state().invisible:  # type: ignore[attr-defined]
        return
    yield part
    for number in range(min(part.childCount(), _MOST_ROWS)):
        yield from _walk(part.child(number))
