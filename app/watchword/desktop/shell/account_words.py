"""What is said about one account and its server: pure functions from facts to texts."""

from typing import TYPE_CHECKING

from watchword.approvals.watch import Contact
from watchword.desktop.look.texts import tr
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.shell.recent import when
from watchword.protocol.errors import KeyWithoutProof
from watchword.vault import ServerLink

if TYPE_CHECKING:
    from watchword.desktop.settings.password_again_page import Question


def codes_left(link: ServerLink) -> str:
    """Return how many backup codes are not used yet."""
    whole = len(link.backup_codes)
    left = whole - len(link.used_backup_codes)
    return tr("{left} of {whole} left").format(left=left, whole=whole)


def codes_question(link: ServerLink) -> "Question":
    """Return what is said before backup codes are shown again."""
    from watchword.desktop.settings.password_again_page import Question

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


def host_of(link: ServerLink) -> str:
    """Return the server's name as people read it."""
    return link.origin.removeprefix("https://")


def contact(known: Contact, now: float, *, paused: bool = False) -> str:
    """Return in one line when the server was last heard of."""
    if isinstance(known.failure, KeyWithoutProof):
        return known.failure.title
    if known.failure is not None:
        return tr("Not reached: {why}").format(why=known.failure.title)
    if paused:
        return tr("Not asked: login requests are paused")
    if known.at is None:
        return tr("Not asked yet")
    return when(known.at, now)


def link_facts(
    link: ServerLink, known: Contact, now: float, *, paused: bool = False
) -> list[Fact]:
    """Return what is known of a link."""
    who = " · ".join(text for text in (link.service, link.user) if text)
    last = tr("Never since the vault was opened")
    if known.at is not None:
        last = tr("Last answer {when}").format(when=when(known.at, now))
    if isinstance(known.failure, KeyWithoutProof):
        state = Fact("offline", tr("Not in contact"), last, warning=True)
    elif known.failure is not None:
        state = Fact("offline", contact(known, now), last, warning=True)
    elif paused:
        state = Fact("clock", contact(known, now, paused=True), last)
    elif known.at is None:
        state = Fact("clock", contact(known, now))
    else:
        state = Fact("check", tr("In contact"), last)
    return [
        Fact("globe", host_of(link), who),
        state,
        Fact(
            "computer",
            link.device_name,
            tr("This device, as the server calls it. It is renamed there, on the security page"),
        ),
        Fact(
            "user",
            tr("Other devices of yours"),
            tr("The security page lists them. The first answer counts, and a deny is final"),
        ),
    ]


def copied_facts(link: ServerLink) -> list[Fact]:
    """Return what to know of an account whose device is another computer's."""
    who = " · ".join(text for text in (link.service, link.user) if text)
    return [
        Fact("globe", host_of(link), who),
        Fact(
            "computer",
            tr("Login requests go to the other computer"),
            tr("There this vault is “{name}”, as the server calls it").format(
                name=link.device_name
            ),
        ),
        Fact(
            "qr",
            tr("To take them here too"),
            tr("Add a device on the server’s security page, and scan its QR code here"),
        ),
    ]


def removed_facts(link: ServerLink) -> list[Fact]:
    """Return what to know once the server removed this device."""
    return [
        Fact("globe", host_of(link), tr("It said so itself, signed by the key you linked")),
        Fact(
            "computer",
            tr("Did you remove it, or move the vault?"),
            tr("Then all is well. Link this computer again there whenever you like"),
        ),
        Fact(
            "warning",
            tr("If it was not you"),
            tr("Sign in there, look at its devices, and change your password"),
            warning=True,
        ),
        Fact(
            "delete",
            tr("In the trash it stays for 30 days"),
            tr("So long it can be brought back, with its note and backup codes"),
        ),
    ]
