"""Everything that can be done with one account: one list for the menu, the keys and Ctrl+K."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from watchword.desktop.accounts.rows import Row

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class RowAction:
    """One of them. Keys without Ctrl are heard while the list has the keyboard."""

    name: str
    icon: str
    text: str
    may: Callable[[Row], bool]  # whether it can be done with an account as it is now
    keys: str = ""


def row_actions(row: Row | None = None) -> tuple[RowAction, ...]:
    """Return all of them in the order of the menu; `row` changes what some are called."""
    favourite = row is not None and row.account.favourite
    return (
        RowAction("reveal", "eye", translate("RowAction", "Show code"), _hidden, "Space"),
        RowAction("copy", "copy", translate("RowAction", "Copy code"), _has_code, "Enter"),
        RowAction(
            "copy next",
            "clock",
            translate("RowAction", "Copy next code"),
            _has_next,
            "Shift+Enter",
        ),
        RowAction("new", "refresh", translate("RowAction", "New code"), _is_counter, "F5"),
        RowAction("edit", "edit", translate("RowAction", "Edit…"), _always, "Ctrl+E"),
        RowAction(
            "favourite",
            "star",
            translate("RowAction", "No favourite any more")
            if favourite
            else translate("RowAction", "Favourite"),
            _always,
            "Ctrl+D",
        ),
        RowAction("codes", "recovery", translate("RowAction", "Backup codes…"), _has_backup_codes),
        RowAction("link", "link", translate("RowAction", "Server and device…"), _is_linked),
        RowAction("history", "bell", translate("RowAction", "History…"), _is_linked),
        RowAction("qr", "qr", translate("RowAction", "Show as a QR code…"), _has_otp),
        RowAction("remove", "delete", translate("RowAction", "Move to the trash"), _always, "Del"),
    )


def _always(_: Row) -> bool:
    return True


def _hidden(row: Row) -> bool:
    return row.hidden


def _has_code(row: Row) -> bool:
    return bool(row.code)


def _has_next(row: Row) -> bool:
    return bool(row.next_code)


def _is_counter(row: Row) -> bool:
    return row.is_counter


def _has_otp(row: Row) -> bool:
    return row.account.otp is not None


def _is_linked(row: Row) -> bool:
    return row.account.link is not None


def _has_backup_codes(row: Row) -> bool:
    return row.account.link is not None and bool(row.account.link.backup_codes)
