"""What Ente Auth adds to a link: `codeDisplay`, a JSON object of tags, note, pin and bin.

It is no part of how codes are made, so nothing in it can spoil a link: what is unsound is left
out, and said.
"""

import json
from typing import NamedTuple

from watchword.plain_text import NOTE_LIMIT, examine

_TAGS = 64


class Extras(NamedTuple):
    """What a person had noted about an account."""

    tags: tuple[str, ...] = ()
    note: str = ""
    favourite: bool = False
    trashed: bool = False
    notices: tuple[str, ...] = ()


def read(text: str) -> Extras:
    """Return what the decoded value of `codeDisplay` says; never raises."""
    try:
        # Ente's own exports encode commas once more, so that lines can be lists.
        members = json.loads(text.replace("%2C", ","))
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        return Extras(notices=("Its tags and its note cannot be read, and are left out.",))
    cut = False
    tags: dict[str, None] = {}
    given = members.get("tags")
    for each in given if isinstance(given, list) else []:
        plain = examine(each) if isinstance(each, str) else None
        if plain is None or plain.shortened or len(tags) >= _TAGS:
            cut = True
        elif plain.text:
            tags[plain.text] = None
    note = members.get("note")
    whole = examine(note, limit=NOTE_LIMIT, lines=True) if isinstance(note, str) else None
    cut = cut or (whole is not None and whole.shortened)
    trashed = members.get("trashed") is True
    notices = []
    if cut:
        notices.append("Its tags or its note are too long or too many: some are left out.")
    if trashed:
        notices.append("It comes from the bin of the app that exported it.")
    return Extras(
        tags=tuple(tags),
        note=whole.text if whole is not None else "",
        favourite=members.get("pinned") is True,
        trashed=trashed,
        notices=tuple(notices),
    )
