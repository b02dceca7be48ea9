"""A row's code as it is written, and where it is written anew."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont

from watchword.desktop.accounts.rows import Row


@dataclass(frozen=True, slots=True)
class CodeText:
    """A code and the line below it: words, letters, and how wide the wider one is, in px."""

    code: str
    font: QFont
    below: str
    small: QFont
    width: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A row whose code is to be drawn anew."""

    pixels: QRect  # what it and the code before it cover
    place: QRectF  # the code stands at its right
    row: Row
    text: CodeText
