"""What the settings say: pure functions from facts to texts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from watchword.desktop.look.texts import plural, tr
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.settings.password_again_page import Question
from watchword.desktop.settings.settings_page import Ways
from watchword.desktop.shell.recent import ago, when
from watchword.vault import SavedUnconfirmed, Trace, TraceKind
from watchword.vault.file_format import KEYRING, PASSWORD, RECOVERY
from watchword.vault.limits import PASSWORD_DAYS
from watchword.vault.slots import SlotFacts


# What opens the vault ------------------------------------------------------------------------------
def ways_of(found: Iterable[SlotFacts], now: float, *, key_unconfirmed: bool = False) -> Ways:
    """Return the password and the recovery key in words.

    `key_unconfirmed`: nobody is known to have written the key down.
    """
    made = {slot.kind: ago(float(slot.created_at), now) for slot in found}
    key = tr("None. Without one nothing opens the vault if you forget the password.")
    if RECOVERY in made:
        key = tr("Made {when}. It opens the vault if you forget the password.").format(
            when=made[RECOVERY]
        )
    if RECOVERY in made and key_unconfirmed:
        key = tr(
            "Made {when}. Nobody confirmed that it was written down: if it is not on paper, make "
            "a new one."
        ).format(when=made[RECOVERY])
    return Ways(
        password=tr("Last changed {when}.").format(when=made.get(PASSWORD, "")),
        recovery_key=key,
        has_recovery_key=RECOVERY in made,
    )


def no_keyring(*, portable: bool) -> str:
    """Return why this computer's keyring cannot be used."""
    if portable:
        return tr("Not possible here: a portable Watchword leaves nothing on the computer.")
    return tr("Not possible here: this computer has no keyring that is safe to use.")


def keyring(found: Sequence[SlotFacts], why_not: str, now: float) -> str:
    """Return what the keyring means for the vault."""
    on = [slot for slot in found if slot.kind == KEYRING]
    if why_not:
        also = tr("It was switched on on another computer, or before.")
        return f"{why_not} {also}" if on else why_not
    means = tr(
        "While you are logged in, other programs of yours can open it too. The password is "
        "asked every {n} days all the same."
    ).format(n=PASSWORD_DAYS)
    if on:
        since = tr("On since {when}: opens the vault without typing.").format(
            when=when(float(on[-1].created_at), now)
        )
        return f"{since} {means}"
    return f"{tr('Off. Opens the vault without typing.')} {means}"


# Questions -------------------------------------------------------------------------------------------
def key_question(*, replaces: bool) -> Question:
    """Return what is said before a recovery key is made."""
    shown = Fact(
        "eye",
        tr("It is shown once"),
        tr("Have paper and a pen at hand, or a printer far from this computer"),
    )
    if not replaces:
        return Question(
            title=tr("Recovery key"),
            heading=tr("Make a recovery key?"),
            facts=(
                Fact(
                    "recovery",
                    tr("It opens the vault by itself"),
                    tr("If you forget the password, it is the only way in"),
                ),
                shown,
            ),
            action=tr("Make a recovery key"),
            busy=tr("Making the recovery key"),
        )
    return Question(
        title=tr("Recovery key"),
        heading=tr("Make a new recovery key?"),
        facts=(
            Fact(
                "recovery",
                tr("The one you have opens the vault no more"),
                tr("Only copies of the vault that were made before still open with it"),
            ),
            shown,
        ),
        action=tr("Make a new one"),
        busy=tr("Making the recovery key"),
    )


def key_removal_question() -> Question:
    """Return what is said before the recovery key is removed."""
    return Question(
        title=tr("Recovery key"),
        heading=tr("Remove the recovery key?"),
        facts=(
            Fact(
                "warning",
                tr("Then only the password is left"),
                tr("If you forget it, nobody can open the vault, not even its makers"),
                warning=True,
            ),
            Fact(
                "clock",
                tr("Older copies still open with it"),
                tr("Copies of the vault that were made before keep their ways in"),
            ),
        ),
        action=tr("Remove the recovery key"),
        busy=tr("Removing the recovery key"),
        takes_away=True,
    )


def keyring_question(*, on: bool) -> Question:
    """Return what is said before the keyring is switched."""
    if not on:
        return Question(
            title=tr("Keyring"),
            heading=tr("Switch the keyring off?"),
            facts=(
                Fact(
                    "lock",
                    tr("The password is asked each time"),
                    tr("The recovery key goes on opening the vault, where there is one"),
                ),
            ),
            action=tr("Switch off"),
            busy=tr("Switching the keyring off"),
        )
    return Question(
        title=tr("Keyring"),
        heading=tr("Let this computer open the vault?"),
        facts=(
            Fact(
                "computer",
                tr("Its keyring keeps a key of its own"),
                tr("While you are logged in, Watchword opens without typing"),
            ),
            Fact(
                "warning",
                tr("Other programs of yours could use it too"),
                tr("Whatever runs as you can ask the keyring, and so can open the vault"),
                warning=True,
            ),
            Fact(
                "lock",
                tr("The password stays"),
                tr(
                    "It is asked every {n} days, and whenever something important is changed"
                ).format(n=PASSWORD_DAYS),
            ),
        ),
        action=tr("Switch on"),
        busy=tr("Switching the keyring on"),
    )


def showing_question() -> Question:
    """Return what is said before facts about the contents are shown again."""
    return Question(
        title=tr("Backups"),
        heading=tr("Show the number and the date again?"),
        facts=(
            Fact(
                "eye",
                tr("Whoever finds the files can read them"),
                tr("The number of accounts and when it was saved, and nothing else"),
            ),
            Fact(
                "clock",
                tr("The recovery screens can name your copies"),
                tr("Those made from now on"),
            ),
        ),
        action=tr("Show them"),
        busy=tr("Saving"),
    )


# What came of it -------------------------------------------------------------------------------------
def key_replaced() -> tuple[str, str]:
    """Return what is said with a key that replaced another."""
    return (
        tr("The new key is saved"),
        tr("The one before opens the vault no more: destroy it."),
    )


def key_unconfirmed() -> tuple[str, str]:
    """Return what is said with a key whose save was not confirmed."""
    return (
        tr("Saved, but not confirmed"),
        tr(
            "The disk did not confirm that the new key will last. Write it down, and keep any "
            "older one until it is saved again."
        ),
    )


def unconfirmed() -> SavedUnconfirmed:
    """Return the error for a save that stands, where only that much is known."""
    return SavedUnconfirmed(
        tr("Saved, but not confirmed"),
        tr("The disk did not confirm that it will last"),
        tr("Save again before you switch off"),
    )


def key_put_off() -> tuple[str, str]:
    """Return what is said when a key was not typed back."""
    return (
        tr("The recovery key is saved, and you did not type it back"),
        tr(
            "If you wrote it down, it opens the vault. If not, make a new one: it is not shown "
            "again."
        ),
    )


def kept(count: int) -> str:
    """Return what is said of older backups that stay as they are."""
    return plural(
        "1 older backup still opens with the old password.",
        "{n} older backups still open with the old password.",
        count,
    )


def resealed(done: int, left: int, *, stopped: bool) -> str:
    """Return what was done to the older backups."""
    words = plural(
        "1 older backup was re-encrypted.", "{n} older backups were re-encrypted.", done
    )
    if not left:
        return words
    if stopped:
        why = plural(
            "You stopped there; 1 still opens with the old password.",
            "You stopped there; {n} still open with the old password.",
            left,
        )
    else:
        why = plural(
            "1 was left as it is: it does not open with the old password.",
            "{n} were left as they are: they do not open with the old password.",
            left,
        )
    return f"{words} {why}"


def deleted(count: int) -> str:
    """Return what was done to the older backups."""
    return plural("1 older backup was deleted.", "{n} older backups were deleted.", count)


# Copies ----------------------------------------------------------------------------------------------
def backups_of(found: Iterable[Trace], vault_id: str, now: float) -> str:
    """Return how many backups there are, and what the newest holds."""
    backups = [each for each in found if each.kind is TraceKind.BACKUP]
    sound = [each for each in backups if each.sound and each.vault_id == vault_id]
    damaged = sum(not each.sound for each in backups)
    if not sound:
        words = tr("None yet. One is made when accounts or the ways to open the vault change.")
    else:
        newest = max(sound, key=lambda each: each.generation)
        count = plural("1 backup.", "{n} backups.", len(sound))
        words = f"{count} {_newest(newest, now)}"
    if damaged:
        words += " " + plural("1 file is damaged.", "{n} files are damaged.", damaged)
    return words


def _newest(newest: Trace, now: float) -> str:
    if newest.saved_at is None or newest.accounts is None:
        return tr("The newest does not say when it was made, nor what it holds.")
    at = when(float(newest.saved_at), now)
    return plural(
        "Newest: {when}, 1 account.", "Newest: {when}, {n} accounts.", newest.accounts, when=at
    )


def copy_name(now: float) -> str:
    """Return a name for a copy that is hardly taken."""
    return datetime.fromtimestamp(now, UTC).astimezone().strftime("watchword-%Y-%m-%d-%H%M.backup")


def copy_saved(name: str) -> str:
    """Return where the copy is, and what opens it."""
    return tr("{file} opens as the vault does now. Keep it away from this computer.").format(
        file=name
    )
