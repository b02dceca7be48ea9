"""The parts of the settings that belong to this installation, each kept in step with what holds."""

from dataclasses import replace
from functools import partial
from typing import Any

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.desktop.settings.appearance_section import AppearanceSection
from watchword.desktop.settings.language_section import LanguageSection
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.shell.outside_sections import running_section, telling_section
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.system_section import make_system_section
from watchword.system.idle import idle_seconds


def make_sections(preferences: Preferences, jobs: Jobs) -> tuple[SettingSection, ...]:
    """Return them in the order in which they are shown."""
    return (
        _locking(preferences, jobs),
        _appearance(preferences),
        _language(preferences),
        telling_section(preferences),
        running_section(preferences),
        make_system_section(preferences, jobs),
    )


def _language(preferences: Preferences) -> SettingSection:
    section = LanguageSection()

    def show() -> None:
        section.show_language(preferences.now.appearance.language)

    def choose(language: str) -> None:
        preferences.change(appearance=replace(preferences.now.appearance, language=language))

    section.language_chosen.connect(choose)
    section.keep_in_step(preferences.changed, show)
    return section


def _locking(preferences: Preferences, jobs: Jobs) -> SettingSection:
    section = LockingSection()

    def asked(idle: float | None) -> None:
        section.show_idle_known(idle is not None)

    def show() -> None:
        section.show_locking(preferences.now.locking)

    def change(member: str, value: Any) -> None:
        preferences.change(locking=replace(preferences.now.locking, **{member: value}))

    section.minutes_chosen.connect(partial(change, "idle_minutes"))
    section.screen_switched.connect(partial(change, "with_screen"))
    section.suspend_switched.connect(partial(change, "on_suspend"))
    section.keep_in_step(preferences.changed, show)
    jobs.run(idle_seconds, on_done=asked, page=section)
    return section


def _appearance(preferences: Preferences) -> SettingSection:
    section = AppearanceSection()

    def show() -> None:
        section.show_appearance(preferences.now.appearance)

    def change(member: str, value: Any) -> None:
        preferences.change(appearance=replace(preferences.now.appearance, **{member: value}))

    section.theme_chosen.connect(partial(change, "theme"))
    section.text_chosen.connect(partial(change, "text_percent"))
    section.compact_asked.connect(partial(change, "compact_rows"))
    section.stillness_asked.connect(partial(change, "less_motion"))
    section.keep_in_step(preferences.changed, show)
    return section
