"""Keeps the look in step with what was chosen, and with what the system says of motion."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.preferences import Preferences
from watchword.settings import Settings
from watchword.system.motion import wants_less_motion


class AppearanceDesk(QObject):
    """Applies the settings when they change; asks the system whenever the app is come back to."""

    def __init__(
        self, application: QApplication, theme: Theme, preferences: Preferences, jobs: Jobs
    ) -> None:
        super().__init__(theme)
        self._theme = theme
        self._jobs = jobs
        self._follow(preferences.now)
        preferences.changed.connect(self._follow)
        # Most desktops only tell who asks, and whoever changes it there leaves our window for it.
        application.applicationStateChanged.connect(self._look_again)

    def _follow(self, settings: Settings) -> None:
        self._theme.follow(settings.appearance)

    def _look_again(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._jobs.run(wants_less_motion, on_done=self._learn)

    def _learn(self, less: bool) -> None:
        self._theme.heed_motion(less)
