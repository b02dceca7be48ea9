"""What is said about imports and exports: pure functions from facts to texts."""

from collections.abc import Sequence
from pathlib import Path

from watchword.desktop.look.texts import number, plural, said, tr
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.settings.password_again_page import Question
from watchword.desktop.transfer.export_page import Way
from watchword.desktop.transfer.found_list import Found
from watchword.plain_text import plain_text
from watchword.transfer.format import Format, Skipped, Written, name_of, of_counters
from watchword.transfer.plan import Plan
from watchword.vault.account import Account

_NAMED = 3
QR_CODES = "qr"  # a way out that is no file


def accounts(count: int) -> str:
    """Return a number of accounts in words."""
    return plural("1 account", "{n} accounts", count)


# Import --------------------------------------------------------------------------------------------
def about(planned: Plan, format_: Format, file_name: str) -> str:
    """Return what the file is, and what of it would not be added."""
    parts = [f"{plain_text(file_name, limit=60)} · {title_of(format_)}"]
    if here := len(planned.duplicates):
        parts.append(tr("{n} already here").format(n=number(here)))
    if left := len(planned.skipped):
        parts.append(tr("{n} left out").format(n=number(left)))
    return " · ".join(parts)


def title_of(format_: Format) -> str:
    """Return a format's name for people."""
    titles = {
        "watchword": tr("Watchword backup"),
        "otpauth": tr("list of links"),
        "google": tr("Google Authenticator export"),
    }
    return titles.get(format_.name, said(format_.title))


def rows(planned: Plan) -> list[Found]:
    """Return the rows of an import: what needs a look first, then what is new, then the rest."""
    found = [
        Found(
            "warning",
            plain_text(said(each.name)),
            plain_text(said(_sentence(each.reason))),
            "warn",
        )
        for each in planned.skipped
    ]
    new = [_new_row(planned, account) for account in planned.new]
    found += sorted(new, key=lambda row: row.ink != "warn")
    found += [
        Found("check", name_of(account), tr("Already here, nothing to add"))
        for account in planned.duplicates
    ]
    return found


def _new_row(planned: Plan, account: Account) -> Found:
    parts = [said(remark) for remark in planned.remarks.get(account.id, ())]
    if like := planned.alike.get(account.id):
        if name_of(like) == name_of(account):
            beside = tr("Beside the one you have, which has other codes.")
        else:
            beside = tr("Beside “{name}”, which has the same secret.").format(name=name_of(like))
        parts.append(beside)
    ink = "warn" if parts else "accent"
    kind = account.otp.type.shown if account.otp else ""
    return Found("add", name_of(account), " ".join(parts) or kind, ink)


def added(count: int) -> str:
    """Return what came of an import."""
    return tr("{accounts} added").format(accounts=accounts(count))


# Export --------------------------------------------------------------------------------------------
def ways() -> tuple[Way, ...]:
    """Return the ways out, the protected one first."""
    return (
        Way(
            "watchword",
            "lock",
            tr("Watchword backup"),
            tr("Encrypted, with a password of its own"),
        ),
        Way("otpauth", "copy", tr("List of links"), tr("Not protected. For other apps")),
        Way(
            QR_CODES,
            "qr",
            tr("QR codes on the screen"),
            tr("Not protected. For apps on a phone"),
        ),
    )


def question(format_: Format, path: Path, count: int) -> Question:
    """Return what is asked before a file is written."""
    if format_.encrypted:
        protection = Fact(
            "lock",
            tr("It is encrypted"),
            tr("Only the password that you have just chosen opens it"),
        )
    else:
        protection = Fact(
            "warning",
            tr("It is not protected"),
            tr("Whoever reads it can make your codes. Delete it once it has served"),
            warning=True,
        )
    return Question(
        title=tr("Export accounts"),
        heading=tr("Write this file?"),
        facts=(
            Fact(
                "copy",
                accounts(count),
                plain_text(str(path), limit=200),
            ),
            protection,
        ),
        action=tr("Export"),
        busy=tr("Exporting"),
    )


def exported(written: Written, path: Path) -> tuple[str, str]:
    """Return a title, and what became of everything."""
    title = tr("{accounts} exported").format(accounts=accounts(written.exported))
    where = tr("The file is {path}.").format(path=plain_text(str(path), limit=200))
    return title, " ".join(
        filter(None, (where, left_out(written.skipped), *map(said, written.notices)))
    )


def left_out(skipped: Sequence[Skipped]) -> str:
    """Return which accounts an export does not hold, and why; empty where it holds all."""
    if not skipped:
        return ""
    named = "; ".join(
        f"{plain_text(said(each.name), limit=60)}: {said(each.reason)}"
        for each in skipped[:_NAMED]
    )
    if len(skipped) > _NAMED:
        named = tr("{names}; and {n} more").format(names=named, n=len(skipped) - _NAMED)
    return tr("Left out: {names}.").format(names=named)


def default_name(format_: Format, day: str) -> str:
    """Return what a file of that kind is called unless a person says otherwise."""
    return f"watchword-accounts-{day}{format_.ending}"


# QR codes ------------------------------------------------------------------------------------------
def qr_question(name: str) -> Question:
    """Return what is asked before an account's QR code is shown."""
    return Question(
        title=tr("QR code"),
        heading=tr("Show the QR code?"),
        facts=(
            Fact("user", plain_text(name), tr("For another app or a second device")),
            Fact(
                "warning",
                tr("It holds the secret"),
                tr("Whoever sees or photographs it can make your codes"),
                warning=True,
            ),
        ),
        action=tr("Show it"),
        busy=tr("Looking it up"),
    )


def qr_notice(missing: str, shown: Sequence[Account]) -> tuple[str, str] | None:
    """Return a title and a text: what is not in the codes, and what becomes of counters."""
    counters = " ".join(map(said, of_counters(shown)))
    if missing:
        return tr("Not all accounts are in it"), f"{missing} {counters}".strip()
    if counters:
        return tr("Its codes are counted"), counters
    return None


def qr_codes_question(count: int) -> Question:
    """Return what is asked before many accounts are shown as QR codes."""
    return Question(
        title=tr("Export accounts"),
        heading=tr("Show the QR codes?"),
        facts=(
            Fact(
                "qr",
                accounts(count),
                tr("Up to ten in a QR code, to be scanned one after the other"),
            ),
            Fact(
                "warning",
                tr("They are not protected"),
                tr("Whoever sees or photographs them can make your codes"),
                warning=True,
            ),
        ),
        action=tr("Show them"),
        busy=tr("Drawing the QR codes"),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
