"""`add`: from links and pictures to accounts, in three steps: parse all, confirm, save once."""

import argparse
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from watchword.cli import errors
from watchword.cli.accounts import as_json
from watchword.cli.arguments import Commands
from watchword.cli.enrolling import enrol
from watchword.cli.errors import Declined, Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice, print_json, print_lines
from watchword.cli.password import ask_pin, confirmed, read_rest
from watchword.cli.selecting import name
from watchword.enrolment.preview import AccountPreview, Likeness, preview_account
from watchword.enrolment.scanned import (
    EnrolLinkFound,
    MigrationFound,
    OtpauthFound,
    Scanned,
    as_account,
    is_login_code,
    recognise,
)
from watchword.errors import InvalidInput
from watchword.otp import migration
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import PinMissing
from watchword.vault.account import Account, new_account

_REASONS = {Likeness.SAME_SECRET: "same_secret", Likeness.SAME_LABEL: "same_label"}
_LIKE = {Likeness.SAME_SECRET: "with the same secret", Likeness.SAME_LABEL: "of the same name"}


@dataclass(slots=True)
class Given:
    """What the links say, before anything of it is used."""

    entries: list[OtpauthEntry] = field(default_factory=list)
    links: list[EnrolLinkFound] = field(default_factory=list)
    parts: list[migration.MigrationPart] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    # By the account's id, what is to be typed at its server.
    answers: dict[str, str] = field(default_factory=dict, repr=False)


def add_to(commands: Commands) -> None:
    """Describe the command."""
    add = commands.add("add", "add accounts from links or from pictures of QR codes", run=run)
    add.add_argument(
        "uris",
        nargs="*",
        metavar="URI",
        help="an otpauth, otpauth-migration, pia or watchword link; - reads one a line from standard input",
    )
    add.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="FILE",
        help="a picture of a QR code; can be given several times",
    )
    add.add_argument(
        "--device-name",
        default=platform.node() or "Computer",
        metavar="NAME",
        help="what a server that is linked calls this computer (%(default)s)",
    )
    add.add_argument(
        "--fingerprint",
        default="",
        metavar="FINGERPRINT",
        help="of the key of a privacyIDEA server whose certificate no authority signed",
    )


def run(invocation: Invocation, arguments: argparse.Namespace) -> int:
    """Add what the links say, or nothing."""
    if not arguments.uris and not arguments.image:
        raise Misused("There is nothing to add", "", "Give a link, - or --image FILE")
    with invocation.opened(writing=True) as vault:
        texts = _texts(arguments.uris) + _texts_of_pictures(arguments.image, yes=invocation.yes)
        given = parse(texts, invocation.clock.now())
        accepted = confirm(given, vault.accounts, yes=invocation.yes)
        # A server may say no, so it comes first: then nothing else was changed either.
        linked = [
            enrol(
                invocation,
                vault,
                found.link,
                device_name=arguments.device_name,
                fingerprint=arguments.fingerprint,
            )
            for found in given.links
        ]
        if accepted:
            vault.add(accepted)
            vault.save()
        _report(invocation, [*linked, *accepted], given.skipped)
        for account in accepted:
            if account.id in given.answers:
                _tell_answer(account, given.answers[account.id])
    return errors.OK


def parse(texts: Sequence[str], now: float) -> Given:
    """Read every text. Raises InvalidInput for the first that cannot be used, whichever it is."""
    given = Given()
    for number, text in enumerate(texts, 1):
        try:
            _parse_one(text, now, given)
        except InvalidInput as error:
            if len(texts) == 1:
                raise
            raise InvalidInput(
                f"Link {number} of {len(texts)}: {error.title}",
                error.reason,
                " ".join(part for part in (error.what_to_do, "Nothing was added") if part),
            ) from error
    for missing in migration.missing_parts(given.parts).values():
        numbers = ", ".join(map(str, missing))
        notice(f"This export has more QR codes. Still missing: {numbers}.")
    return given


def confirm(given: Given, existing: Sequence[Account], *, yes: bool) -> list[Account]:
    """Return the accounts to add; what a person declines or has already is noted as skipped.

    Raises Declined where somebody must be asked and nobody can be.
    """
    accepted: list[Account] = []
    for entry in given.entries:
        account = new_account(entry)
        shown = preview_account(account, [*existing, *accepted], entry.notices)
        if shown.likeness is Likeness.DUPLICATE:
            given.skipped.append(_skipped("duplicate", shown))
        elif shown.likeness in _REASONS and not (yes or _keep_both(shown)):
            given.skipped.append(_skipped(_REASONS[shown.likeness], shown))
        else:
            for warning in shown.warnings:
                notice(f"{name(account)}: {warning}")
            accepted.append(account)
            if entry.answer:
                given.answers[account.id] = entry.answer
    return accepted


def _parse_one(text: str, now: float, given: Given) -> None:
    scanned = _recognised(text, now)
    if isinstance(scanned, MigrationFound):
        part = migration.parse(scanned.text)
        given.parts.append(part)
        given.entries += part.entries
        given.skipped += [{"reason": each.reason, "name": each.name} for each in part.skipped]
        return
    found = as_account(scanned)
    if isinstance(found, OtpauthFound):
        given.entries.append(found.entry)
    else:
        given.links.append(found)


def _recognised(text: str, now: float) -> Scanned:
    """Return what `text` is; the PIN that a link needs and does not bring is asked for."""
    try:
        return recognise(text, now=now)
    except PinMissing as missing:
        pin = ask_pin(f"PIN of {missing.name or 'the account'} ({missing.kind.shown}): ")
        if pin is None:
            raise PinMissing(missing.kind, missing.name, "Add “&pin=…” to the link") from None
        return recognise(text, now=now, pin=pin)


def _texts(uris: Sequence[str]) -> list[str]:
    """Return the links of the command line, with standard input's in the place of `-`."""
    texts: list[str] = []
    for uri in uris:
        texts += read_rest() if uri == "-" else [uri]
    if uris and not texts:
        raise Misused("There is nothing to add", "Standard input holds no link")
    return texts


def _texts_of_pictures(files: Sequence[str], *, yes: bool) -> list[str]:
    """Return the login codes in pictures; never one of several without asking."""
    if not files:
        return []
    from watchword.enrolment.files import read_files

    texts: list[str] = []
    for reading in read_files(files):
        if reading.error:
            raise InvalidInput(f"{reading.file}: {reading.error}", "", "Nothing was added")
        found = list(dict.fromkeys(text for text in reading.texts if is_login_code(text)))
        if not found:
            what = "No login code" if reading.texts else "No QR code"
            raise InvalidInput(f"{what} was found in {reading.file}", "", "Nothing was added")
        if len(found) > 1 and not yes:
            _agree(
                f"{reading.file} holds {len(found)} login codes.",
                "Add all of them?",
                "Cut the picture to one code, or use --yes to add all",
            )
        texts += found
    return texts


def _keep_both(shown: AccountPreview) -> bool:
    like = name(shown.like) if shown.like else ""
    what = f"You have an account {_LIKE[shown.likeness]}: {like}."
    answer = confirmed(f"{name(shown.account)}: {what} Keep both?")
    if answer is None:
        raise Declined(what, "Nothing was added", "Use --yes to keep both")
    return answer


def _agree(what: str, question: str, otherwise: str) -> None:
    if not confirmed(f"{what} {question}"):
        raise Declined(what, "Nothing was added", otherwise)


def _skipped(reason: str, shown: AccountPreview) -> dict[str, Any]:
    like = shown.like.id if shown.like else None
    return {"reason": reason, "name": name(shown.account), "id": like}


def _tell_answer(account: Account, answer: str) -> None:
    notice(
        f"{name(account)}: its codes count only once you typed this at the server: {answer} "
        "(it stands in the account’s note, too)."
    )


def _report(
    invocation: Invocation, added: Sequence[Account], skipped: Sequence[dict[str, Any]]
) -> None:
    for each in skipped:
        reason = each["reason"].replace("_", " ")
        notice(f"{each['name']}: skipped, {reason}.")
    if invocation.json:
        print_json({"added": [as_json(each) for each in added], "skipped": list(skipped)})
    else:
        print_lines(*(f"{each.id}  {name(each)}" for each in added))
