"""The settings that reach beyond the app: who opens its links, and pictures of the screen."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.texts import whole
from watchword.desktop.settings.system_section import SystemSection
from watchword.desktop.shell.preferences import Preferences
from watchword.errors import WatchwordError
from watchword.plain_text import plain_text
from watchword.system.captures import can_be_left_out
from watchword.system.link_opening import LinkOpening, Openers, link_opening, switch
from watchword.system.paths import data_home, is_portable


class _Links(QObject):
    """Moves the switch only once it is so; takes no other program's place unasked."""

    def __init__(self, section: SystemSection, jobs: Jobs, way: LinkOpening) -> None:
        super().__init__(section)
        self._section = section
        self._jobs = jobs
        self._way = way
        self._openers = Openers(ours=False)
        section.links_asked.connect(self._asked)
        section.links_taken.connect(partial(self._switch, on=True))
        jobs.run(way.look, on_done=self._show, page=section)

    def _show(self, openers: Openers) -> None:
        self._openers = openers
        self._section.show_links(openers.others, ours=openers.ours)

    def _asked(self, on: bool) -> None:
        if on and self._openers.others:
            self._section.ask_for_links()
        else:
            self._switch(on=on)

    def _switch(self, *, on: bool) -> None:
        self._jobs.run(
            partial(switch, self._way, on=on),
            on_done=self._show,
            on_error=self._refused,
            page=self._section,
        )

    def _refused(self, error: WatchwordError) -> None:
        self._section.show_links_refused(whole(error))


def make_system_section(preferences: Preferences, jobs: Jobs) -> SystemSection:
    """Return the section, kept in step with what holds."""
    section = SystemSection(plain_text(str(data_home())) if is_portable() else "")

    def show() -> None:
        section.show_captures(
            left_out=preferences.now.window.hidden_from_captures, possible=can_be_left_out()
        )

    def leave_out(wanted: bool) -> None:
        window = replace(preferences.now.window, hidden_from_captures=wanted)
        preferences.change(window=window)

    section.captures_switched.connect(leave_out)
    section.keep_in_step(preferences.changed, show)
    way = link_opening()
    if way is None:
        section.show_no_links(portable=is_portable())
    else:
        _Links(section, jobs, way)
    return section
