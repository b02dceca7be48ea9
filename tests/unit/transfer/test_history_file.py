"""The history as a file: whole, readable by other programs, and harmless in a spreadsheet."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.plain_text import plain_text
from watchword.transfer.history_file import COLUMNS, as_csv, as_json
from watchword.vault import HistoryEntry


def entry(**more: object) -> HistoryEntry:
    members: dict[str, object] = {
        "at": 1_700_000_000.0,
        "account_id": "a" * 16,
        "service": "Kalos Club",
        "account": "elena",
        "ip": "192.0.2.7",
        "place": "Genève, Suisse",
        "user_agent": "Firefox on Windows",
        "decision": "not_me",
        "result": "denied",
        "request_id": "r1",
    }
    return HistoryEntry(**{**members, **more})  # type: ignore[arg-type]


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_heading_and_one_line_for_each_answer() -> None:
    rows = cells(as_csv([entry(), entry(result="approved", decision="approve")]))
    assert rows[0] == list(COLUMNS)
    assert rows[1][0].startswith("2023-11-1")
    assert rows[1][1:] == [
        "Kalos Club",
        "elena",
        "Firefox on Windows",
        "192.0.2.7",
        "Genève, Suisse",
        "not_me",
        "denied",
    ]
    assert rows[2][-2:] == ["approve", "approved"]


def test_excel_is_told_the_encoding() -> None:
    assert as_csv([]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\uff1d1+1", "\t=1", '=HYPERLINK("https://x","y")'],
)
def test_a_text_that_a_server_chose_is_never_a_formula(text: str) -> None:
    (row,) = cells(as_csv([entry(service=text)]))[1:]
    assert row[1] == f"'{text}"


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_server_calls_itself_the_table_keeps_its_shape(one: str, other: str) -> None:
    one, other = plain_text(one), plain_text(other)
    (row,) = cells(as_csv([entry(service=one, user_agent=other)]))[1:]
    assert len(row) == len(COLUMNS)
    assert row[1].removeprefix("'") == one.removeprefix("'")
    assert row[1].lstrip()[:1] not in {"=", "+", "-", "@"}


def test_json_holds_the_same_and_changes_no_text() -> None:
    (row,) = json.loads(as_json([entry(service="=1+1")]))
    assert row["at"] == 1_700_000_000
    assert row["service"] == "=1+1"
    assert row["place"] == "Genève, Suisse"
    assert set(row) == {"at", *COLUMNS}
    assert "Genève" in as_json([entry()]).decode()


def test_an_answer_under_a_nonsense_clock_is_exported_without_a_time() -> None:
    (row,) = cells(as_csv([entry(at=1e30)]))[1:]
    assert row[0] == ""
