"""How a message's members are declared, read strictly and written canonically.

A message is a frozen dataclass whose fields are made by the functions below. `parse` reads
every declared member through its rule, ignores members it does not know unless the message
lists them in `crit`, and refuses anything else with MessageRefused.
"""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from watchword.protocol.encoding import canonical, from_base64url, parse_canonical, to_base64url
from watchword.protocol.errors import MessageRefused, MessageTooNew, NotForUs
from watchword.protocol.version import VERSION

LATEST = 253_402_300_799  # 9999-12-31: every time is an integer of Unix seconds up to here

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unfit(ValueError):
    """A value breaks its member's rule; the text continues "Its member NAME …"."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one member goes from JSON to Python and back; `read` raises Unfit."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def text(
    limit: int,
    *,
    least: int = 0,
    of: str | None = None,
    secret: bool = False,
    optional: bool = False,
) -> Any:
    """Declare a text of `least` to `limit` characters without control characters.

    With `of`, a regular expression it must match as a whole; with `optional`, it may be left
    out, which is the empty text. It is not yet fit to be shown: that is plain_text()'s work.
    """

    def read(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= limit:
            raise Unfit(f"is not a text of {least} to {limit} characters")
        if _CONTROL.search(value) or (of is not None and not re.fullmatch(of, value)):
            raise Unfit("holds characters that do not belong there")
        return value

    default: Any = "" if optional else dataclasses.MISSING
    return field(default=default, metadata={"rule": _Rule(read, str)}, repr=not secret)


def binary(
    size: int, *, most: int | None = None, or_empty: bool = False, secret: bool = False
) -> Any:
    """Declare bytes in base64url: exactly `size`, or `size` to `most`; or none, if `or_empty`."""

    def read(value: Any) -> bytes:
        if not isinstance(value, str) or len(value) > 2 * (most or size) + 4:
            raise Unfit("is not base64url")
        data = from_base64url(value)
        if not size <= len(data) <= (most or size) and not (or_empty and not data):
            raise Unfit(f"is not {size} bytes long")
        return data

    return field(metadata={"rule": _Rule(read, to_base64url)}, repr=not secret)


def identity() -> Any:
    """Declare an id: 128 bits, kept as its 22 characters of base64url."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) != 22:
            raise Unfit("is not an id")
        from_base64url(value, 16)
        return value

    return field(metadata={"rule": _Rule(read, str)})


def integer(low: int = 0, high: int = LATEST) -> Any:
    """Declare an integer from `low` to `high`; the default is a time in Unix seconds."""

    def read(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Unfit(f"is not an integer from {low} to {high}")
        return value

    return field(metadata={"rule": _Rule(read, int)})


def choice(kind: type[StrEnum]) -> Any:
    """Declare one word of an enumeration."""

    def read(value: Any) -> StrEnum:
        if not isinstance(value, str):
            raise Unfit("is not a word")
        try:
            return kind(value)
        except ValueError as error:
            raise Unfit("is a word this version does not know") from error

    return field(metadata={"rule": _Rule(read, str)})


def texts(most: int, *, limit: int, secret: bool = False) -> Any:
    """Declare a list of at most `most` texts of at most `limit` characters."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Unfit(f"is not a list of at most {most}")
        if not all(isinstance(one, str) and len(one) <= limit for one in value):
            raise Unfit(f"holds something that is not a text of {limit} characters")
        if any(_CONTROL.search(one) for one in value):
            raise Unfit("holds characters that do not belong there")
        return tuple(value)

    return field(metadata={"rule": _Rule(read, list)}, repr=not secret)


def envelopes(most: int) -> Any:
    """Declare a list of signed messages, each still to be verified on its own."""

    def read(value: Any) -> "tuple[Envelope, ...]":
        if not isinstance(value, list) or len(value) > most:
            raise Unfit(f"is not a list of at most {most}")
        return tuple(Envelope.from_json(one) for one in value)

    def write(value: "tuple[Envelope, ...]") -> list[dict[str, str]]:
        return [one.to_json() for one in value]

    return field(metadata={"rule": _Rule(read, write)})


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed message as it travels: its exact bytes, and the signature over them."""

    signed: bytes = field(repr=False)
    sig: bytes = field(repr=False)

    def to_json(self) -> dict[str, str]:
        """Return {"signed", "sig"}, both base64url."""
        return {"signed": to_base64url(self.signed), "sig": to_base64url(self.sig)}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read {"signed", "sig"}; Unfit if it is not that. Verifies nothing."""
        if not isinstance(value, dict):
            raise Unfit("is not a signed message")
        signed, sig = value.get("signed"), value.get("sig")
        if not isinstance(signed, str) or not isinstance(sig, str) or len(signed) > 65_536:
            raise Unfit("is not a signed message")
        return cls(from_base64url(signed), from_base64url(sig, 64))


@dataclass(frozen=True, slots=True)
class Countersigned:
    """A message about a change of keys as it travels: signed by the old key and by the new one."""

    signed: bytes = field(repr=False)
    sig: bytes = field(repr=False)  # by the old key
    sig_new: bytes = field(repr=False)  # by the new one

    def to_json(self) -> dict[str, str]:
        """Return {"signed", "sig", "sig_new"}, all base64url."""
        return {
            **Envelope(self.signed, self.sig).to_json(),
            "sig_new": to_base64url(self.sig_new),
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read {"signed", "sig", "sig_new"}; Unfit if it is not that. Verifies nothing."""
        envelope = Envelope.from_json(value)
        sig_new = value.get("sig_new") if isinstance(value, dict) else None
        if not isinstance(sig_new, str):
            raise Unfit("is not a message signed twice")
        return cls(envelope.signed, envelope.sig, from_base64url(sig_new, 64))


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON object with `typ` and `v`; subclasses declare the other members."""

    TYP: ClassVar[str] = ""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Return the message whose canonical bytes are `raw`.

        Raises MessageRefused, or MessageTooNew for another version or an unknown member that
        the message itself calls critical.
        """
        members = parse_canonical(raw)
        if members.get("typ") != cls.TYP:
            raise MessageRefused(f"It is not of the type {cls.TYP}")
        if members.get("v") != VERSION or type(members["v"]) is not int:
            raise MessageTooNew("It is of another version")
        declared = {one.name: one for one in dataclasses.fields(cls)}
        critical = members.get("crit", [])
        if not isinstance(critical, list) or not all(isinstance(one, str) for one in critical):
            raise MessageRefused("Its member crit is not a list of names")
        if unknown := [name for name in critical if name not in declared]:
            raise MessageTooNew(f"It has a critical member {unknown[0][:32]!r} that is not known")
        values = {}
        for name, one in declared.items():
            if name not in members:
                if one.default is not dataclasses.MISSING:
                    continue
                raise MessageRefused(f"Its member {name} is missing")
            try:
                values[name] = one.metadata["rule"].read(members[name])
            except ValueError as error:
                raise MessageRefused(f"Its member {name} {error}") from error
        message = cls(**values)
        message.check()
        return message

    def check(self) -> None:
        """Return if the members go together; else raise MessageRefused."""

    def to_bytes(self) -> bytes:
        """Return the canonical bytes: what is hashed, signed and sent."""
        members: dict[str, Any] = {"typ": self.TYP, "v": VERSION}
        for one in dataclasses.fields(self):
            value = getattr(self, one.name)
            if value != one.default:  # what is left out has one spelling
                members[one.name] = one.metadata["rule"].write(value)
        return canonical(members)

    def expect(self, **members: object) -> Self:
        """Return this message if the named members have these values; else raise NotForUs."""
        for name, value in members.items():
            if getattr(self, name) != value:
                raise NotForUs(f"Its member {name} is not the one that was asked for")
        return self
