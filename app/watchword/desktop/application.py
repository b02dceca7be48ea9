"""The composition root: builds everything once and passes it down."""


def run(arguments: list[str]) -> int:
    """Start the app with the command line `arguments`; return its exit status."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(arguments)
    window = QMainWindow()
    window.setWindowTitle("Watchword")
    window.show()
    return application.exec()
