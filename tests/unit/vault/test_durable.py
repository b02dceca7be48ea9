"""Files put in their place: what is told of them is what is there."""

import errno
import os
import sys
from pathlib import Path

import pytest
from vaults import PASSWORD

from watchword.clock import SystemClock
from watchword.errors import VaultDamaged
from watchword.vault import CHEAPEST, NotSaved, create_vault, durable


def fail(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_a_new_file_whose_name_does_not_settle_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new"
    monkeypatch.setattr(durable, "settle_folder", fail)
    with pytest.raises(OSError, match="error"):
        durable.write_named(path, b"data")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_took_its_place_and_does_not_settle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(durable, "settle_folder", fail)
    with pytest.raises(durable.Unsettled):
        durable.write_over(path, b"new", tmp_path / "x.tmp")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_rename_that_says_it_worked_and_did_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(durable, "put_in_place", lambda new, old: None)
    with pytest.raises(OSError, match="did not take its place") as caught:
        durable.write_over(path, b"new", tmp_path / "x.tmp")
    assert not isinstance(caught.value, durable.Unsettled)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a program ask")
def test_what_was_written_is_read_from_the_disk_and_not_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda descriptor, *what: asked.append(what))
    durable.write_new(tmp_path / "new", b"data")
    assert asked == [(0, 0, os.POSIX_FADV_DONTNEED)]


def test_a_file_may_be_exactly_as_long_as_the_longest(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert durable.read_file(path, 10) == b"0123456789"
    with pytest.raises(VaultDamaged, match="longer"):
        durable.read_file(path, 9)


def test_a_disk_that_fails_to_link_is_not_taken_for_one_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", fail)
    with pytest.raises(NotSaved):
        create_vault(
            tmp_path / "vault", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
        )
    assert not (tmp_path / "vault").exists()
