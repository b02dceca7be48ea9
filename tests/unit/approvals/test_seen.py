"""Ids of requests that were listed once can be answered by a later command."""

from dataclasses import replace
from pathlib import Path

import pytest
from login_requests import login_request

from watchword.approvals.seen import Seen

NOW = 1_700_000_000.0


def test_what_was_listed_is_found_by_a_later_command(tmp_path: Path) -> None:
    request = replace(login_request(), digest=bytes(range(32)))
    Seen(tmp_path / "state" / "seen.json").remember([request], NOW)
    found = Seen(tmp_path / "state" / "seen.json").find("r1")
    assert found is not None
    assert (found.account_id, found.digest) == ("a1", bytes(range(32)))
    assert found.expires_at == request.expires_at
    assert Seen(tmp_path / "state" / "seen.json").find("r2") is None


def test_the_file_says_nothing_about_anybody_and_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    Seen(path).remember([login_request()], NOW)
    text = path.read_text()
    for private in ("elena", "Kalos", "192.0.2.7", "Geneva", "Firefox", "login.example"):
        assert private not in text
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["seen.json"]


def test_after_an_hour_and_beyond_two_hundred_they_are_forgotten(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "seen.json")
    seen.remember([login_request("old")], NOW)
    seen.remember([login_request(f"r{n}") for n in range(250)], NOW + 3600)
    assert seen.find("old") is None
    assert seen.find("r49") is None
    assert seen.find("r249") is not None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"id":1}]', b"[" * 50_000, b"\xff"])
def test_a_damaged_file_is_as_if_nothing_had_been_seen(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seen.json"
    path.write_bytes(content)
    assert Seen(path).find("r1") is None
    Seen(path).remember([login_request()], NOW)
    assert Seen(path).find("r1") is not None


def test_a_match_that_nobody_knows_is_as_if_nothing_had_been_seen(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    Seen(path).remember([login_request()], NOW)
    path.write_text(path.read_text().replace('"type4"', '"type9"'))
    assert Seen(path).find("r1") is None


def test_where_it_cannot_be_written_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Seen(tmp_path / "file" / "seen.json").remember([login_request()], NOW)
    assert Seen(tmp_path / "file" / "seen.json").find("r1") is None
