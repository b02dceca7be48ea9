"""F1 shows what stands in the list of actions, whatever the window shows."""

from watchword.desktop.shell.actions import Group, all_actions, group_title
from watchword.desktop.shell.main_window import MainWindow


def show_keys(window: MainWindow) -> None:
    """Lay the list of the keys over the window; F1 again takes it away."""
    from watchword.desktop.keyboard.keys_sheet import KeyLine, KeysSheet

    if isinstance(window.sheet, KeysSheet):
        window.close_sheet()
        return
    actions = [action for action in all_actions() if action.keys]
    groups = [
        (
            group_title(group),
            [KeyLine(each.title, each.keys) for each in actions if each.group is group],
        )
        for group in Group
    ]
    sheet = KeysSheet(groups, window, window.beneath)
    window.show_sheet(sheet, sheet.field)
