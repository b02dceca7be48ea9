"""What is said about one account and its server: pure functions from facts to texts."""

from PySide6.QtCore import QCoreApplication

from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.settings.password_again_page import Question
from watchword.vault import ServerLink


def tr(text: str) -> str:
    """Translate a text about an account."""
    return QCoreApplication.translate("Account", text)


def codes_left(link: ServerLink) -> str:
    """Return how many backup codes are not used yet."""
    whole = len(link.backup_codes)
    left = whole - len(link.used_backup_codes)
    return tr("{left} of {whole} left").format(left=left, whole=whole)


def codes_question(link: ServerLink) -> Question:
    """Return what is said before backup codes are shown again."""
    return Question(
        title=tr("Backup codes"),
        heading=tr("Show the backup codes?"),
        facts=(
            Fact("recovery", codes_left(link), link.service),
            Fact(
                "eye",
                tr("Each signs in once, without this computer"),
                tr("See that nobody looks over your shoulder"),
            ),
        ),
        action=tr("Show them"),
        busy=tr("Checking the password"),
    )
