"""Linking this device to a privacyIDEA server: from a scanned code to an account.

The steps are those of native_enrolment.Enrolment, each blocking, none before the one above it:

    enrolment = Enrolment(link_text, device_name, clock, links=…, keeper=…)  # contacts nothing
    if enrolment.needs_fingerprint:
        shown = enrolment.fingerprint()          # the person compares it with what they were told
        enrolment.confirm_fingerprint(shown)     # only then
    enrolment.contact()               # sees that the server is there and makes the key; returns ""
    linked = enrolment.wait()         # at once: the account with its key, not linked yet
    vault.add([linked.account]); vault.save()
    enrolment.acknowledge()           # links it; the keeper saves the server's key

A code is used up by the first answer to its enrolment, and the server tells its key only
there. So the account, with the device's key and the message that links it, is saved first: what
was lost on the way is sent again, the same bytes, also by the next poll of another run.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import urlencode

from watchword.clock import Clock
from watchword.errors import InvalidInput
from watchword.plain_text import plain_text
from watchword.protocol.encoding import (
    canonical,
    from_base64url,
    parse_canonical,
    to_base64url,
)
from watchword.protocol.errors import MessageRefused
from watchword.providers.errors import (
    EnrolmentCancelled,
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
)
from watchword.providers.native_line import OpenSender, open_client
from watchword.providers.privacyidea_keys import KEY_BITS, PushKey, read_server_key
from watchword.providers.privacyidea_link import PushLink, parse_push_link
from watchword.providers.privacyidea_wire import UNKNOWN_TOKEN, PushServer
from watchword.providers.provider import Keeper, KeptNowhere, Linked
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.remote.fingerprint import (
    fetch_fingerprint,
    read_fingerprint,
    shown_fingerprint,
)
from watchword.vault.account import Account, ServerLink, new_account_id

KIND = "privacyidea"

_NAME_LIMIT = 64


class Enrolment:
    """One enrolment of this device; its methods are called in order, from any one thread."""

    def __init__(
        self,
        link: str | PushLink,
        device_name: str,
        clock: Clock,
        *,
        links: Iterable[ServerLink] = (),
        keeper: Keeper | None = None,
        open_sender: OpenSender = open_client,
        key_bits: int = KEY_BITS,
    ) -> None:
        """Read the link and contact nothing; the link's time runs from here.

        `links` are those of the accounts that exist; `keeper` saves what the server answers.
        Raises LinkRefused, LinkTooNew, OriginRefused, or EnrolmentUsed where its account is here.
        """
        self._link = parse_push_link(link) if isinstance(link, str) else link
        self._clock = clock
        self._keeper = keeper or KeptNowhere()
        self._open_sender = open_sender
        self._key_bits = key_bits
        self.device_name = plain_text(device_name, limit=_NAME_LIMIT) or "Computer"
        self._until = clock.now() + self._link.ttl
        self._ends = clock.monotonic() + self._link.ttl
        self._pin = b""
        self._unproved = not self._link.verify_tls
        self._key: PushKey | None = None
        self._account: Account | None = None
        self._server: PushServer | None = None
        self._cancelled = threading.Event()
        for known in links:
            if (known.kind, known.origin, known.device_id) == (
                KIND,
                str(self._link.origin),
                self._link.serial,
            ):
                raise EnrolmentUsed(
                    "This code was used already",
                    f"Its account is here: {plain_text(known.user)}",
                    "If it does not work any more, remove it and ask for a new code",
                )

    @property
    def host(self) -> str:
        """The server's host and port, ASCII: what the person confirms."""
        return self._link.origin.authority

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about the address and the names that the person reads before confirming."""
        return self._link.notices

    @property
    def link(self) -> PushLink:
        """What the QR code says."""
        return self._link

    @property
    def needs_fingerprint(self) -> bool:
        """Whether the server's key must be confirmed.

        The code wants no check of certificates, or the server's was refused.
        """
        return self._unproved and not self._pin and self._link.origin.scheme == "https"

    def fingerprint(self) -> str:
        """Return the fingerprint of the key the server shows; nothing is sent. For a person to compare.

        Raises Unreachable, AddressRefused or TlsRefused.
        """
        return shown_fingerprint(fetch_fingerprint(self._link.origin))

    def confirm_fingerprint(self, text: str) -> None:
        """Believe only the server with the key of this fingerprint, now and later.

        Raises InvalidInput for what is no fingerprint.
        """
        if self._link.origin.scheme != "https":
            raise InvalidInput(
                "This server has no fingerprint", "It is on this computer, without TLS"
            )
        self._pin = read_fingerprint(text)

    def contact(self) -> str:
        """See that the server is there, make this device's key, and return "": no short code.

        Nothing of the code is sent yet. The key takes seconds. Raises TlsRefused also while the
        server's key must be confirmed, EnrolmentExpired, EnrolmentCancelled, and the family of
        RemoteError. May be called again once the key was confirmed.
        """
        self._check_time()
        if self.needs_fingerprint:
            raise TlsRefused(
                f"{self.host} was not contacted",
                "Its certificate is not to be checked, or was refused, and Watchword does not go on like that",
                "Compare the fingerprint of its key with the one you were told, and confirm it",
            )
        pin = to_base64url(self._pin) if self._pin else ""
        self.close()
        self._server = open_server(str(self._link.origin), self._link.path, pin, self._open_sender)
        try:
            self._server.get()  # it refuses, for it was asked nothing; but in its own words
        except TlsRefused:
            self._unproved = True
            raise
        self._key = PushKey.generate(self._key_bits)
        return ""

    def wait(self) -> Linked:
        """Return the account as it must be saved before the server is asked.

        Raises EnrolmentExpired and EnrolmentCancelled.
        """
        if self._key is None:
            raise RuntimeError("contact() comes first")
        self._check_time()
        message = {
            "body": urlencode(
                {
                    "enrollment_credential": self._link.once_key,
                    "serial": self._link.serial,
                    "fbtoken": "no_firebase_token",
                    "pubkey": self._key.public,
                    "capabilities": '["decline_reason"]',
                }
            ),
            "until": int(self._until),
        }
        link = ServerLink(
            kind=KIND,
            origin=str(self._link.origin),
            path=self._link.path,
            service=self._link.issuer,
            user=self._link.label,
            device_id=self._link.serial,
            device_name=self.device_name,
            device_key=self._key.private,
            server_key=b"",
            tls_pin=to_base64url(self._pin) if self._pin else "",
            next_message=canonical(message),
            ask_password=self._link.ask_password,
        )
        self._account = Account(
            id=new_account_id(), issuer=link.service, account=link.user, otp=None, link=link
        )
        return Linked(self._account, first_device=False)

    def acknowledge(self) -> None:
        """Link the account that was saved; the keeper saves it anew, with the server's key.

        Takes as long as the server needs to make a key of its own: some seconds. Raises
        EnrolmentUsed, EnrolmentRefused, EnrolmentExpired, NotKept, and the family of RemoteError;
        with AnswerLost the server may have linked it, and the account must stay: the next poll
        finds out.
        """
        if self._account is None or self._account.link is None or self._server is None:
            raise RuntimeError("wait() comes first")
        self._check_time()
        complete(self._account.link, self._server, self._keeper, self._clock.now)

    def cancel(self) -> None:
        """Stop, from any thread: the next step raises EnrolmentCancelled."""
        self._cancelled.set()

    def close(self) -> None:
        """Close the connections."""
        if self._server is not None:
            self._server.close()

    def _check_time(self) -> None:
        if self._cancelled.is_set():
            raise EnrolmentCancelled("The linking was stopped", "No account was made")
        if self._clock.monotonic() >= self._ends:
            raise _expired()


def open_server(origin: str, path: str, tls_pin: str, open_sender: OpenSender) -> PushServer:
    """Return a server as a link names it; nothing is contacted yet."""
    pin = from_base64url(tls_pin, 32) if tls_pin else b""
    return PushServer(open_sender(origin, pin), path)


def complete(
    link: ServerLink, server: PushServer, keeper: Keeper, now: Callable[[], float]
) -> ServerLink:
    """Return the link with the server's key, once the server answered and that is kept.

    Raises what Enrolment.acknowledge does.
    """
    try:
        message = parse_canonical(link.next_message)
        body, until = str(message["body"]), float(message["until"])
    except (MessageRefused, KeyError, ValueError) as error:
        raise _used("The message that links it was not kept") from error
    if now() >= until:
        raise _expired()
    lost = False
    try:
        reply = server.post(body)
    except AnswerLost:
        # It may not have arrived; if it did, the answer to this one says so.
        lost = True
        reply = server.post(body)
    if reply.error == UNKNOWN_TOKEN:
        raise _used(
            "It was linked, but the answer got lost on the way, and the server tells its key only once"
            if lost
            else "A device was linked with it, or it was removed at the server"
        )
    if reply.error or reply.value is not True:
        raise EnrolmentRefused(
            "The server did not take this code",
            f"It answered with error {reply.status}: the code is wrong, old, or was copied badly",
            "Ask whoever runs the server for a new one",
        )
    key = read_server_key(str(reply.detail.get("public_key", "")))
    linked = replace(link, server_key=key, next_message=b"")
    keeper.keep_link(link, linked)
    return linked


def _used(reason: str) -> EnrolmentUsed:
    return EnrolmentUsed(
        "This code was used up",
        reason,
        "Ask whoever runs the server for a new code, and to remove the old entry there",
    )


def _expired() -> EnrolmentExpired:
    return EnrolmentExpired(
        "The time for linking is over",
        "The code says itself for how many minutes it is valid",
        "Ask whoever runs the server for a new one",
    )
