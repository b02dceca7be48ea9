"""A terminal does not wait for what it does not use."""

import importlib
import json
import subprocess
import sys

import pytest
from cli_home import PASSWORD, Home

from watchword.cli.arguments import new_parser
from watchword.cli.program import _MODULES

HEAVY = {"PySide6", "shiboken6", "numpy", "PIL", "cv2", "zxingcpp", "httpcore2", "httpx2", "ssl"}


def loaded(home: Home, *arguments: str) -> set[str]:
    """Return the top-level modules that a run of the program has imported."""
    script = (
        "import json, sys\n"
        "from watchword.cli.program import main\n"
        "try:\n"
        f"    main({list(arguments)!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=f"{PASSWORD}\n",
        env={"WATCHWORD_HOME": str(home.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_list_imports_nothing_heavy(home: Home) -> None:
    assert not loaded(home, "--password-stdin", "list") & HEAVY


def test_the_version_needs_almost_nothing(home: Home) -> None:
    assert not loaded(home, "--version") & {*HEAVY, "cryptography", "pyotp"}


@pytest.mark.parametrize(("word", "module"), list(_MODULES.items()))
def test_every_command_is_where_it_is_looked_for(word: str, module: str) -> None:
    parser, commands = new_parser()
    importlib.import_module(f"watchword.cli.{module}").add_to(commands)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args([word, "--help"])
    assert ended.value.code == 0
