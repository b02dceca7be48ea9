"""An account together with what a merge must know about it, and its JSON.

docs/vault-format.md §5. Edits are stamped with a Lamport counter and the writer's name: clocks of
two computers never decide which edit wins.
"""

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from watchword.errors import InvalidInput
from watchword.otp.parameters import SHAPES, Algorithm, OtpParameters, OtpType
from watchword.vault import limits, strict_json
from watchword.vault.account import Account, ServerLink
from watchword.vault.errors import TextTooLong

Stamp = tuple[int, str]

NO_STAMPS: Final[Mapping[str, Stamp]] = MappingProxyType({})
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
# What a merge weighs one by one. The HOTP counter is not among them: it has its own rule.
MEMBERS: Final = (
    "issuer",
    "account",
    "otp",
    "link",
    "tags",
    "note",
    "favourite",
    "icon",
    "unknown",
)

_TYPES = {kind.value: kind for kind in OtpType}
_ALGORITHMS = {algorithm.value: algorithm for algorithm in Algorithm}
# The hashes each kind has: with another one it is a later version's, and kept unread.
_HMACS = frozenset(_ALGORITHMS) - {Algorithm.MD5.value}
_KNOWN = {
    kind.value: frozenset({SHAPES[kind].algorithm.value}) if kind in SHAPES else _HMACS
    for kind in OtpType
}
_LINK_TEXTS = (
    "kind",
    "origin",
    "service",
    "user",
    "user_id",
    "device_id",
    "device_name",
    "tls_pin",
    "state",
)
_ALWAYS = ("id", "issuer", "account", "otp", "stamp")
_ALWAYS_OTP = ("type", "secret", "algorithm", "digits", "period")
_HEX = "0123456789abcdef"


class MemberRefused(ValueError):
    """A member of the payload is missing or not what belongs there; says which."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account as the payload holds it."""

    account: Account
    stamp: Stamp  # of its creation
    stamps: Mapping[str, Stamp] = field(default_factory=dict)  # of members changed since
    epoch: int = 0  # how often a person set the HOTP counter
    unknown_otp: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unknown_link: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def stamp_of(self, member: str) -> Stamp:
        """Return the stamp of a member's last change."""
        return self.stamps.get(member, self.stamp)

    def edited(self, account: Account, stamp: Stamp) -> "Entry":
        """Return the entry with `account` in place; what differs gets `stamp`."""
        old, new = self.account, account
        changed = {
            name: stamp
            for name in MEMBERS
            if name != "otp" and getattr(old, name) != getattr(new, name)
        }
        epoch = self.epoch
        if (without_counter(old.otp), old.unread_otp) != (
            without_counter(new.otp),
            new.unread_otp,
        ):
            changed["otp"] = stamp
            epoch += 1
        elif old.otp and new.otp and old.otp.counter != new.otp.counter:
            epoch += 1
        if not changed and epoch == self.epoch:
            return self
        return replace(
            self,
            account=account,
            stamps={**self.stamps, **changed},
            epoch=epoch,
            # What a later version wrote beside them goes with them: it could not be written alone.
            unknown_otp=self.unknown_otp if new.otp else NOTHING,
            unknown_link=self.unknown_link if new.link else NOTHING,
        )

    def counted(self) -> "Entry":
        """Return the entry with its HOTP counter one further: used, not edited."""
        otp = self.account.otp
        if otp is None:
            return self
        moved = replace(self.account, otp=replace(otp, counter=otp.counter + 1))
        return replace(self, account=moved)


def without_counter(otp: OtpParameters | None) -> OtpParameters | None:
    """Return the parameters with the counter at 0: what an edit compares."""
    return replace(otp, counter=0) if otp and otp.counter else otp


def check_texts(account: Account) -> None:
    """Refuse what the vault would not read back. Raises TextTooLong or InvalidInput."""
    _check_length("The service's name", account.issuer, limits.TEXT)
    _check_length("The account's name", account.account, limits.TEXT)
    _check_length("The note", account.note, limits.NOTE)
    _check_length("The icon's name", account.icon, limits.TEXT)
    if len(account.tags) > limits.TAGS:
        raise TextTooLong("There are too many tags", f"An account has at most {limits.TAGS}")
    for tag in account.tags:
        _check_length("A tag", tag, limits.TEXT)
    if account.link:
        for name in (*_LINK_TEXTS, "path"):
            _check_length(f"The server's {name}", getattr(account.link, name), limits.TEXT)
    try:
        strict_json.check_text(to_members(Entry(account, (0, ""))))
        strict_json.check_depth(account.unknown, limits.DEPTH - 4)
    except strict_json.JsonRefused as error:
        raise InvalidInput("A text cannot be kept", str(error)) from None


def _check_length(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise TextTooLong(
            f"{what} is too long", f"It has {len(text)} characters, and {limit} are kept"
        )


# ---- writing


def to_members(entry: Entry) -> dict[str, Any]:
    """Return the entry as JSON members; what is empty is left out."""
    account = entry.account
    members: dict[str, Any] = {
        "id": account.id,
        "issuer": account.issuer,
        "account": account.account,
        "otp": (
            _otp_members(account.otp, entry.unknown_otp)
            if account.otp
            else dict(account.unread_otp) or None
        ),
    }
    if account.link:
        members["link"] = _link_members(account.link, entry.unknown_link)
    if account.tags:
        members["tags"] = list(account.tags)
    if account.note:
        members["note"] = account.note
    if account.favourite:
        members["favourite"] = True
    if account.icon:
        members["icon"] = account.icon
    members["stamp"] = list(entry.stamp)
    if entry.stamps:
        members["stamps"] = {name: list(stamp) for name, stamp in entry.stamps.items()}
    if entry.epoch:
        members["epoch"] = entry.epoch
    return {**account.unknown, **members} if account.unknown else members


def _otp_members(otp: OtpParameters, unknown: Mapping[str, Any]) -> dict[str, Any]:
    members = {
        **unknown,
        "type": otp.type.value,
        "secret": base64(otp.secret),
        "algorithm": otp.algorithm.value,
        "digits": otp.digits,
        "period": otp.period,
    }
    if otp.counter:
        members["counter"] = otp.counter
    if otp.pin:
        members["pin"] = otp.pin
    return members


def _link_members(link: ServerLink, unknown: Mapping[str, Any]) -> dict[str, Any]:
    members = {
        **unknown,
        **{name: getattr(link, name) for name in _LINK_TEXTS},
        "device_key": base64(link.device_key),
        "server_key": base64(link.server_key),
        "backup_codes": list(link.backup_codes),
        "used_backup_codes": list(link.used_backup_codes),
    }
    if link.key_seq:
        members["key_seq"] = link.key_seq
    if link.next_key:
        members["next_key"] = base64(link.next_key)
    if link.next_message:
        members["next_message"] = base64(link.next_message)
    if link.path:
        members["path"] = link.path
    if link.ask_password:
        members["ask_password"] = True
    return members


# ---- reading


def from_members(members: Any) -> Entry:
    """Return the entry that `members` say; empties the dict. Raises MemberRefused."""
    try:
        return _from_members(members)
    except MemberRefused:
        raise
    except KeyError as error:
        raise MemberRefused(f"{error.args[0]} is missing") from None
    except InvalidInput as error:
        raise MemberRefused(error.title) from None
    except (AttributeError, TypeError, ValueError):
        raise MemberRefused("a member is not of its type") from None


def _from_members(members: dict[str, Any]) -> Entry:
    # Ten thousand of these are read before a person sees the first: what every account has is
    # read without detours, and only the few that have more pay for it.
    account_id, issuer, name = members["id"], members["issuer"], members["account"]
    if type(account_id) is not str or len(account_id) != 16 or account_id.strip(_HEX):
        raise MemberRefused("id is not 16 hexadecimal digits")
    if type(issuer) is not str or type(name) is not str or len(issuer) > 256 or len(name) > 256:
        raise MemberRefused("issuer or account is not a text of at most 256 characters")
    otp_members = members["otp"]
    otp, unknown_otp, unread_otp = None, NOTHING, NOTHING
    if otp_members is not None:
        kind, algorithm = otp_members["type"], otp_members["algorithm"]
        if kind in _KNOWN and algorithm in _KNOWN[kind]:
            otp, unknown_otp = _otp(otp_members)
        else:
            unread_otp = _unread(otp_members)
    stamp = read_stamp(members["stamp"])
    note = text(members["note"], limits.NOTE) if "note" in members else ""
    if len(members) == len(_ALWAYS) + ("note" in members):
        plain = Account(
            id=account_id,
            issuer=issuer,
            account=name,
            otp=otp,
            note=note,
            unread_otp=unread_otp,
            unknown=NOTHING,
        )
        return Entry(plain, stamp, NO_STAMPS, 0, unknown_otp, NOTHING)
    more, link_members = _more(members)
    stamps, epoch = more.pop("stamps"), more.pop("epoch")
    account = Account(
        id=account_id,
        issuer=issuer,
        account=name,
        otp=otp,
        note=note,
        unread_otp=unread_otp,
        **more,
    )
    return Entry(account, stamp, stamps, epoch, unknown_otp, link_members)


def _more(members: dict[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return what most accounts do not have, and what is left of a link; empties `members`."""
    for always in (*_ALWAYS, "note"):
        members.pop(always, None)
    pop = members.pop
    link_members = pop("link", None)
    favourite = pop("favourite", False)
    if type(favourite) is not bool:
        raise MemberRefused("favourite is not true or false")
    stamps = pop("stamps", {}).items()
    more = {
        "link": _link(link_members) if link_members is not None else None,
        "tags": _tags(pop("tags", [])),
        "favourite": favourite,
        "icon": text(pop("icon", ""), limits.TEXT),
        "stamps": {text(key, limits.TEXT): read_stamp(value) for key, value in stamps},
        "epoch": integer(pop("epoch", 0)),
        "unknown": members,
    }
    strict_json.check_depth(members, limits.DEPTH - 2)
    return more, link_members or NOTHING


def _otp(members: dict[str, Any]) -> tuple[OtpParameters, Mapping[str, Any]]:
    digits, period, counter, pin = members["digits"], members["period"], 0, ""
    kind, algorithm = _TYPES[members["type"]], _ALGORITHMS[members["algorithm"]]
    secret = a2b_base64(members["secret"], strict_mode=True)
    unknown: Mapping[str, Any] = NOTHING
    if len(members) > len(_ALWAYS_OTP):
        counter = members.pop("counter", 0)
        if kind.needs_pin:
            pin = text(members.pop("pin", ""), limits.TEXT)
        for always in _ALWAYS_OTP:
            del members[always]
        strict_json.check_depth(members, limits.DEPTH - 3)
        unknown = members or NOTHING
    if type(digits) is not int or type(period) is not int or type(counter) is not int:
        raise MemberRefused("digits, period or counter is not an integer")
    otp = OtpParameters(
        type=kind,
        secret=secret,
        algorithm=algorithm,
        digits=digits,
        period=period,
        counter=counter,
        pin=pin,
    )
    return otp, unknown


def _unread(members: dict[str, Any]) -> Mapping[str, Any]:
    """Return, whole, what codes of a later version are made of. Raises MemberRefused."""
    text(members["type"], limits.TEXT)
    text(members["algorithm"], limits.TEXT)
    strict_json.check_depth(members, limits.DEPTH - 3)
    return members


def _link(members: dict[str, Any]) -> ServerLink:
    texts = {name: text(members.pop(name), limits.TEXT) for name in _LINK_TEXTS}
    ask_password = members.pop("ask_password", False)
    if type(ask_password) is not bool:
        raise MemberRefused("ask_password is not true or false")
    link = ServerLink(
        **texts,
        device_key=a2b_base64(members.pop("device_key"), strict_mode=True),
        server_key=a2b_base64(members.pop("server_key"), strict_mode=True),
        backup_codes=_codes(members.pop("backup_codes")),
        used_backup_codes=_codes(members.pop("used_backup_codes")),
        key_seq=integer(members.pop("key_seq", 0)),
        next_key=a2b_base64(members.pop("next_key", ""), strict_mode=True),
        next_message=a2b_base64(members.pop("next_message", ""), strict_mode=True),
        path=text(members.pop("path", ""), limits.TEXT),
        ask_password=ask_password,
    )
    strict_json.check_depth(members, limits.DEPTH - 3)
    return link


def _tags(value: Any) -> tuple[str, ...]:
    if type(value) is not list or len(value) > limits.TAGS:
        raise MemberRefused("tags are not a list of them")
    return tuple(text(tag, limits.TEXT) for tag in value)


def _codes(value: Any) -> tuple[str, ...]:
    if type(value) is not list or len(value) > 100:
        raise MemberRefused("backup codes are not a list of them")
    return tuple(text(code, limits.TEXT) for code in value)


def text(value: Any, limit: int) -> str:
    """Return `value` if it is a text within the limit. Raises MemberRefused."""
    if type(value) is not str or len(value) > limit:
        raise MemberRefused(f"a member is not a text of at most {limit} characters")
    return value


def integer(value: Any) -> int:
    """Return `value` if it is an integer of 0 or more. Raises MemberRefused."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise MemberRefused("a member is not an integer of 0 or more")
    return value


def read_stamp(value: Any) -> Stamp:
    """Return a stamp. Raises MemberRefused."""
    if (
        type(value) is not list
        or len(value) != 2
        or type(value[0]) is not int
        or type(value[1]) is not str
        or not 0 <= value[0] < 2**63
        or len(value[1]) > 32
    ):
        raise MemberRefused("a stamp is not a counter and a writer")
    return value[0], value[1]


def base64(value: bytes) -> str:
    """Return bytes as the payload writes them."""
    return b64encode(value).decode("ascii")
