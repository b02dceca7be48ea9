"""The parts of the settings that belong to this installation, each kept in step with what holds."""

from dataclasses import replace

from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.shell.outside_sections import running_section, telling_section
from watchword.desktop.shell.preferences import Preferences


def make_sections(preferences: Preferences) -> tuple[SettingSection, ...]:
    """Return them in the order in which they are shown."""
    return (
        _locking(preferences),
        telling_section(preferences),
        running_section(preferences),
    )


def _locking(preferences: Preferences) -> SettingSection:
    section = LockingSection()

    def show() -> None:
        section.show_locking(preferences.now.locking)

    def choose(minutes: int) -> None:
        preferences.change(locking=replace(preferences.now.locking, idle_minutes=minutes))

    section.minutes_chosen.connect(choose)
    section.keep_in_step(preferences.changed, show)
    return section
