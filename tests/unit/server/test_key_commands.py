"""`watchword-server key` as people type it, and a change that goes along when the database moves."""

import dataclasses
import subprocess
import time
from pathlib import Path

from postgres import cluster
from programs import SERVER
from served import serving

from watchword_server import key_commands, signing_keys, upkeep
from watchword_server.site import Site


def test_the_commands_as_they_are_typed(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        first = signing_keys.fingerprint_text(served.site.signing_key.public)

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SERVER, "--data", tmp_path / "data", "key", *arguments],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    done = command("change", "--in", "5")
    assert (done.returncode, "From " in done.stdout) == (0, True), done.stderr
    listed = command("list").stdout.splitlines()
    assert listed[0] == f"signs now    {first}"
    assert listed[1].startswith("announced ")
    again = command("change")
    assert (again.returncode, "announced already" in again.stderr) == (1, True)
    assert command("change", "--at", "tomorrow").returncode == 2


def test_it_goes_with_the_move_to_postgresql(tmp_path: Path) -> None:
    url = cluster().new_database("template1")
    with serving(tmp_path / "data") as served:
        served.clock.time = time.time()  # type: ignore[attr-defined]  # as PostgreSQL's
        served.run(lambda: key_commands.change(served.site, at=None, minutes=10, by="root"))
        settings = dataclasses.replace(served.site.settings, database=url)
        key = served.site.signing_key.public
        served.run(lambda: upkeep.copy_to(served.site.settings, url))

        async def start() -> Site:
            return await Site.open(settings, served.clock)

        moved = served.run(start)
        assert moved.signing_key.public == key
        assert moved.keys.following is not None
        served.run(moved.close)
    cluster().drop(url)
