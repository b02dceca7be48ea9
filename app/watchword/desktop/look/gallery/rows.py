"""The rows that pages paint: accounts, answers of the past, what a file holds.

The only part of the look that knows pages, and nobody knows it
(docs/decisions/0092-a-gallery-that-knows-pages.md).
"""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from watchword.desktop.accounts.model import AccountsModel
from watchword.desktop.accounts.view import AccountsView
from watchword.desktop.history.items import items_of
from watchword.desktop.history.model import HistoryModel
from watchword.desktop.history.view import HistoryView
from watchword.desktop.look.gallery.states import under_each_other
from watchword.desktop.transfer.found_list import Found, FoundList
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import HistoryEntry
from watchword.vault.account import Account, ServerLink

_NOW = 1_699_999_996.0  # one code is about to change, the others are not


class _StandingClock:
    def now(self) -> float:
        return _NOW

    def monotonic(self) -> float:
        return _NOW


def _account(number: int, issuer: str, name: str, **more: int) -> Account:
    otp = OtpParameters(type=OtpType.TOTP, secret=bytes([number]) * 20)
    return Account(
        id=f"{number:0>16}",
        issuer=issuer,
        account=name,
        otp=replace(otp, **more),  # type: ignore[arg-type]
    )


def _accounts() -> list[Account]:
    link = ServerLink(
        kind="native",
        origin="https://login.kalos.ch",
        service="Kalos Club",
        user="ana@kalos.ch",
        device_id="device-1",
        device_name="Ana’s desktop",
        device_key=b"\1" * 32,
        server_key=b"\2" * 32,
    )
    counter = OtpParameters(type=OtpType.HOTP, secret=b"counter" * 3, counter=0)
    return [
        replace(_account(1, "Kalos Club", "ana@kalos.ch"), link=link),
        _account(2, "GitHub", "ana-ferrer"),
        _account(3, "AWS", "root · 4471-0092", period=40),
        _account(4, "PostFinance", "Ana Ferrer", digits=8),
        replace(_account(5, "Router", "admin"), otp=counter),
        replace(_account(6, "Removed", "at the server"), link=replace(link, state="revoked")),
        _account(7, "The Most Honourable Society of Long Names", "ana.maria@department.example"),
    ]


def accounts(*, compact: bool = False) -> QWidget:
    """Return the list of accounts: one selected, one about to change, one just copied."""
    model = AccountsModel(_StandingClock())
    view = AccountsView(model)
    model.setParent(view)
    model.show_accounts(_accounts())
    view.show_compact(compact)
    view.select(f"{2:0>16}")
    view.setFixedHeight(7 * view.sizeHintForRow(0) + 2)
    return view


def compact() -> QWidget:
    """Return the same, low."""
    return accounts(compact=True)


def past() -> QWidget:
    """Return answers of the past, and what an import found."""
    said = (
        ("approve", "approved", 1.0),
        ("deny", "denied", 2.0),
        ("not_me", "denied", 3.0),
        ("approve", "expired", 26.0),
        ("approve", "answered_elsewhere", 27.0),
    )
    model = HistoryModel()
    model.show_items(
        items_of(
            HistoryEntry(
                at=_NOW - hours * 3_600,
                account_id="a",
                service="Kalos Club",
                account="ana@kalos.ch",
                place="Geneva, Switzerland",
                user_agent="Firefox on Windows",
                decision=decision,
                result=result,
                request_id=str(hours),
            )
            for decision, result, hours in said
        )
    )
    view = HistoryView(model, _StandingClock())
    model.setParent(view)
    view.select_row(1)
    view.setFixedHeight(5 * view.sizeHintForRow(0) + 2)
    found = FoundList(
        [
            Found("add", "Nextcloud: ana@cloud.example", "TOTP", "accent"),
            Found("check", "GitHub: ana-ferrer", "Already here, nothing to add"),
            Found(
                "warning", "Line 7", "There is no secret. Without one there are no codes", "warn"
            ),
        ],
        "What the file holds",
    )
    return under_each_other(view, found)
