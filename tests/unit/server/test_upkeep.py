"""Backup, check and the move to PostgreSQL, by the commands that people use."""

import asyncio
import dataclasses
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from fake_clock import FakeClock
from postgres import cluster
from programs import SERVER
from served import Browser, Device, Served, reopened, serving

from watchword_server import upkeep


def run(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SERVER, "--data", data, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def approves(served: Served, device: Device) -> None:
    """A login from the password to the inside, with a device of before."""
    moved = Device.kept(served, device.key, device.server_key, device.package)
    browser = served.browser()
    browser.sign_in()
    (request,) = moved.poll()
    assert moved.decide(request, "approve", browser.match_code()).result == "approved"
    browser.finish()
    assert "You are inside" in browser.text


def enrolled(served: Served) -> Device:
    browser = Browser(served)
    browser.sign_in()
    return browser.enrol()


def test_a_backup_made_while_it_runs_is_whole_and_enough(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    with serving(data) as served:
        device = enrolled(served)
        done = run(data, "backup", copy)
        assert done.returncode == 0, done.stderr
        assert f"Not in it: {data / 'seal.key'}" in done.stdout
        clock = FakeClock(served.clock.now() + 60)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.sqlite3"]
    (tmp_path / "other").mkdir()
    shutil.copy(copy, tmp_path / "other" / "server.sqlite3")
    shutil.copy(data / "seal.key", tmp_path / "other")
    with reopened(tmp_path / "other", "", clock) as served:
        approves(served, device)


def test_a_backup_overwrites_nothing_and_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    done = run(tmp_path, "backup", tmp_path / "there")
    assert (done.returncode, "already" in done.stderr) == (1, True)
    assert (tmp_path / "there").read_text() == "mine"
    done = run(tmp_path / "nowhere", "backup", tmp_path / "new")
    assert (done.returncode, "could not be made" in done.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    done = run(tmp_path, "--database", "postgresql://x@localhost/x", "backup", tmp_path / "new")
    assert (done.returncode, "pg_dump" in done.stderr) == (1, True)


def test_check_finds_everything_whole(served: Served, device: Device) -> None:
    found = served.run(lambda: upkeep.check(served.site.settings))
    # server: signing key and secret; the device's seed
    assert found.lines[-1] == "The sealing key opens 3 of 3 secrets."
    # The tests' own PostgreSQL does not wait for the disk, and check says so.
    unsafe = [line for line in found.lines if line.startswith("WRONG")]
    assert [line.split()[1] for line in unsafe] == ["fsync"] * bool(served.site.settings.database)


def test_check_finds_another_key(served: Served, device: Device) -> None:
    file = served.site.settings.data / "seal.key"
    file.write_bytes(bytes(32))
    found = served.run(lambda: upkeep.check(served.site.settings))
    assert not found.sound
    assert f"WRONG: the sealing key does not open the seed of {device.package.device_id}" in (
        found.lines
    )
    assert found.lines[-1] == "The sealing key opens 0 of 3 secrets."


def test_check_finds_rows_that_belong_to_nobody(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as served:
        enrolled(served)
    assert run(data, "check").returncode == 0
    with closing(sqlite3.connect(data / "server.sqlite3")) as connection:
        connection.execute("DELETE FROM users")
        connection.commit()
    done = run(data, "check")
    assert done.returncode == 1
    assert "of devices belongs to a row of users that is not there" in done.stdout
    done = run(tmp_path / "nowhere", "check")
    assert (done.returncode, "no database" in done.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


def test_a_server_moves_from_sqlite_to_postgresql(tmp_path: Path) -> None:
    data, url = tmp_path / "data", cluster().new_database("template1")
    with serving(data) as served:
        device = enrolled(served)
        settings = dataclasses.replace(served.site.settings, database=url)
        clock = FakeClock(served.clock.now() + 60)
    before = (data / "server.sqlite3").read_bytes()
    done = run(data, "copy-to", url)
    assert (done.returncode, "rows copied" in done.stdout) == (0, True), done.stderr
    assert (data / "server.sqlite3").read_bytes() == before
    found = asyncio.run(upkeep.check(settings))
    assert found.lines[-1] == "The sealing key opens 3 of 3 secrets."
    with reopened(data, url, clock) as served:
        approves(served, device)  # which numbers new rows after the old ones
    done = run(data, "copy-to", url)
    assert (done.returncode, "not empty" in done.stderr) == (1, True)
    done = run(tmp_path / "nowhere", "copy-to", url)
    assert (done.returncode, "no database" in done.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()
    cluster().drop(url)
