"""What can be set, read from the page of settings itself: no list of it that could fall behind."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.setting_card import SettingCard, SettingRow


@dataclass(frozen=True, slots=True)
class FoundSetting:
    """One row of the settings."""

    section: str
    title: str
    icon: str
    words: str  # what is said about it, and what can be pressed in it


def settings_in(page: QWidget) -> list[FoundSetting]:
    """Return the rows of a page of settings, in its order."""
    return [
        FoundSetting(card.accessibleName(), row.title, row.icon, _words(row))
        for card in page.findChildren(SettingCard)
        for row in card.findChildren(SettingRow)
    ]


def focus_setting(page: QWidget, setting: FoundSetting) -> None:
    """Take the keyboard to a row, where it is still there."""
    for card in page.findChildren(SettingCard):
        for row in card.findChildren(SettingRow):
            if (card.accessibleName(), row.title) == (setting.section, setting.title):
                row.focus()
                return


def _words(row: SettingRow) -> str:
    return " ".join((row.detail(), *(link.text() for link in row.findChildren(LinkButton))))
