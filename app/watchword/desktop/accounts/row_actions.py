"""Everything that can be done with one account: one list for the menu, the keys and Ctrl+K."""

from collections.abc import Callable
from dataclasses import dataclass

from watchword.desktop.accounts.rows import Row
from watchword.desktop.look.texts import tr


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
        RowAction("reveal", "eye", tr("Show code"), _hidden, "Space"),
        RowAction("copy", "copy", tr("Copy code"), _has_code, "Enter"),
        RowAction(
            "copy next",
            "clock",
            tr("Copy next code"),
            _has_next,
            "Shift+Enter",
        ),
        RowAction("new", "refresh", tr("New code"), _is_counter, "F5"),
        RowAction("edit", "edit", tr("Edit…"), _always, "Ctrl+E"),
        RowAction(
            "favourite",
            "star",
            tr("No favourite any more") if favourite else tr("Favourite"),
            _always,
            "Ctrl+D",
        ),
        RowAction("codes", "recovery", tr("Backup codes…"), _has_backup_codes),
        RowAction("link", "link", tr("Server and device…"), _is_linked),
        RowAction("history", "bell", tr("History…"), _is_linked),
        RowAction("qr", "qr", tr("Show as a QR code…"), _has_otp),
        RowAction("remove", "delete", tr("Move to the trash"), _always, "Del"),
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
