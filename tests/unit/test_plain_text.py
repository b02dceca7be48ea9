"""Text from outside shows as text and nothing else."""

import pytest

from watchword.plain_text import examine, plain_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Kalos Club", "Kalos Club"),
        ("pay\u202epal", "paypal"),  # a right-to-left override
        ("a\x1b[31mb", "a[31mb"),  # an ANSI escape keeps no teeth
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tag\U000e0041", "tag"),
        ("\u3164", ""),
        ("  spaces  ", "spaces"),
        ("שלום مرحبا", "שלום مرحبا"),  # right-to-left names are names
        ("می\u200cخواهم", "می\u200cخواهم"),  # ZWNJ is part of Persian
        ("<b>&#x202e;%n%s{0}", "<b>&#x202e;%n%s{0}"),
    ],
)
def test_what_is_shown(raw: str, shown: str) -> None:
    assert plain_text(raw) == shown


def test_one_letter_cannot_cover_its_neighbours() -> None:
    assert len(plain_text("e" + "\u0301" * 256)) == 5


def test_long_text_is_cut_and_says_so() -> None:
    assert plain_text("x" * 5000) == "x" * 255 + "…"
    assert examine("x" * 5000).shortened
    assert examine("x" * 10_000_000).text == "x" * 256


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert plain_text("one\r\ntwo\x00", lines=True) == "one\ntwo"


def test_removed_characters_are_counted() -> None:
    assert examine("a\u202eb\u200bc").removed == 2
