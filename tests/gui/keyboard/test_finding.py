"""What a few letters find, and in which order."""

import pytest

from watchword.desktop.keyboard.finding import Entry, Finder, Kind

ENTRIES = (
    Entry(Kind.ACCOUNT, "1", "GitHub", "ana", "code hosting"),
    Entry(Kind.ACCOUNT, "2", "Öffentlicher Verkehr", "locke@example.org"),
    Entry(Kind.ACCOUNT, "3", "Grey Highlands", "ben"),
    Entry(Kind.ACCOUNT, "4", "Interlocking", "eve"),
    Entry(Kind.ACTION, "lock", "Lock"),
    Entry(Kind.ACTION, "add", "Add an account", words="new scan"),
    Entry(Kind.SETTING, "0", "Lock after", "Settings · Locking"),
)


def titles(found: list[Entry]) -> list[str]:
    return [entry.title for entry in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The whole name, its beginning, somewhere in it, and then the line below a name.
        ("lock", ["Lock", "Lock after", "Interlocking", "Öffentlicher Verkehr"]),
        ("OFFENTLICH", ["Öffentlicher Verkehr"]),  # accents and case make no difference
        ("verk off", ["Öffentlicher Verkehr"]),  # words in any order
        ("lock zebra", []),  # all words must be found
        ("hosting", ["GitHub"]),  # by a tag or a note
        ("new", ["Add an account"]),  # by another word for it
        # A word's beginning before letters that only follow each other.
        ("hi", ["Grey Highlands"]),
        ("gh", ["Grey Highlands", "GitHub"]),
        ("ghb", ["GitHub"]),
    ],
)
def test_what_is_found_and_in_which_order(text: str, expected: list[str]) -> None:
    assert titles(Finder(ENTRIES).find(text)) == expected


def test_a_name_made_to_be_slow_is_searched_at_once() -> None:
    hostile = (Entry(Kind.ACCOUNT, "x", "a" * 256),)
    assert Finder(hostile).find("aaaaaaab") == []


def test_among_equals_what_was_used_last_is_first() -> None:
    two = tuple(Entry(Kind.ACCOUNT, name, f"Bank {name}") for name in "abc")
    used = {(Kind.ACCOUNT, "c"): 20.0, (Kind.ACCOUNT, "b"): 10.0}
    assert titles(Finder(two, used).find("bank")) == ["Bank c", "Bank b", "Bank a"]
    # A better match is better, however long ago it was used.
    assert titles(Finder(ENTRIES, {(Kind.SETTING, "0"): 99.0}).find("lock"))[0] == "Lock"


def test_before_anything_is_typed_it_offers_what_is_likely_wanted() -> None:
    used = {(Kind.SETTING, "0"): 20.0, (Kind.ACCOUNT, "3"): 10.0, (Kind.ACCOUNT, "gone"): 30.0}
    found = Finder(ENTRIES, used).find("  ")
    assert titles(found) == [
        *("Lock after", "Grey Highlands"),
        *("GitHub", "Öffentlicher Verkehr", "Interlocking"),
        *("Lock", "Add an account"),
    ]
