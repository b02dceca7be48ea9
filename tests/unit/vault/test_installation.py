"""Which computer a vault is on: an id beside it, drawn once and the same for every process."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from vaults import make_vault, totp

from watchword.vault import ServerLink, traces
from watchword.vault.entry import Entry, MemberRefused, from_members, to_members
from watchword.vault.places import Places

LINK = ServerLink(
    kind="native",
    origin="https://login.example",
    service="Example",
    user="kim",
    device_id="d1",
    device_name="Desk",
    device_key=bytes(32),
    server_key=bytes(32),
)


def test_it_is_drawn_once(tmp_path: Path) -> None:
    places = Places.beside(tmp_path / "vault")
    assert traces.read_installation(places) == ""
    drawn = traces.own_installation(places)
    assert len(drawn) == 32
    assert traces.own_installation(places) == traces.read_installation(places) == drawn
    assert [path.name for path in places.state.iterdir()] == ["installation.json"]


def test_of_several_that_draw_the_first_decides(tmp_path: Path) -> None:
    places = Places.beside(tmp_path / "vault")
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(traces.own_installation, [places] * 8))
    assert found == {traces.read_installation(places)}


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff", b"[]", b'{"id": ' + b"9" * 100_000])
def test_a_note_that_says_nothing_is_replaced(tmp_path: Path, note: bytes) -> None:
    places = Places.beside(tmp_path / "vault")
    places.state.mkdir()
    places.installation_note.write_bytes(note)
    assert traces.read_installation(places) == ""
    drawn = traces.own_installation(places)
    assert drawn
    assert traces.read_installation(places) == drawn


def test_a_computer_that_cannot_remember_has_none(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    assert traces.own_installation(Places.beside(tmp_path / "vault")) == ""


def test_a_disk_without_links_remembers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # as FAT says

    monkeypatch.setattr(os, "link", refused)
    places = Places.beside(tmp_path / "vault")
    drawn = traces.own_installation(places)
    assert drawn
    assert traces.read_installation(places) == drawn


def test_all_links_change_at_one_moment_and_what_stays_the_same_is_no_edit(tmp_path: Path) -> None:
    linked = [replace(totp(name), link=replace(LINK, user=name)) for name in ("a", "b")]
    made = make_vault(tmp_path, *linked, totp("codes only"))

    def renamed(of: str) -> Callable[[ServerLink], ServerLink]:
        return lambda link: replace(link, device_name="Another") if link.user == of else link

    made.vault.relink(renamed("nobody"))
    assert not made.vault.dirty
    made.vault.relink(renamed("b"))
    made.vault.save()
    names = [each.link and each.link.device_name for each in made.open_again().accounts]
    assert names == ["Desk", "Another", None]


def test_whether_the_password_is_wanted_is_true_or_false() -> None:
    members = to_members(Entry(replace(totp("a"), link=LINK), (1, "w")))
    members["link"] = {**members["link"], "ask_password": "yes"}
    with pytest.raises(MemberRefused, match="ask_password"):
        from_members(members)
