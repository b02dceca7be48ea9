"""Every example of docs/cli.md does what the page shows."""

import os
import re
import subprocess
from pathlib import Path

from programs import PROGRAMS

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


def examples(text: str) -> list[tuple[str, str]]:
    """Return each command of the page's console blocks with the output shown below it."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def pattern(shown: str) -> str:
    return ".*".join(re.escape(piece) for piece in shown.split("…"))


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "WATCHWORD_HOME": str(home),
        "LANG": "C.UTF-8",
    }
    commands = examples(PAGE.read_text("utf-8"))
    assert len(commands) > 15
    for command, shown in commands:
        done = subprocess.run(
            ["sh", "-c", f"exec 2>&1; {command}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert re.fullmatch(pattern(shown), done.stdout), f"$ {command}\n{done.stdout}"
