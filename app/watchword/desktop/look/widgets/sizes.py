"""How much room widgets ask for."""

from PySide6.QtWidgets import QSizePolicy, QWidget


def grow_with_texts(widget: QWidget) -> None:
    """Let layouts give the widget the height that what is in it needs at its width."""
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
