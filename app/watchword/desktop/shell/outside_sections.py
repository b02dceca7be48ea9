"""The settings of what there is outside the window, kept in step with what holds."""

from dataclasses import replace

from watchword.desktop.look.texts import rest_of
from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.desktop.settings.running_section import RunningSection
from watchword.desktop.settings.telling_section import TellingSection
from watchword.desktop.shell.preferences import Preferences
from watchword.system.autostart import Autostart, NotChanged, autostart, switch


def telling_section(preferences: Preferences) -> SettingSection:
    """Return what is told of login requests."""
    section = TellingSection()

    def change(**values: bool) -> None:
        preferences.change(telling=replace(preferences.now.telling, **values))

    section.notifying_asked.connect(lambda on: change(notifies=on))
    section.naming_asked.connect(lambda on: change(names_service=on))
    section.keep_in_step(
        preferences.changed, lambda: section.show_telling(preferences.now.telling)
    )
    return section


def running_section(preferences: Preferences) -> SettingSection:
    """Return how the app begins, and what closing the window means."""
    way = autostart()
    section = RunningSection(can_start=way is not None)

    def show(trouble: str = "") -> None:
        starts = way is not None and way.is_on()
        section.show_running(preferences.now.running, starts=starts, trouble=trouble)

    def choose(keeps: bool | None) -> None:
        preferences.change(running=replace(preferences.now.running, keeps_running=keeps))

    def start(on: bool) -> None:
        show(_switched(way, on=on, minimised=preferences.now.running.starts_minimised))

    def minimise(on: bool) -> None:
        trouble = _switched(way, on=True, minimised=on)
        if not trouble:
            running = replace(preferences.now.running, starts_minimised=on)
            preferences.change(running=running)
        show(trouble)

    section.closing_chosen.connect(choose)
    section.starting_asked.connect(start)
    section.minimising_asked.connect(minimise)
    section.keep_in_step(preferences.changed, show)
    return section


def _switched(way: Autostart | None, *, on: bool, minimised: bool) -> str:
    """Switch it; return why it could not be, in words."""
    if way is None:
        return ""
    try:
        switch(way, on=on, minimised=minimised)
    except NotChanged as error:
        return rest_of(error)
    return ""
