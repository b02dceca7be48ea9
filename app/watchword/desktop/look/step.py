"""A step of a demo, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """What a strip shows of it; `number` of `count`, 0 where it is none of the steps."""

    title: str
    text: str
    number: int = 0
    count: int = 3
    place: str = ""  # "1 of 3", in words
    facts: tuple[tuple[tuple[str, str], ...], ...] = ()  # rows of names and what is copied
    actions: tuple[
        tuple[str, str], ...
    ] = ()  # the name that comes back, and the words; first: main
