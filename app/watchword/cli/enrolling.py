"""`add` of a link that enrols: link this computer to a server, and leave nothing half done."""

from watchword.approvals import moving
from watchword.approvals.keeping import VaultKeeper
from watchword.cli.errors import Declined, Misused
from watchword.cli.invocation import Invocation
from watchword.cli.output import notice
from watchword.cli.password import confirmed
from watchword.errors import KnownError
from watchword.protocol.encoding import grouped_code
from watchword.providers.provider import Enrolling, Unproved, enrolment_of
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.vault import OpenVault
from watchword.vault.account import Account


def enrol(
    invocation: Invocation, vault: OpenVault, link: str, *, device_name: str, fingerprint: str = ""
) -> Account:
    """Enrol by the link, save the account, and return it.

    The server's host is asked about unless --yes was given; host, notices and the short code go
    to stderr. `fingerprint` is that of a self-signed server's key, where the link brings none.
    Raises NotDecided, Declined, EnrolmentRefused and its family, the family of RemoteError, and
    the vault's errors; then no account of it remains.
    """
    links = [account.link for account in vault.accounts if account.link]
    moving.check_decided(vault)
    moving.settle(vault)
    enrolment = enrolment_of(
        link, device_name, invocation.clock, links=links, keeper=VaultKeeper(vault)
    )
    try:
        if fingerprint:
            _expect(enrolment, fingerprint)
        notice(f"Server: {enrolment.host}")
        for sentence in enrolment.notices:
            notice(sentence)
        if not invocation.yes and not confirmed(f"Link this computer to {enrolment.host}?"):
            raise Declined(
                "Nothing was added", "The server was not confirmed", "--yes confirms it unasked"
            )
        _confirm_key(enrolment)
        if isinstance(enrolment, Unproved):
            notice("Linking: this computer and the server each make a key, which takes seconds.")
        if code := grouped_code(_contact(enrolment)):
            notice(f"Short code: {code}")
            notice(f"Type its first four characters, {code[:4]}, into the page of the server.")
        account = enrolment.wait().account
        vault.add([account])
        vault.save()
        _acknowledge(vault, enrolment, account)
        moving.settle(vault)  # with its first device the vault is at home here
        return account
    finally:
        enrolment.close()


def _expect(enrolment: Enrolling, fingerprint: str) -> None:
    if not isinstance(enrolment, Unproved):
        raise Misused(
            "The fingerprint is not needed", "A link of a Watchword server brings its own"
        )
    enrolment.confirm_fingerprint(fingerprint)


def _confirm_key(enrolment: Enrolling) -> None:
    """Have a person compare the server's key where the link wants no check; --yes is no answer."""
    if not isinstance(enrolment, Unproved) or not enrolment.needs_fingerprint:
        return
    shown = enrolment.fingerprint()
    notice(
        "This code asks not to check the server's certificate. Watchword checks its key instead."
    )
    notice(f"Fingerprint of the server's key: {shown}")
    if not confirmed("Is it the one that whoever runs the server told you?"):
        raise Declined(
            "Nothing was added",
            "The server's key was not confirmed",
            "Ask for its fingerprint and give it with --fingerprint",
        )
    enrolment.confirm_fingerprint(shown)


def _contact(enrolment: Enrolling) -> str:
    """Return the short code; where nobody vouches for the server's key, say how a person can."""
    try:
        return enrolment.contact()
    except TlsRefused:
        if isinstance(enrolment, Unproved) and enrolment.needs_fingerprint:
            notice("If you were told the fingerprint of the server's key: --fingerprint takes it.")
        raise


def _acknowledge(vault: OpenVault, enrolment: Enrolling, account: Account) -> None:
    """Tell the server that the account is saved; undo the save if it cannot have heard."""
    try:
        enrolment.acknowledge()
    except AnswerLost as error:
        # It may have heard. Taking the account away now would lock the person out if it did.
        notice(
            f"{error} The account was saved. The next look for login requests completes the "
            "linking; if its codes are refused then, link it again."
        )
    except KnownError:
        # Its key is worth nothing: the server forgets a device that did not acknowledge.
        vault.remove(account.id)
        vault.purge([account.id])
        vault.save()
        raise
